import type { Socket } from 'node:net';
import type { Limits } from '../limits.ts';

/**
 * Counts the connections of strangers: those of whom nobody knows yet whether they may be here for long. A
 * listener that has shown a rune is none any more, and makes room.
 */
export class Occupancy {
  readonly #limits: Limits;
  readonly #strangers = new Set<string>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Takes a new connection; false where there are too many, and then it must be closed. */
  enter(socket: Socket): boolean {
    if (this.#strangers.size >= this.#limits.connections) return false;
    const name = nameOf(socket);
    this.#strangers.add(name);
    socket.once('close', () => this.#strangers.delete(name));
    return true;
  }

  isStranger(socket: Socket): boolean {
    return this.#strangers.has(nameOf(socket));
  }

  /** Knows this connection's caller from now on. */
  welcome(socket: Socket): void {
    this.#strangers.delete(nameOf(socket));
  }
}

/** The same for a TLS connection and for the TCP connection below it. */
export function nameOf({ localPort, remoteAddress, remotePort }: Socket): string {
  return `${localPort ?? ''} ${remoteAddress ?? ''} ${remotePort ?? ''}`;
}
