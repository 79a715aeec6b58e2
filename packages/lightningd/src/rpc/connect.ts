import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { TransportError } from './errors.ts';
import { onAbort } from '@clnrest/bounds';
import { connectablePath } from './socket-path.ts';

/**
 * Milliseconds between attempts. lightningd's socket queues 128 connections that it has not accepted
 * yet, and one more gets EAGAIN immediately. No request has been sent then, so a retry is safe.
 */
const RETRY_DELAYS_MS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/** Connects to the node's socket. Rejects with a TransportError, or with the signal's reason. */
export async function connectSocket(socketPath: string, signal?: AbortSignal): Promise<Socket> {
  signal?.throwIfAborted();
  const target = await connectablePath(socketPath);
  let socket: Socket;
  try {
    socket = await connectWithRetries(target.path, signal);
  } catch (error) {
    signal?.throwIfAborted();
    throw connectError(error, socketPath);
  } finally {
    await target.release();
  }
  if (signal?.aborted === true) socket.destroy();
  signal?.throwIfAborted();
  return socket;
}

async function connectWithRetries(path: string, signal: AbortSignal | undefined): Promise<Socket> {
  for (const wait of RETRY_DELAYS_MS) {
    try {
      return await connectOnce(path, signal);
    } catch (error) {
      if (errorCode(error) !== 'EAGAIN') throw error;
      await delay(wait, undefined, { ...(signal && { signal }) });
    }
  }
  return connectOnce(path, signal);
}

function connectOnce(path: string, signal: AbortSignal | undefined): Promise<Socket> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const socket = connect({ path });
    const forget = onAbort(signal, () => {
      socket.destroy();
      settle();
      reject(signal?.reason);
    });
    const onConnect = (): void => {
      settle();
      // An 'error' without a listener ends the program. The socket's owner listens to 'close'.
      socket.on('error', () => {});
      resolve(socket);
    };
    const onError = (error: Error): void => {
      settle();
      reject(error);
    };
    const settle = (): void => {
      socket.off('connect', onConnect);
      socket.off('error', onError);
      forget();
    };
    socket.once('connect', onConnect);
    socket.once('error', onError);
  });
}

function connectError(error: unknown, socketPath: string): TransportError {
  const options = { cause: error };
  const code = errorCode(error);
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new TransportError('socket_missing', `no socket at ${socketPath}`, options);
    case 'ECONNREFUSED':
      return new TransportError('refused', `no process listens on ${socketPath}`, options);
    case 'EACCES':
    case 'EPERM':
      return new TransportError('refused', `no permission to connect to ${socketPath}`, options);
    case 'EAGAIN':
      return new TransportError('overloaded', 'the node accepts no more connections', options);
    case 'EMFILE':
    case 'ENFILE':
      return new TransportError('overloaded', 'this process cannot open more files', options);
    default:
      return new TransportError(
        'refused',
        `cannot connect to ${socketPath}${code === undefined ? '' : ` (${code})`}`,
        options,
      );
  }
}

function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
