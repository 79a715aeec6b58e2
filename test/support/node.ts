import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RpcClient } from '@clnrest/lightningd';
import type { Build } from '@clnrest/gateway/builds';
import { freePort } from '@clnrest/testing';
import { startLightningd } from './real-node.ts';
import { startSandboxProcess } from './sandbox-node.ts';
import { BUILD, pluginFile, pluginWithoutJit, spelledFor, WITHOUT_JIT } from './under-test.ts';

/** A node that runs the plugin, for end-to-end tests: the sandbox or a real lightningd. */
export interface TestNode {
  readonly kind: 'sandbox' | 'lightningd';
  readonly lightningDir: string;
  readonly rpc: RpcClient;
  /** `https://127.0.0.1:…` */
  readonly url: string;
  /** The certificate authority's file, if the plugin serves https. */
  readonly caFile: string;
  /** The log lines so far. */
  readonly log: readonly string[];
  /** Waits for a log line. `from` is the index of the first line to check. */
  logged(pattern: RegExp, from?: number): Promise<RegExpExecArray>;
  /** Creates a rune over the node's socket. */
  rune(...restrictions: readonly string[][]): Promise<string>;
  stop(): Promise<void>;
}

/** The kind of node that the tests run on: `CLNREST_TEST_NODE=lightningd` selects the real one. */
export const NODE_KIND =
  process.env['CLNREST_TEST_NODE'] === 'lightningd' ? 'lightningd' : 'sandbox';

/** The log lines of a plugin that listens and of a node that has started. */
export const SERVING = /REST server running at (\S+)/;
export const STARTED = /INFO.* lightningd: Server started with public key/;

/** Settings that differ from those of most tests. */
export interface NodeSettings {
  readonly build?: Build;
  /** The plugin's file; `none` starts the node without a plugin. */
  readonly plugin?: string | 'none';
  /** The log line to wait for. Defaults to {@link SERVING}. */
  readonly ready?: RegExp;
}

/**
 * Starts a node with the plugin on a free port, in a temporary directory.
 *
 * @param options - further options of the node or its plugin, such as `--rest-protocol=http`
 */
export function startNode(...options: readonly string[]): Promise<TestNode> {
  return startNodeWith({}, ...options);
}

/** Starts a node with other settings. */
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
  let readyLine: RegExpExecArray;
  try {
    readyLine = await node.process.line(ready);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    kind: NODE_KIND,
    lightningDir,
    rpc,
    url: readyLine[1] ?? '',
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
