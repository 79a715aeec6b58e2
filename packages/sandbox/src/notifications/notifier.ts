import { writeJson, type JsonObject } from '../json/output.ts';
import { quote } from '../json/strings.ts';

/** Someone who hears of what happens: a plugin. */
export interface Subscriber {
  /** @param pieces - one notification, with its end */
  notify(pieces: readonly (string | Buffer)[]): void;
}

const EVERYTHING = '*';
const END = '\n\n';

/** Tells subscribers what happens. */
export class Notifier {
  readonly #subscribers = new Map<string, Set<Subscriber>>();
  #held: (() => void)[] | undefined;

  /**
   * Does work, and tells of what happens in it once it is done; if it throws, nothing happened.
   * Nobody may hear of what is not in the database yet: work that is held is a transaction.
   */
  hold<T>(work: () => T): T {
    if (this.#held !== undefined) return work();
    const held: (() => void)[] = [];
    this.#held = held;
    let result: T;
    try {
      result = work();
    } finally {
      this.#held = undefined;
    }
    for (const tell of held) tell();
    return result;
  }

  /** Does something once the work that is held is done: at once if there is none. */
  afterwards(tell: () => void): void {
    if (this.#held === undefined) tell();
    else this.#held.push(tell);
  }

  /** @param topic - or `*` for all but `log` */
  subscribe(topic: string, subscriber: Subscriber): void {
    const subscribers = this.#subscribers.get(topic) ?? new Set();
    this.#subscribers.set(topic, subscribers.add(subscriber));
  }

  unsubscribe(subscriber: Subscriber): void {
    for (const [topic, subscribers] of this.#subscribers) {
      subscribers.delete(subscriber);
      if (subscribers.size === 0) this.#subscribers.delete(topic);
    }
  }

  /** A notification of the node's own. Its payload is only made if somebody listens. */
  native(topic: string, payload: () => JsonObject): void {
    this.afterwards(() => {
      const subscribers = this.#listeningTo(topic);
      if (subscribers.length === 0) return;
      const pieces = [nativeText(topic, payload())];
      for (const subscriber of subscribers) subscriber.notify(pieces);
    });
  }

  /** A notification that in lightningd comes from a plugin of its own: it has an origin. */
  fromBuiltin(topic: string, origin: string, payload: () => JsonObject): void {
    this.afterwards(() => {
      const subscribers = this.#listeningTo(topic);
      if (subscribers.length === 0) return;
      const params = `{${quote(topic)}:${writeJson(payload())}}`;
      const text = `${customHead(topic, origin)}${params}}${END}`;
      for (const subscriber of subscribers) subscriber.notify([text]);
    });
  }

  /**
   * A notification of a plugin's, on a topic of its own.
   *
   * @param origin - the plugin's name
   * @param params - as the plugin wrote them
   */
  custom(topic: string, origin: string, params: Buffer): void {
    const head = customHead(topic, origin);
    for (const subscriber of this.#listeningTo(topic)) subscriber.notify([head, params, `}${END}`]);
  }

  /** Someone who listens to a topic and to everything hears twice, as in lightningd. */
  #listeningTo(topic: string): Subscriber[] {
    const toTopic = this.#subscribers.get(topic) ?? [];
    const toEverything = topic === 'log' ? [] : (this.#subscribers.get(EVERYTHING) ?? []);
    return [...toTopic, ...toEverything];
  }
}

function customHead(topic: string, origin: string): string {
  return `{"jsonrpc":"2.0","method":${quote(topic)},"origin":${quote(origin)},"params":`;
}

/** A notification for one subscriber alone, such as `shutdown`. */
export function nativeText(topic: string, payload: JsonObject): string {
  return `{"jsonrpc":"2.0","method":${quote(topic)},"params":{${quote(topic)}:${writeJson(payload)}}}${END}`;
}
