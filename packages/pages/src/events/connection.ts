import { ClnrestClient, ClnrestError, type Missed, type Notification } from '@clnrest/client';
import type { State } from './state.ts';

/** Whom a connection tells. */
export interface ConnectionListener {
  /** Something came. */
  readonly heard: (told: Notification | Missed) => void;
  readonly changed: (state: State) => void;
}

/** Errors that say that this rune won't do, whenever it is tried. */
const REFUSALS = new Set<string>([
  'invalid_request',
  'rune_missing',
  'rune_not_authorized',
  'rune_not_permitted',
  'rune_blacklisted',
]);

/** At most one listening at a time. The rune is held while it lasts, and nowhere else. */
export class Connection {
  readonly #url: string;
  readonly #listener: ConnectionListener;
  #leaving = new AbortController();

  constructor(url: string, listener: ConnectionListener) {
    this.#url = url;
    this.#listener = listener;
  }

  /** Listens with this rune, and with no other any more. */
  open(rune: string): void {
    this.#leaving.abort();
    this.#leaving = new AbortController();
    this.#listener.changed({ is: 'connecting' });
    void this.#listen(rune, this.#leaving.signal);
  }

  close(): void {
    this.#leaving.abort();
    this.#listener.changed({ is: 'closed' });
  }

  /** Until it ends, which is a state and no failure of this function. */
  async #listen(rune: string, signal: AbortSignal): Promise<void> {
    const change = (state: State): void => {
      if (!signal.aborted) this.#listener.changed(state);
    };
    try {
      const client = new ClnrestClient({ url: this.#url, rune });
      const notifications = client.notifications({
        signal,
        onConnect: () => change({ is: 'listening', since: Date.now() }),
        onDisconnect: ({ message }, retryInMs) =>
          change({ is: 'waiting', reason: message, until: Date.now() + retryInMs }),
      });
      for await (const told of notifications) {
        if (signal.aborted) return;
        this.#listener.heard(told);
      }
    } catch (error) {
      change(end(error));
    }
  }
}

function end(error: unknown): State {
  const reason = error instanceof Error ? error.message : String(error);
  const isRefusal = error instanceof ClnrestError && REFUSALS.has(error.code);
  return { is: isRefusal ? 'refused' : 'failed', reason };
}
