import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RpcClient } from '@clnrest/lightningd';
import { freePort } from './ports.ts';
import type { TestProcess } from './process.ts';
import { startLightningd } from './real-node.ts';
import { startSandboxProcess } from './sandbox-node.ts';

/** A node that runs the plugin, for end-to-end tests: the sandbox, or a real lightningd. */
export interface TestNode {
  readonly kind: 'sandbox' | 'lightningd';
  readonly lightningDir: string;
  readonly rpc: RpcClient;
  /** `https://127.0.0.1:…` */
  readonly url: string;
  /** The certificate authority's file, where it serves https. */
  readonly caFile: string;
  /** All that it printed so far, its log. */
  readonly log: readonly string[];
  /** Waits for a line of the log, from the beginning or from a line on. */
  logged(pattern: RegExp, from?: number): Promise<RegExpExecArray>;
  /** Makes a rune over the socket. */
  rune(...restrictions: readonly string[][]): Promise<string>;
  stop(): Promise<void>;
}

/** What a kind of node gives; the rest is the same for all. */
export interface NodeProcess {
  readonly socketPath: string;
  readonly process: TestProcess;
  stop(): Promise<void>;
}

/** Which node the tests run on: CLNREST_TEST_NODE=lightningd means the real one. */
export const NODE_KIND =
  process.env['CLNREST_TEST_NODE'] === 'lightningd' ? 'lightningd' : 'sandbox';

/**
 * Starts a node with the plugin on a free port, in a directory of its own.
 *
 * @param options more options of the node or its plugin, such as `--rest-protocol=http`
 */
export async function startNode(...options: readonly string[]): Promise<TestNode> {
  const lightningDir = await mkdtemp(join(tmpdir(), 'clnrest-node-'));
  const port = await freePort();
  const all = [`--rest-port=${port}`, ...options];
  const start = NODE_KIND === 'lightningd' ? startLightningd : startSandboxProcess;
  const node = await start(lightningDir, all);
  const rpc = new RpcClient({ socketPath: node.socketPath });
  const stop = async (): Promise<void> => {
    await rpc.close();
    await node.stop();
    await rm(lightningDir, { recursive: true, force: true });
  };
  let ready: RegExpExecArray;
  try {
    ready = await node.process.line(/REST server running at (\S+)/);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    kind: NODE_KIND,
    lightningDir,
    rpc,
    url: ready[1] ?? '',
    caFile: join(lightningDir, 'regtest', 'clnrest', 'ca.pem'),
    log: node.process.lines,
    logged: (pattern, from) => node.process.line(pattern, from),
    rune: async (...restrictions) => {
      const { rune } = await rpc.call<{ rune: string }>('createrune', { restrictions });
      return rune;
    },
    stop,
  };
}
