import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { builds } from '../../packages/gateway/src/builds.ts';
import type { TestNode } from './node.ts';
import { freePort } from '@clnrest/testing';
import { pluginFile } from './under-test.ts';
import { NODE_RUNS, useNodeWith } from './use-node.ts';

/** The two plugins that are made of the gateway. */
export const BUILDS = ['rest', 'clnrest'] as const;
export type BuildName = (typeof BUILDS)[number];

/**
 * One node that runs both plugins, the one beside the other, for what must hold in either.
 *
 * @param protocol what both of them serve
 */
export function useBothBuilds(protocol: 'http' | 'https'): (build: BuildName) => TestNode {
  const rest = useNodeWith({ build: builds.rest }, `--rest-protocol=${protocol}`);
  let clnrest: TestNode | undefined;
  beforeAll(async () => {
    if (NODE_RUNS) clnrest = await startBeside(rest(), protocol);
  });
  afterAll(() => {
    clnrest = undefined;
  });
  return (build) => {
    if (build === 'rest') return rest();
    if (clnrest === undefined) throw new Error('the plugin clnrest is not running');
    return clnrest;
  };
}

/**
 * Starts `dist/clnrest` while the node runs: a built-in plugin of that name, which no port was given to,
 * has left by then, and its options are free.
 */
async function startBeside(node: TestNode, protocol: 'http' | 'https'): Promise<TestNode> {
  // Before that, lightningd takes a plugin in and never initialises it (observed on v26.06.6).
  await node.logged(/Server started with public key/);
  await node.rpc.call('plugin', {
    subcommand: 'start',
    plugin: pluginFile(builds.clnrest),
    'clnrest-port': await freePort(),
    'clnrest-protocol': protocol,
  });
  const [, url = ''] = await node.logged(/plugin-clnrest: REST server running at (\S+)/);
  return { ...node, url, caFile: join(node.lightningDir, 'regtest', 'ca.pem') };
}
