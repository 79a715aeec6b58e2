import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RpcClient } from '@clnrest/lightningd';
import type { Build } from '../../packages/gateway/src/builds.ts';
import { freePort } from '@clnrest/testing';
import { startLightningd } from './real-node.ts';
import { startSandboxProcess } from './sandbox-node.ts';
import { BUILD, pluginFile, pluginWithoutJit, spelledFor, WITHOUT_JIT } from './under-test.ts';

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

/** Which node the tests run on: CLNREST_TEST_NODE=lightningd means the real one. */
export const NODE_KIND =
  process.env['CLNREST_TEST_NODE'] === 'lightningd' ? 'lightningd' : 'sandbox';

/** What the log says when the plugin serves, and when there is a node. */
export const SERVING = /REST server running at (\S+)/;
export const STARTED = /INFO.* lightningd: Server started with public key/;

/** What a node is to run, where it is not what all tests run. */
export interface NodeSettings {
  readonly build?: Build;
  /** The plugin's file, or that there is to be none. */
  readonly plugin?: string | 'none';
  /** What the log says when the node can be used. By default that the plugin serves. */
  readonly ready?: RegExp;
}

/**
 * Starts a node with the plugin on a free port, in a directory of its own.
 *
 * @param options more options of the node or its plugin, such as `--rest-protocol=http`
 */
export function startNode(...options: readonly string[]): Promise<TestNode> {
  return startNodeWith({}, ...options);
}

/** The same, with a plugin of one's own. */
export async function startNodeWith(
  { build = BUILD, plugin, ready = SERVING }: NodeSettings,
  ...options: readonly string[]
): Promise<TestNode> {
  const lightningDir = await mkdtemp(join(tmpdir(), 'clnrest-node-'));
  const plugins: string[] = [];
  const all = options.map((option) => spelledFor(build, option));
  if (plugin !== 'none') {
    const ours = WITHOUT_JIT ? await pluginWithoutJit(build, lightningDir) : pluginFile(build);
    plugins.push(plugin ?? ours);
    all.unshift(`--${build.prefix}-port=${await freePort()}`);
  }
  const start = NODE_KIND === 'lightningd' ? startLightningd : startSandboxProcess;
  const node = await start(lightningDir, [...plugins.map((file) => `--plugin=${file}`), ...all]);
  const rpc = new RpcClient({ socketPath: node.socketPath });
  const stop = async (): Promise<void> => {
    await rpc.close();
    await node.stop();
    await rm(lightningDir, { recursive: true, force: true });
  };
  let said: RegExpExecArray;
  try {
    said = await node.process.line(ready);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    kind: NODE_KIND,
    lightningDir,
    rpc,
    url: said[1] ?? '',
    caFile: join(lightningDir, 'regtest', build.certificates, 'ca.pem'),
    log: node.process.lines,
    logged: (pattern, from) => node.process.line(pattern, from),
    rune: async (...restrictions) => {
      const { rune } = await rpc.call<{ rune: string }>('createrune', { restrictions });
      return rune;
    },
    stop,
  };
}
