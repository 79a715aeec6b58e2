import type { Duplex } from 'node:stream';
import { CallerLeft } from './caller-left.ts';

/**
 * Tells commands when nobody waits for them any more. A command that waits in the node goes on until
 * it is told to stop, and a caller that left can't tell it.
 */
export class Callers {
  readonly #controllers = new Map<Duplex, AbortController>();

  /**
   * Aborts with a {@link CallerLeft} when the connection closes. One signal serves all requests of a
   * connection: they come one after the other.
   */
  signalOf(socket: Duplex): AbortSignal {
    const known = this.#controllers.get(socket);
    if (known !== undefined) return known.signal;
    const controller = new AbortController();
    if (socket.destroyed) {
      controller.abort(new CallerLeft());
      return controller.signal;
    }
    this.#controllers.set(socket, controller);
    socket.once('close', () => {
      this.#controllers.delete(socket);
      controller.abort(new CallerLeft());
    });
    return controller.signal;
  }

  /** Ends all commands that run, with a reason to tell their callers. */
  abortAll(reason: Error): void {
    for (const controller of this.#controllers.values()) controller.abort(reason);
  }
}
