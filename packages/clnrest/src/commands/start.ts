import { homedir } from 'node:os';
import { join } from 'node:path';
import { RpcClient, TransportError } from '@clnrest/lightningd';
import {
  parseSandboxOptions,
  restAuthorityFile,
  type RunningSandbox,
  runSandbox,
  ServerStartError,
  waitForRestServer,
} from '@clnrest/sandbox/in-process';
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
    const sandbox = await runSandbox(request.options);
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

/** Prints the message when the server runs, unless a signal stops the sandbox before. */
async function announce(
  sandbox: RunningSandbox,
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

async function messageOf(sandbox: RunningSandbox): Promise<string> {
  const url = reachableUrl(await waitForRestServer(sandbox));
  const rpc = new RpcClient({ socketPath: sandbox.rpcPath });
  try {
    const authority = url.startsWith('https:') ? await restAuthorityFile(rpc, sandbox) : undefined;
    return startMessage({ url, authority, rune: await startRune(rpc), cli: cliOf(sandbox) });
  } finally {
    await rpc.close();
  }
}

/** Returns the words that run `clnrest cli` for the sandbox. `npx clnrest` would work in one directory only. */
function cliOf({ lightningDir, network, rpcPath, networkDir }: RunningSandbox): readonly string[] {
  const program = process.argv[1];
  return [
    ...(program === undefined ? ['npx', 'clnrest'] : ['node', program]),
    'cli',
    ...(lightningDir === join(homedir(), '.lightning') ? [] : [`--lightning-dir=${lightningDir}`]),
    ...(network === 'bitcoin' ? [] : [`--${network}`]),
    ...(rpcPath === join(networkDir, 'lightning-rpc') ? [] : [`--rpc-file=${rpcPath}`]),
  ];
}
