import { messageOf } from '../foreign-rune.ts';
import { ClnrestClient, ClnrestError, type Missed, type NotificationEvent } from '@clnrest/client';
import type { State } from './state.ts';

/** Callbacks of a subscription. */
export interface SubscriptionListener {
  readonly onEvent: (event: NotificationEvent | Missed) => void;
  readonly onStateChange: (state: State) => void;
}

/** Errors that mean that the node will refuse this rune again. */
const REFUSALS = new Set<string>([
  'invalid_request',
  'rune_missing',
  'rune_not_authorized',
  'rune_not_permitted',
  'rune_blacklisted',
]);

/** At most one connection at a time. Only the current connection keeps the rune. */
export class EventSubscription {
  readonly #url: string;
  readonly #listener: SubscriptionListener;
  #leaving = new AbortController();

  constructor(url: string, listener: SubscriptionListener) {
    this.#url = url;
    this.#listener = listener;
  }

  /** Connects with a rune and closes the previous connection. */
  open(rune: string): void {
    this.#leaving.abort();
    this.#leaving = new AbortController();
    this.#listener.onStateChange({ is: 'connecting' });
    void this.#run(rune, this.#leaving.signal);
  }

  close(): void {
    this.#leaving.abort();
    this.#listener.onStateChange({ is: 'disconnected' });
  }

  /** Resolves when the connection has ended. An error becomes a state and does not reject. */
  async #run(rune: string, signal: AbortSignal): Promise<void> {
    const change = (state: State): void => {
      if (!signal.aborted) this.#listener.onStateChange(state);
    };
    try {
      const client = new ClnrestClient({ url: this.#url, rune });
      const notifications = client.notifications({
        signal,
        onConnect: () => change({ is: 'connected', since: Date.now() }),
        onDisconnect: ({ message }, retryInMs) =>
          change({ is: 'reconnecting', reason: message, until: Date.now() + retryInMs }),
      });
      for await (const event of notifications) {
        if (signal.aborted) return;
        this.#listener.onEvent(event);
      }
    } catch (error) {
      change(stateAfter(error));
    }
  }
}

function stateAfter(error: unknown): State {
  const reason = messageOf(error);
  const isRefusal = error instanceof ClnrestError && REFUSALS.has(error.code);
  return { is: isRefusal ? 'refused' : 'failed', reason };
}
