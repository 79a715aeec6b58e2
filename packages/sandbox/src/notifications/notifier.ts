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
    const subscribers = this.#listeningTo(topic);
    if (subscribers.length === 0) return;
    const pieces = [nativeText(topic, payload())];
    for (const subscriber of subscribers) subscriber.notify(pieces);
  }

  /**
   * A notification of a plugin's, on a topic of its own.
   *
   * @param origin - the plugin's name
   * @param params - as the plugin wrote them
   */
  custom(topic: string, origin: string, params: Buffer): void {
    const head = `{"jsonrpc":"2.0","method":${quote(topic)},"origin":${quote(origin)},"params":`;
    for (const subscriber of this.#listeningTo(topic)) subscriber.notify([head, params, `}${END}`]);
  }

  /** Someone who listens to a topic and to everything hears twice, as in lightningd. */
  #listeningTo(topic: string): Subscriber[] {
    const toTopic = this.#subscribers.get(topic) ?? [];
    const toEverything = topic === 'log' ? [] : (this.#subscribers.get(EVERYTHING) ?? []);
    return [...toTopic, ...toEverything];
  }
}

/** A notification for one subscriber alone, such as `shutdown`. */
export const nativeText = (topic: string, payload: JsonObject): string =>
  `{"jsonrpc":"2.0","method":${quote(topic)},"params":{${quote(topic)}:${writeJson(payload)}}}${END}`;
