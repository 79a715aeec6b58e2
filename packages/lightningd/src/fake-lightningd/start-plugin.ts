import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { encodeJson, parseJson } from '@clnrest/json';
import { METHOD_NOT_FOUND } from '../rpc/error-codes.ts';
import { RpcError } from '../rpc/errors.ts';
import { FakeLightningd } from './fake-lightningd.ts';
import { type FakeRequest, FakeSocket } from './fake-socket.ts';
import { declaredOptions } from './init-options.ts';
import { type NodeCall, PluginUnderTest } from './plugin-under-test.ts';
import type { PluginTestSettings, TestablePlugin } from './settings.ts';

const VERSION = 'v26.06.6';

/** The two ends of a plugin, and its exit status. */
interface Running {
  readonly lightningd: FakeLightningd;
  readonly status: Promise<number | null>;
  kill(): void;
}

/**
 * Starts a plugin under a fake lightningd: sends `getmanifest` and `init`, and serves the node's socket with the given
 * commands.
 *
 * @param plugin - the path of a program, which Node runs if it is not executable; or a `Plugin`
 * @throws Error for an option that the plugin does not declare, and if the plugin ends before it has replied
 *
 * @example
 * ```ts
 * import { Plugin } from '@clnrest/lightningd';
 * import { defaulted, text } from '@clnrest/lightningd/parameters';
 * import { startPlugin } from '@clnrest/lightningd/testing';
 *
 * const plugin = new Plugin({ options: { greeting: { type: 'string', default: 'Hello', description: 'a word' } } });
 * plugin.command({
 *   name: 'hello',
 *   parameters: { name: defaulted(text, 'world') },
 *   async run({ name }) {
 *     const { alias } = (await plugin.rpc.call('getinfo')) as { alias: string };
 *     return `${plugin.options.greeting}, ${name}, from ${alias}!`;
 *   },
 * });
 * plugin.hook('invoice_payment', ({ params: { payment } }) =>
 *   payment.msat < 1000 ? { result: 'reject' } : { result: 'continue' },
 * );
 *
 * const node = await startPlugin(plugin, {
 *   options: { greeting: 'Hi' },
 *   commands: { getinfo: () => ({ alias: 'ANGRYPHOTO' }) },
 * });
 * await node.call('hello', ['Alice']) // => 'Hi, Alice, from ANGRYPHOTO!'
 * const payment = { label: 'coffee', preimage: '00'.repeat(32), msat: 1 };
 * await node.hook('invoice_payment', { payment }) // => { result: 'reject' }
 * await node.stop() // => 0
 * ```
 */
export async function startPlugin(
  plugin: string | TestablePlugin,
  settings: PluginTestSettings = {},
): Promise<PluginUnderTest> {
  const calls: NodeCall[] = [];
  const socket = await FakeSocket.start((request) => void reply(request, settings, calls));
  const running =
    typeof plugin === 'string'
      ? spawnProgram(plugin, socket.directory, settings)
      : runInProcess(plugin, settings);
  try {
    const replies = await initialise(running.lightningd, socket.directory, settings);
    return new PluginUnderTest({ ...running, ...replies, socket, calls });
  } catch (error) {
    running.kill();
    await socket[Symbol.asyncDispose]();
    throw error;
  }
}

async function initialise(
  lightningd: FakeLightningd,
  directory: string,
  { options = {}, configuration = {} }: PluginTestSettings,
) {
  const replies = await lightningd.start(options, {
    'lightning-dir': directory,
    ...configuration,
  });
  const declared = new Set(
    declaredOptions(replies.manifest.result?.['options']).map(({ name }) => name),
  );
  const unknown = Object.keys(options).find((name) => !declared.has(name));
  if (unknown !== undefined && replies.manifest.result?.['disable'] === undefined) {
    throw new Error(`the plugin does not declare the option ${unknown}`);
  }
  return replies;
}

function runInProcess(
  plugin: TestablePlugin,
  { version = VERSION, developer }: PluginTestSettings,
): Running {
  const { lightningd, io } = FakeLightningd.inProcess({ lightningdVersion: version, developer });
  const status = plugin.run(io).finally(() => io.stdout.end());
  return { lightningd, status, kill: () => lightningd.end() };
}

function spawnProgram(
  program: string,
  cwd: string,
  { version = VERSION, developer, env }: PluginTestSettings,
): Running {
  const path = resolve(program);
  const [command, args] = isExecutable(path) ? [path, []] : [process.execPath, [path]];
  const child = spawn(command, developer === true ? [...args, '--developer'] : args, {
    cwd,
    env: { ...process.env, LIGHTNINGD_PLUGIN: '1', LIGHTNINGD_VERSION: version, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.on('error', () => undefined);
  // A program that cannot be started has an 'error' and no 'exit'; its stdout closes in both cases.
  const status = once(child, 'close').then(
    () => child.exitCode,
    () => null,
  );
  return {
    lightningd: new FakeLightningd(child.stdin, child.stdout),
    status,
    kill: () => void child.kill('SIGKILL'),
  };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Replies to a call of the plugin, from the commands of the test. */
async function reply(
  request: FakeRequest,
  { commands = {} }: PluginTestSettings,
  calls: NodeCall[],
): Promise<void> {
  const { method } = request;
  const params = parseJson(request.paramsText);
  calls.push({ method, params });
  try {
    const command = Object.hasOwn(commands, method) ? commands[method] : undefined;
    if (command === undefined) throw new RpcError(METHOD_NOT_FOUND, `Unknown command '${method}'`);
    request.result(encodeJson((await command(params)) ?? {}));
  } catch (error) {
    const { code, message, data } =
      error instanceof RpcError ? error : new RpcError(-1, String(error));
    request.error(encodeJson({ code, message, ...(data === undefined ? {} : { data }) }));
  }
}
