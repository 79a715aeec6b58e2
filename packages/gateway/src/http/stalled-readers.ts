import type { Socket } from 'node:net';

/** What changes when a client reads, and for how many checks it has not changed. */
interface Progress {
  readonly state: string;
  readonly unchanged: number;
}

/** Checks within the time limit. Counting them, not time, spares clients if the machine was suspended. */
const CHECKS = 4;

/**
 * Destroys connections whose client does not read a response. The timeout of a socket does not suffice: each
 * byte that the client sends restarts it.
 */
export class StalledReaders {
  readonly #sockets = new Map<Socket, Progress>();
  readonly #timer: NodeJS.Timeout;

  constructor(limitMs: number) {
    this.#timer = setInterval(() => this.#check(), Math.ceil(limitMs / CHECKS)).unref();
  }

  /** Watches a TCP connection until it closes. Pass the one below a TLS connection. */
  watch(socket: Socket): void {
    this.#sockets.set(socket, { state: '', unchanged: 0 });
    socket.once('close', () => this.#sockets.delete(socket));
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #check(): void {
    for (const [socket, last] of this.#sockets) {
      const queued = queuedBytes(socket);
      const state = queued === 0 ? '' : `${socket.bytesWritten} ${queued}`;
      const unchanged = queued > 0 && state === last.state ? last.unchanged + 1 : 0;
      if (unchanged >= CHECKS) socket.destroy();
      else this.#sockets.set(socket, { state, unchanged });
    }
  }
}

/**
 * Bytes that the system has not taken. They shrink while a client reads, even within one long write, and also
 * count what a TLS connection has encrypted. The property is Node's own (20, 22 and 24).
 */
function queuedBytes(socket: Socket): number {
  const { _handle: handle } = socket as unknown as {
    readonly _handle?: { readonly writeQueueSize?: number } | null;
  };
  return handle?.writeQueueSize ?? 0;
}
