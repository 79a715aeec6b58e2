import type { Socket } from 'node:net';

/** What changes when a client reads. */
interface Progress {
  readonly state: string;
  readonly since: number;
}

/** Checks for each time limit. */
const CHECKS = 4;

/**
 * Destroys connections whose client does not read a response. The timeout of a socket does not suffice: each
 * byte that the client sends restarts it.
 */
export class StalledReaders {
  readonly #limitMs: number;
  readonly #sockets = new Map<Socket, Progress>();
  readonly #timer: NodeJS.Timeout;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
    this.#timer = setInterval(() => this.#check(), Math.ceil(limitMs / CHECKS)).unref();
  }

  /** Watches a TCP connection until it closes. Pass the one below a TLS connection. */
  watch(socket: Socket): void {
    this.#sockets.set(socket, { state: '', since: performance.now() });
    socket.once('close', () => this.#sockets.delete(socket));
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #check(): void {
    const now = performance.now();
    for (const [socket, last] of this.#sockets) {
      const queued = queuedBytes(socket);
      if (queued === 0) continue;
      const state = `${socket.bytesWritten} ${queued}`;
      if (state !== last.state) this.#sockets.set(socket, { state, since: now });
      else if (now - last.since >= this.#limitMs) socket.destroy();
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
