import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { RpcClient } from '@clnrest/lightningd';
import type { StartReport } from './messages.ts';
import { NodeProcess } from './node-process.ts';

/** How a sandbox starts. */
export interface StartOptions {
  /** lightningd's options, as on its command line: `['--alias=alice', '--plugin=/path/to/plugin.py']`. */
  readonly args?: readonly string[];
  /** Paths of plugins to start, as with `--plugin`. Relative paths start in the working directory. */
  readonly plugins?: readonly string[];
  /** Starts the REST server on a free port of 127.0.0.1, or on the port of `--rest-port`. Defaults to false. */
  readonly rest?: boolean;
  /** A network other than `bitcoin`. Defaults to `regtest`. */
  readonly network?: 'regtest' | 'testnet' | 'testnet4' | 'signet';
  /**
   * The directory of the node, which stays after the stop: a later node with the same directory continues. By default a
   * temporary directory, which the stop removes. The path of the socket in it must have at most 107 bytes.
   */
  readonly directory?: string;
  /** Environment variables of the node and its plugins. Defaults to those of this process. */
  readonly env?: NodeJS.ProcessEnv;
}

/** A sandbox in a process of its own. */
export interface Sandbox extends AsyncDisposable {
  /** The node's public key, 66 hex digits. */
  readonly id: string;
  readonly alias: string;
  readonly network: string;
  /** The path of `--lightning-dir`. */
  readonly lightningDir: string;
  /** The network's directory in it. */
  readonly networkDir: string;
  /** The path of the JSON-RPC socket. */
  readonly rpcFile: string;
  /** The path of the configuration file, which exists only if you have written it. */
  readonly configFile: string;
  /** The path of the log, unless `args` contain `--log-file`. */
  readonly logFile: string;
  /** Calls the node's commands, with types. Results have bigints for integers beyond ±(2^53 − 1). */
  readonly rpc: RpcClient;
  /** A rune that allows every command. */
  readonly rune: string;
  /** The REST server, if the option `rest` is set. */
  readonly rest: RestServer | undefined;
  /** The id of the node's process. */
  readonly pid: number;
  /** Resolves when the node has stopped, for any reason. */
  readonly stopped: Promise<void>;
  /** Stops the node and its plugins, and removes a temporary directory. Can be called again. */
  stop(): Promise<void>;
}

/** The REST server of a sandbox. */
export interface RestServer {
  /** Without a slash at the end: `https://127.0.0.1:34567`. */
  readonly url: string;
  /** The certificate of the authority that has issued the server's, as PEM. Undefined without TLS. */
  readonly ca: string | undefined;
  /** The path of the file with `ca`. */
  readonly caFile: string | undefined;
}

/**
 * Starts a development node in a process of its own, on a simulated chain with simulated peers. Resolves when the node
 * accepts calls and its plugins run, after less than a second. Several sandboxes can run at once.
 *
 * The node stops when `stop` is called, when the variable of an `await using` goes out of scope, and when this process
 * ends, even by `kill -9`. It does not keep this process running.
 *
 * @throws SandboxError if the node cannot start; then nothing of it remains
 *
 * @example
 * ```ts
 * import { startSandbox } from '@clnrest/sandbox';
 *
 * const node = await startSandbox();
 * const { bolt11 } = await node.rpc.call('invoice', { amount_msat: 5000, label: 'tea', description: 'a cup of tea' });
 * bolt11.startsWith('lnbcrt50n'); // => true
 *
 * await node.rpc.call<unknown>('dev-pay-invoice', { label: 'tea' });
 * (await node.rpc.call('waitinvoice', { label: 'tea' })).status; // => 'paid'
 * await node.stop();
 * ```
 */
export async function startSandbox(options: StartOptions = {}): Promise<Sandbox> {
  const { directory, env = process.env } = options;
  // The name is short, because a socket's path has at most 107 bytes.
  const temporary = directory === undefined ? await mkdtemp(join(tmpdir(), 'sandbox-')) : undefined;
  const lightningDir = temporary ?? resolve(directory ?? '');
  const logFile = join(lightningDir, 'log');
  const args = argsOf(options, lightningDir, logFile);
  const removeDirectory = async (): Promise<void> => {
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
  };
  const child = new NodeProcess({ args, rest: options.rest ?? false, remove: temporary }, env);
  try {
    return await sandboxOf(child, await child.report, { logFile, removeDirectory });
  } catch (error) {
    await child.stop();
    await removeDirectory();
    throw error;
  }
}

function argsOf(options: StartOptions, lightningDir: string, logFile: string): string[] {
  const { args = [], plugins = [], network = 'regtest' } = options;
  const hasLogFile = args.some((word) => /^--log-file(?:=|$)/.test(word));
  return [
    `--lightning-dir=${lightningDir}`,
    `--network=${network}`,
    ...(hasLogFile ? [] : [`--log-file=${logFile}`]),
    ...plugins.map((path) => `--plugin=${resolve(path)}`),
    ...args,
  ];
}

async function sandboxOf(
  child: NodeProcess,
  { rest, ...report }: StartReport,
  { logFile, removeDirectory }: { logFile: string; removeDirectory: () => Promise<void> },
): Promise<Sandbox> {
  const rpc = new RpcClient({ socketPath: report.rpcFile });
  const stop = async (): Promise<void> => {
    await rpc.close();
    await child.stop();
    await removeDirectory();
  };
  return {
    ...report,
    configFile: join(report.lightningDir, 'config'),
    logFile,
    rpc,
    rest: rest && (await restServerOf(rest)),
    pid: child.pid,
    stopped: child.ended,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function restServerOf({
  url,
  authorityFile,
}: NonNullable<StartReport['rest']>): Promise<RestServer> {
  const ca = authorityFile === undefined ? undefined : await readFile(authorityFile, 'utf8');
  return { url, ca, caFile: authorityFile };
}
