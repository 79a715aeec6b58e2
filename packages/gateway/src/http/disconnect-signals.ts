import type { Duplex } from 'node:stream';
import { ClientDisconnected } from './client-disconnected.ts';

/**
 * Abort signals, one for each connection. They cancel commands whose client has disconnected: a command
 * that waits in the node would otherwise go on.
 */
export class DisconnectSignals {
  readonly #controllers = new Map<Duplex, AbortController>();

  /**
   * Returns the signal that aborts with a {@link ClientDisconnected} when the connection closes. One
   * signal serves all requests of a connection, because they run one after the other.
   */
  signalOf(socket: Duplex): AbortSignal {
    const known = this.#controllers.get(socket);
    if (known !== undefined) return known.signal;
    const controller = new AbortController();
    if (socket.destroyed) {
      controller.abort(new ClientDisconnected());
      return controller.signal;
    }
    this.#controllers.set(socket, controller);
    socket.once('close', () => {
      this.#controllers.delete(socket);
      controller.abort(new ClientDisconnected());
    });
    return controller.signal;
  }

  /** Aborts the running command of a connection, and all later ones, with the reason that the client gets. */
  abort(socket: Duplex, reason: Error): void {
    this.#controllers.get(socket)?.abort(reason);
  }

  /** Aborts all running commands with the reason that their clients get. */
  abortAll(reason: Error): void {
    for (const controller of this.#controllers.values()) controller.abort(reason);
  }
}
