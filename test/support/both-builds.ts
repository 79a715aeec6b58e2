import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { builds } from '@clnrest/gateway/builds';
import type { TestNode } from './node.ts';
import { freePort } from '@clnrest/testing';
import { pluginFile } from './under-test.ts';
import { NODE_RUNS, useNodeWith } from './use-node.ts';

/** The two plugins that are built from the gateway. */
export const BUILDS = ['rest', 'clnrest'] as const;
export type BuildName = (typeof BUILDS)[number];

/**
 * Starts one node that runs both plugins, for tests that must pass with either.
 *
 * @param protocol - the protocol that both serve
 */
export function useBothBuilds(protocol: 'http' | 'https'): (build: BuildName) => TestNode {
  const rest = useNodeWith({ build: builds.rest }, `--rest-protocol=${protocol}`);
  let clnrest: TestNode | undefined;
  beforeAll(async () => {
    if (NODE_RUNS) clnrest = await startClnrest(rest(), protocol);
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
 * Starts `dist/clnrest` on the running node. The built-in plugin of that name has no port, so it has exited and its
 * options are free.
 */
async function startClnrest(node: TestNode, protocol: 'http' | 'https'): Promise<TestNode> {
  // lightningd never initialises a plugin that it accepts before this line (observed on v26.06.6).
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
