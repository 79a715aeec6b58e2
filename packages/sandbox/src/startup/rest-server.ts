import { join } from 'node:path';
import { RpcClient } from '@clnrest/lightningd';
import type { RunningSandbox } from '../sandbox.ts';

/** Suffices for a slow machine to create the certificates. */
const START_TIMEOUT_MS = 60_000;

/** The REST server did not start. The message is the plugin's own. */
export class ServerStartError extends Error {
  override readonly name = 'ServerStartError';
}

/**
 * Waits until the plugin `rest` logs that its server runs, and returns the URL.
 *
 * @throws ServerStartError if the plugin has disabled itself, or the server does not start in time
 */
export async function waitForRestServer(sandbox: RunningSandbox): Promise<string> {
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
export async function restAuthorityFile(
  rpc: RpcClient,
  { networkDir }: Pick<RunningSandbox, 'networkDir'>,
): Promise<string> {
  const { configs } = await rpc.call<{ configs: Record<string, { value_str?: string }> }>(
    'listconfigs',
    {},
  );
  const directory = configs['rest-certs']?.value_str ?? 'clnrest';
  return join(directory.startsWith('/') ? '' : networkDir, directory, 'ca.pem');
}
