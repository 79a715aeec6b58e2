import { Writable } from 'node:stream';
import { format } from 'node:util';
import type { LogLevel } from './declarations.ts';
import type { GuardedPlugin, PluginIo } from './plugin-io.ts';

/**
 * Returns the environment of a plugin that is a program: the process's streams, environment variables,
 * signals and exit. Only this file uses `process` directly.
 *
 * @example
 * ```ts
 * import { PassThrough } from 'node:stream';
 * import { Plugin, processIo } from '@clnrest/lightningd';
 * // A plugin in a test: the program continues when the plugin ends.
 * const [stdin, stdout] = [new PassThrough(), new PassThrough()];
 * const plugin = new Plugin();
 * plugin.method('hello', { description: 'Greets' }, () => 'hello');
 * const exit = () => undefined;
 * const running = plugin.run({ ...processIo(), stdin, stdout, exit });
 * stdin.end('{"jsonrpc":"2.0","id":1,"method":"getmanifest","params":{}}');
 * await running // => 0
 * JSON.parse(stdout.read()).result.rpcmethods[0].name // => 'hello'
 * ```
 */
export function processIo(): PluginIo {
  const { stdin, stdout, stderr, env } = process;
  const write = stdout.write.bind(stdout);
  const byHand = env['LIGHTNINGD_PLUGIN'] === undefined && stdin.isTTY;
  return {
    stdin,
    // The original write: process.stdout.write is about to be redirected to the log.
    stdout: new Writable({
      decodeStrings: false,
      write: (chunk: string, _encoding, callback) => {
        write(chunk, callback);
      },
    }),
    lightningdVersion: env['LIGHTNINGD_VERSION'],
    startedByHand: byHand ? (help) => void stderr.write(help) : undefined,
    guard: (plugin) => {
      const undo = [guardStdout(plugin), guardConsole(plugin), guardProcess(plugin)];
      return () => {
        for (const step of undo.toReversed()) step();
      };
    },
    exit: (status) => process.exit(status),
  };
}

/** Redirects stdout to the log, line by line: other output would break the protocol. */
function guardStdout(plugin: GuardedPlugin): () => void {
  const { stdout } = process;
  const original = stdout.write;
  let unfinished = '';
  stdout.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    const lines = (unfinished + text).split('\n');
    unfinished = lines.pop() ?? '';
    for (const line of lines) plugin.log('info', line);
    const callback = rest.find((argument) => typeof argument === 'function');
    if (callback !== undefined) queueMicrotask(() => void callback());
    return true;
  };
  // The message writer handles a broken pipe. An 'error' without a listener would end the program.
  const ignore = (): void => {};
  stdout.on('error', ignore);
  return () => {
    if (unfinished !== '') plugin.log('info', unfinished);
    stdout.write = original;
  };
}

const CONSOLE_LEVELS = {
  trace: 'trace',
  debug: 'debug',
  log: 'info',
  info: 'info',
  warn: 'unusual',
  error: 'broken',
} as const satisfies Record<string, LogLevel>;

/** Redirects `console` to the log at its level, including what it writes to stderr. */
function guardConsole(plugin: GuardedPlugin): () => void {
  const target: Record<string, unknown> = globalThis.console as unknown as Record<string, unknown>;
  const originals = Object.keys(CONSOLE_LEVELS).map((name) => [name, target[name]] as const);
  for (const [name, level] of Object.entries(CONSOLE_LEVELS)) {
    target[name] = (...values: unknown[]) => plugin.log(level, format(...values));
  }
  return () => {
    for (const [name, original] of originals) target[name] = original;
  };
}

/** Closes the plugin in order on a signal, and logs an uncaught error before the program exits. */
function guardProcess(plugin: GuardedPlugin): () => void {
  const onSignal = (): void => plugin.close(0);
  const onUncaught = (error: unknown): void => {
    plugin.failure('uncaught', error);
    plugin.close(1);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  process.on('uncaughtException', onUncaught);
  return () => {
    process.off('SIGTERM', onSignal);
    process.off('SIGINT', onSignal);
    process.off('uncaughtException', onUncaught);
  };
}
