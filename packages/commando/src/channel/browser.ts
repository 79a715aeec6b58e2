import { onAbort } from '@clnrest/bounds';
import type { ByteChannel, ChannelTarget } from '../peer/byte-channel.ts';
import { PeerError } from '../peer/peer-error.ts';

/** Connects over a WebSocket. Browsers do not open TCP connections. @throws PeerError `connect_failed` */
export function openChannel(target: ChannelTarget, signal: AbortSignal): Promise<ByteChannel> {
  if (target.kind === 'tcp') {
    const message =
      'Browsers cannot open TCP connections: use an address such as ID@wss://host, and a node that listens on a WebSocket';
    return Promise.reject(new PeerError('connect_failed', message));
  }
  return openWebSocket(target.url, signal);
}

function openWebSocket(url: string, signal: AbortSignal): Promise<ByteChannel> {
  return new Promise((resolve, reject) => {
    const socket = open(url);
    const stopListening = onAbort(signal, () => socket.close());
    // Browsers give no reasons.
    socket.addEventListener('close', () => {
      stopListening();
      reject(new PeerError('connect_failed', `Cannot connect to the node at ${url}`));
    });
    socket.addEventListener('open', () => {
      stopListening();
      resolve(channelOf(socket));
    });
  });
}

function open(url: string): WebSocket {
  try {
    const socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    return socket;
  } catch (cause) {
    // A page over https cannot open ws://.
    throw new PeerError('connect_failed', `The browser refuses to connect to ${url}`, { cause });
  }
}

function channelOf(socket: WebSocket): ByteChannel {
  return {
    open({ onBytes, onClose }) {
      socket.addEventListener('message', ({ data }) => {
        if (data instanceof ArrayBuffer) onBytes(new Uint8Array(data));
        else socket.close();
      });
      socket.addEventListener('close', () => onClose(undefined));
    },
    send(bytes) {
      if (socket.readyState === WebSocket.OPEN) socket.send(bytes as Uint8Array<ArrayBuffer>);
    },
    get pendingBytes() {
      return socket.bufferedAmount;
    },
    pause: () => undefined,
    resume: () => undefined,
    keepAlive: () => undefined,
    close: () => socket.close(),
  };
}
