import type { LogEntry } from './log/log-book.ts';
import { SandboxError } from './sandbox-error.ts';
import type { SandboxOptions } from './sandbox-options.ts';
import { reopenLogFiles } from './log/reopen.ts';
import { Cleanup } from './startup/cleanup.ts';
import { FatalFailure } from './startup/fatal-failure.ts';
import { startPlugins } from './startup/start-plugins.ts';
import { Lifecycle } from './startup/lifecycle.ts';
import { type Base, openBase } from './startup/open.ts';
import { begin, listen } from './startup/serve.ts';
import { createNode } from './startup/create-node.ts';

/** A running sandbox. */
export interface RunningSandbox {
  /** The node's public key, 66 hex digits. */
  readonly id: string;
  readonly alias: string;
  /** The absolute path of `--lightning-dir`. */
  readonly lightningDir: string;
  /** The network's directory in it, which `getinfo` reports as `lightning-dir`. */
  readonly networkDir: string;
  readonly network: string;
  /** The path of the JSON-RPC socket. */
  readonly rpcPath: string;
  /** Calls the listener with every log entry from now on. @returns a function that removes the listener */
  onLog(listener: (entry: LogEntry) => void): () => void;
  /**
   * Closes the files of `--log-file` and opens them again, as lightningd does on SIGHUP. If that fails, the node stops.
   *
   * @returns false, and does nothing, if `--log-file` is not set
   */
  reopenLogFiles(): boolean;
  /** Stops the node, as the command `stop` does. Resolves when everything is closed. */
  stop(): Promise<void>;
  /**
   * Resolves when the node has stopped, for any reason. Rejects with a SandboxError if an important plugin failed.
   */
  readonly stopped: Promise<void>;
}

/**
 * Starts a development node with lightningd's socket, commands and plugins, and with a simulated chain and peers.
 * Resolves when it accepts calls and its plugins run.
 *
 * @throws SandboxError if the node cannot start; then everything is closed again
 *
 * @example
 * ```ts no-run
 * import { runSandbox } from '@clnrest/sandbox/in-process';
 *
 * const sandbox = await runSandbox({ args: ['--lightning-dir=/tmp/l1'] });
 * console.log(sandbox.rpcPath);
 * await sandbox.stop();
 * ```
 */
export async function runSandbox(given: SandboxOptions): Promise<RunningSandbox> {
  const cleanup = new Cleanup();
  try {
    return await start(given, cleanup);
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

async function start(given: SandboxOptions, cleanup: Cleanup): Promise<RunningSandbox> {
  const failure = new FatalFailure();
  const lifecycle = new Lifecycle(cleanup, failure);
  const base = openBase(given, cleanup);
  const hosting = await startPlugins(base, given, failure, cleanup);
  const node = createNode(base, hosting, lifecycle, cleanup);
  const server = await listen(node, lifecycle, cleanup);
  await begin(node, hosting.notifier, failure, cleanup);

  const { id, alias, network } = node.identity;
  return {
    id,
    alias,
    lightningDir: base.directory.base,
    networkDir: base.directory.network,
    network: network.name,
    rpcPath: server.path,
    onLog: (listener) => base.logBook.onEntry(listener),
    reopenLogFiles: () => reopenIfSet(base, failure),
    async stop() {
      await lifecycle.stop();
      await server.closed;
    },
    stopped: lifecycle.stopped,
  };
}

function reopenIfSet({ options, logFiles, log }: Base, failure: FatalFailure): boolean {
  if (!options.isSet('log-file')) return false;
  try {
    reopenLogFiles(logFiles, log);
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    failure.report(error);
  }
  return true;
}
