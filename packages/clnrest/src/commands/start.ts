import { join } from 'node:path';
import { RpcClient } from '@clnrest/lightningd';
import { parseSandboxOptions, type Sandbox, SandboxError, startSandbox } from '@clnrest/sandbox';
import { pluginFile } from '../plugin-file.ts';
import { untilEnded } from '../signals.ts';
import type { Terminal } from '../terminal.ts';

const HELP = `Usage: clnrest start [options]

Runs a sandbox with the REST server on port 3010, and prints what is needed to call it: the
URL, the certificate authority, a fresh rune, and a line to paste. It is a development node, not a
Lightning node: no real money moves here.

  --rest-port=PORT     another port
  --lightning-dir=DIR  another directory (default: ~/.lightning)

and every other option of \`clnrest sandbox\`. Its log goes to stderr.
`;

const PORT = '3010';
/** Long enough for a slow machine to make its certificates. */
const PATIENCE_MS = 60_000;

/** `clnrest start`: what `npm start` runs. */
export async function start(argv: readonly string[], terminal: Terminal): Promise<number> {
  if (argv.includes('--help') || argv.includes('-h')) {
    terminal.out(HELP);
    return 0;
  }
  const hasPort = argv.some((word) => /^--rest-port(?:=|$)/.test(word));
  const args = [...argv, ...(hasPort ? [] : [`--rest-port=${PORT}`])];
  try {
    const request = parseSandboxOptions(args, {
      plugins: [pluginFile('rest')],
      log: (line) => terminal.error(`${line}\n`),
    });
    if (request.kind !== 'start') {
      terminal.out(`${request.text.trimEnd()}\n`);
      return 0;
    }
    const sandbox = await startSandbox(request.options);
    try {
      terminal.out(await welcome(sandbox));
    } catch (error) {
      await sandbox.stop();
      throw error;
    }
    await untilEnded(sandbox);
    return 0;
  } catch (error) {
    if (!(error instanceof SandboxError || error instanceof NotServing)) throw error;
    terminal.error(`clnrest start: ${error.message}\n`);
    return 1;
  }
}

/** The REST server did not come up; the message is the plugin's own word. */
class NotServing extends Error {
  override readonly name = 'NotServing';
}

async function welcome(sandbox: Sandbox): Promise<string> {
  const url = await servingAt(sandbox);
  const rpc = new RpcClient({ socketPath: sandbox.rpcPath });
  try {
    const { rune } = await rpc.call<{ rune: string }>('createrune', {});
    const authority = await authorityFile(rpc, sandbox);
    const secure = url.startsWith('https:');
    const options = sandbox.network === 'bitcoin' ? '' : ` --${sandbox.network}`;
    return `
A sandbox for development. It is not a Lightning node: its chain and its peers are played, no real money moves.

  REST       ${url}
  pages      ${url}/
${secure ? `  authority  ${authority}\n` : ''}  rune       ${rune}
             (it allows everything: make narrower ones with createrune)

Try it in another terminal:

  curl ${secure ? `--cacert ${quoted(authority)} \\\n       ` : ''}--request POST \\
       --url ${url}/v1/getinfo \\
       --header 'Rune: ${rune}'

  npx clnrest cli${options} createrune null '[["method=getinfo"]]'

Stop it with Ctrl-C.
`;
  } finally {
    await rpc.close();
  }
}

/** Waits for the plugin's word that it accepts connections, or that it does not. */
async function servingAt(sandbox: Sandbox): Promise<string> {
  const rpc = new RpcClient({ socketPath: sandbox.rpcPath });
  let unlisten = (): void => undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<string>((resolve, reject) => {
      const read = (message: string): void => {
        const running = /^REST server running at (\S+)$/.exec(message)?.[1];
        const declined = /^Killing plugin: disabled itself at init: (.*)$/s.exec(message)?.[1];
        if (running !== undefined) resolve(running);
        if (declined !== undefined) reject(new NotServing(declined));
      };
      unlisten = sandbox.onLog(({ source, message }) => {
        if (source === 'plugin-rest') read(message);
      });
      timer = setTimeout(
        () => reject(new NotServing('the REST server does not start')),
        PATIENCE_MS,
      );
      // It may have been said before we listened.
      readLog(rpc).then((messages) => messages.forEach(read), reject);
    });
  } finally {
    clearTimeout(timer);
    unlisten();
    await rpc.close();
  }
}

/** What the plugin has said so far. */
async function readLog(rpc: RpcClient): Promise<string[]> {
  const { log } = await rpc.call<{ log: { source?: string; log?: string }[] }>('getlog', {
    level: 'debug',
  });
  return log.filter(({ source }) => source === 'plugin-rest').map((entry) => entry.log ?? '');
}

/** Where the certificates are: `rest-certs`, or beside the socket. */
async function authorityFile(rpc: RpcClient, sandbox: Sandbox): Promise<string> {
  const { configs } = await rpc.call<{ configs: Record<string, { value_str?: string }> }>(
    'listconfigs',
    {},
  );
  const directory = configs['rest-certs']?.value_str ?? 'clnrest';
  return join(directory.startsWith('/') ? '' : sandbox.networkDir, directory, 'ca.pem');
}

/** For a shell, where a path has more than plain letters. */
function quoted(path: string): string {
  return /^[\w./+-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
