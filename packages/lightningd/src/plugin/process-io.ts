import { Writable } from 'node:stream';
import { guardOutput, isGuarded, type LineLogger, writeProtocol } from './output-guard.ts';
import type { GuardedPlugin, PluginIo } from './plugin-io.ts';

/**
 * Returns the environment of a plugin that is a program: the process's streams, environment variables,
 * signals and exit.
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
  const { argv, stdin, stderr, env } = process;
  const byHand = env['LIGHTNINGD_PLUGIN'] === undefined && stdin.isTTY;
  return {
    stdin,
    stdout: new Writable({
      decodeStrings: false,
      write: (chunk: string, _encoding, callback) => {
        writeProtocol(chunk, callback);
      },
    }),
    lightningdVersion: env['LIGHTNINGD_VERSION'],
    developer: argv.includes('--developer'),
    startedByHand: byHand ? (help) => void stderr.write(help) : undefined,
    guard: (plugin) => {
      const undo = [guardOutput((level, line) => plugin.log(level, line)), guardProcess(plugin)];
      return () => {
        for (const step of undo.toReversed()) step();
      };
    },
    exit: (status) => process.exit(status),
  };
}

/** The plugin whose output is guarded before it runs. */
interface EarlyPlugin {
  log: LineLogger;
  /** Returns the log lines that wait until the plugin runs. */
  waitingLines(): readonly string[];
}

/**
 * Redirects the output of a program that lightningd started, from before the plugin runs. If the program exits without
 * running the plugin, the lines go to stderr. Returns a function that ends the redirection.
 */
export function guardBeforeRun(plugin: EarlyPlugin): () => void {
  if (process.env['LIGHTNINGD_PLUGIN'] === undefined || isGuarded()) return () => undefined;
  const release = guardOutput(plugin.log);
  process.once('exit', () => {
    release();
    for (const line of plugin.waitingLines()) process.stderr.write(`${line}\n`);
  });
  return release;
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
