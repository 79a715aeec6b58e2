import { homedir } from 'node:os';
import { join } from 'node:path';
import { RpcClient, TransportError } from '@clnrest/lightningd';
import { parseSandboxOptions, type Sandbox, startSandbox } from '@clnrest/sandbox';
import { printHelp } from '../command-table/help.ts';
import { START, START_PORT } from '../command-table/node-commands.ts';
import { EXIT } from '../exit-status.ts';
import { pluginFile } from '../plugin-file.ts';
import { BUNDLED_OPTIONS, printRequested, printSandboxError } from '../sandbox-output.ts';
import { runUntilStopped } from '../signals.ts';
import { reachableUrl } from '../start/reachable-url.ts';
import { startMessage } from '../start/start-message.ts';
import { startRune } from '../start/start-rune.ts';
import type { Terminal } from '../terminal.ts';

/** Suffices for a slow machine to create the certificates. */
const START_TIMEOUT_MS = 60_000;

/** Runs `clnrest start`, which is also what `npm start` runs. */
export async function start(argv: readonly string[], terminal: Terminal): Promise<number> {
  if (argv.includes('--help') || argv.includes('-h')) {
    printHelp('clnrest start', START, terminal);
    return EXIT.ok;
  }
  const hasPort = argv.some((word) => /^--rest-port(?:=|$)/.test(word));
  const args = [...argv, ...(hasPort ? [] : [`--rest-port=${START_PORT}`])];
  let hasStarted = false;
  try {
    const request = parseSandboxOptions(args, {
      plugins: [pluginFile('rest')],
      pluginOptions: BUNDLED_OPTIONS,
      log: (line) => terminal.error(`${line}\n`),
    });
    if (request.kind !== 'start') return await printRequested(request, terminal);
    const sandbox = await startSandbox(request.options);
    hasStarted = true;
    // Before the message, which names Ctrl-C.
    const stopped = runUntilStopped(sandbox);
    await announce(sandbox, stopped, terminal);
    await stopped;
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof ServerStartError)) {
      return printSandboxError('start', error, terminal, hasStarted);
    }
    terminal.error(`clnrest start: ${error.message}\n`);
    return EXIT.failed;
  }
}

/** The REST server did not start; the message is the plugin's own. */
class ServerStartError extends Error {
  override readonly name = 'ServerStartError';
}

/** Prints the message when the server runs, unless a signal stops the sandbox before. */
async function announce(
  sandbox: Sandbox,
  stopped: Promise<void>,
  terminal: Terminal,
): Promise<void> {
  const message = messageOf(sandbox);
  try {
    const text = await Promise.race([message, stopped.then(() => undefined)]);
    if (text !== undefined) terminal.out(text);
  } catch (error) {
    // The message needs the socket, which a stopping sandbox closes.
    if (error instanceof TransportError) return;
    await sandbox.stop();
    throw error;
  } finally {
    message.catch(() => undefined);
  }
}

async function messageOf(sandbox: Sandbox): Promise<string> {
  const url = reachableUrl(await waitForServer(sandbox));
  const rpc = new RpcClient({ socketPath: sandbox.rpcPath });
  try {
    const authority = url.startsWith('https:') ? await caFile(rpc, sandbox) : undefined;
    return startMessage({ url, authority, rune: await startRune(rpc), cli: cliOf(sandbox) });
  } finally {
    await rpc.close();
  }
}

/** Returns the words that run `clnrest cli` for the sandbox. `npx clnrest` would work in one directory only. */
function cliOf({ lightningDir, network, rpcPath, networkDir }: Sandbox): readonly string[] {
  const program = process.argv[1];
  return [
    ...(program === undefined ? ['npx', 'clnrest'] : ['node', program]),
    'cli',
    ...(lightningDir === join(homedir(), '.lightning') ? [] : [`--lightning-dir=${lightningDir}`]),
    ...(network === 'bitcoin' ? [] : [`--${network}`]),
    ...(rpcPath === join(networkDir, 'lightning-rpc') ? [] : [`--rpc-file=${rpcPath}`]),
  ];
}

/** Waits until the plugin logs that the server runs, or that it does not, and returns the URL. */
async function waitForServer(sandbox: Sandbox): Promise<string> {
  const rpc = new RpcClient({ socketPath: sandbox.rpcPath });
  let unsubscribe = (): void => undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<string>((resolve, reject) => {
      const read = (message: string): void => {
        const running = /^REST server running at (\S+)$/.exec(message)?.[1];
        const declined = /^Killing plugin: disabled itself at init: (.*)$/s.exec(message)?.[1];
        if (running !== undefined) resolve(running);
        if (declined !== undefined) reject(new ServerStartError(declined));
      };
      unsubscribe = sandbox.onLog(({ source, message }) => {
        if (source === 'plugin-rest') read(message);
      });
      timer = setTimeout(
        () => reject(new ServerStartError('the REST server did not start in time')),
        START_TIMEOUT_MS,
      ).unref();
      // The plugin can have logged the message before the subscription.
      readLog(rpc).then((messages) => messages.forEach(read), reject);
    });
  } finally {
    clearTimeout(timer);
    unsubscribe();
    await rpc.close();
  }
}

/** Returns the messages that the plugin has logged so far. */
async function readLog(rpc: RpcClient): Promise<string[]> {
  const { log } = await rpc.call<{ log: { source?: string; log?: string }[] }>('getlog', {
    level: 'debug',
  });
  return log.filter(({ source }) => source === 'plugin-rest').map((entry) => entry.log ?? '');
}

/** Returns the path of ca.pem: in `rest-certs`, by default beside the socket. */
async function caFile(rpc: RpcClient, sandbox: Sandbox): Promise<string> {
  const { configs } = await rpc.call<{ configs: Record<string, { value_str?: string }> }>(
    'listconfigs',
    {},
  );
  const directory = configs['rest-certs']?.value_str ?? 'clnrest';
  return join(directory.startsWith('/') ? '' : sandbox.networkDir, directory, 'ca.pem');
}
