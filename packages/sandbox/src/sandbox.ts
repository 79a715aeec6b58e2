import type { LogEntry } from './log/log-book.ts';
import type { SandboxOptions } from './sandbox-options.ts';
import { Cleanup } from './startup/cleanup.ts';
import { FatalFailure } from './startup/fatal-failure.ts';
import { hostPlugins } from './startup/host-plugins.ts';
import { Lifecycle } from './startup/lifecycle.ts';
import { openBase } from './startup/open.ts';
import { begin, listen } from './startup/serve.ts';
import { wireNode } from './startup/wire.ts';

/** A sandbox that runs. */
export interface Sandbox {
  /** The node's public key, 66 hex digits. */
  readonly id: string;
  readonly alias: string;
  /** What `--lightning-dir` says, made absolute. */
  readonly lightningDir: string;
  /** The network's directory beneath it: what `getinfo` calls lightning-dir. */
  readonly networkDir: string;
  readonly network: string;
  /** The JSON-RPC socket. */
  readonly rpcPath: string;
  /** Tells of everything that is logged from now on. @returns a function that ends it */
  onLog(listener: (entry: LogEntry) => void): () => void;
  /** Ends it, as the `stop` command does. Resolves when nothing of it is left. */
  stop(): Promise<void>;
  /**
   * Settles when it has ended, whoever ended it. Rejects with a SandboxError if it had to end,
   * because of a plugin that it can't do without.
   */
  readonly stopped: Promise<void>;
}

/**
 * Starts a development node: lightningd's socket, commands and plugins, in a small
 * world of its own, whose money is play money. Resolves when it can be called and its plugins run.
 *
 * @throws SandboxError when it can't start; then nothing of it is left
 *
 * @example
 * ```ts no-run
 * import { startSandbox } from '@clnrest/sandbox';
 *
 * const sandbox = await startSandbox({ args: ['--lightning-dir=/tmp/l1'] });
 * console.log(sandbox.rpcPath);
 * await sandbox.stop();
 * ```
 */
export async function startSandbox(given: SandboxOptions): Promise<Sandbox> {
  const cleanup = new Cleanup();
  try {
    return await start(given, cleanup);
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

async function start(given: SandboxOptions, cleanup: Cleanup): Promise<Sandbox> {
  const failure = new FatalFailure();
  const lifecycle = new Lifecycle(cleanup, failure);
  const base = openBase(given, cleanup);
  const hosting = await hostPlugins(base, given, failure, cleanup);
  const node = wireNode(base, hosting, lifecycle, cleanup);
  const server = await listen(node, lifecycle, cleanup);
  await begin(node, hosting.notifier, failure);

  const { id, alias, network } = node.identity;
  return {
    id,
    alias,
    lightningDir: base.directory.base,
    networkDir: base.directory.network,
    network: network.name,
    rpcPath: server.path,
    onLog: (listener) => base.logBook.onEntry(listener),
    async stop() {
      await lifecycle.stop();
      await server.closed;
    },
    stopped: lifecycle.stopped,
  };
}
