import { connect } from 'node:net';
import { onAbort } from '@clnrest/bounds';
import { WebSocket } from 'ws';
import type { ByteChannel, ChannelTarget } from '../peer/byte-channel.ts';
import { PeerError } from '../peer/peer-error.ts';
import { socketChannel } from './socket-channel.ts';
import { webSocketChannel, WEB_SOCKET_OPTIONS } from './web-socket-channel.ts';

/**
 * Connects over TCP, or over a WebSocket. Browsers have WebSockets only.
 *
 * @throws PeerError `connect_failed`
 */
export function openChannel(target: ChannelTarget, signal: AbortSignal): Promise<ByteChannel> {
  return target.kind === 'tcp' ? openTcp(target, signal) : openWebSocket(target.url, signal);
}

function openTcp(
  { host, port }: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<ByteChannel> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const stopListening = onAbort(signal, () => socket.destroy());
    const fail = (cause?: Error): void => {
      stopListening();
      reject(failed(cause));
    };
    socket.once('error', fail);
    socket.once('close', () => fail());
    socket.once('connect', () => {
      stopListening();
      socket.removeAllListeners();
      resolve(socketChannel(socket));
    });
  });
}

function openWebSocket(url: string, signal: AbortSignal): Promise<ByteChannel> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, WEB_SOCKET_OPTIONS);
    const stopListening = onAbort(signal, () => socket.terminate());
    const fail = (cause?: Error): void => {
      stopListening();
      reject(isHangUp(cause) ? notAWebSocket(cause) : failed(cause));
    };
    socket.once('error', fail);
    socket.once('close', () => fail());
    socket.once('open', () => {
      stopListening();
      socket.removeAllListeners();
      resolve(webSocketChannel(socket));
    });
  });
}

function failed(cause: Error | undefined): PeerError {
  const reason = cause === undefined ? 'the connection was closed' : reasonOf(cause);
  return new PeerError('connect_failed', `Cannot connect to the node: ${reason}`, { cause });
}

/** As a port for TCP, which does not understand the request. */
function isHangUp(cause: NodeJS.ErrnoException | undefined): boolean {
  return cause?.message === 'socket hang up';
}

function notAWebSocket(cause: Error | undefined): PeerError {
  const words =
    'Cannot connect to the node: the port does not accept WebSockets. For TCP, omit ws://';
  return new PeerError('connect_failed', words, { cause });
}

/** Node gives several addresses' errors one without a message. */
function reasonOf(cause: Error): string {
  return cause instanceof AggregateError
    ? cause.errors.map((error: Error) => error.message).join(', ')
    : cause.message;
}
