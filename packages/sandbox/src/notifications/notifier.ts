import { writeJson, type JsonObject } from '../json/output.ts';
import { quote } from '../json/strings.ts';

/** A plugin that receives notifications. */
export interface Subscriber {
  /** @param pieces - the bytes of one notification, with its end */
  notify(pieces: readonly (string | Buffer)[]): void;
}

const WILDCARD = '*';
const END = '\n\n';

/** Sends notifications to their subscribers. */
export class Notifier {
  readonly #subscribers = new Map<string, Set<Subscriber>>();
  #deferred: (() => void)[] | undefined;
  #afterCommit: (() => void) | undefined;

  /**
   * Runs a transaction, and sends its notifications after it. If it throws, it discards them. Subscribers must not learn
   * of anything that is not in the database yet.
   */
  deferDuring<T>(transaction: () => T): T {
    if (this.#deferred !== undefined) return transaction();
    const deferred: (() => void)[] = [];
    this.#deferred = deferred;
    let result: T;
    try {
      result = transaction();
    } finally {
      this.#deferred = undefined;
    }
    for (const action of deferred) action();
    this.#afterCommit?.();
    return result;
  }

  /** Calls the listener after each transaction. */
  afterEachCommit(listener: () => void): void {
    this.#afterCommit = listener;
  }

  /** Runs the action after the current transaction, or immediately outside of one. */
  whenCommitted(action: () => void): void {
    if (this.#deferred === undefined) action();
    else this.#deferred.push(action);
  }

  /** @param topic - a topic, or `*` for all except `log` */
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

  /** Sends a notification of the node. The payload is created only if the topic has subscribers. */
  native(topic: string, payload: () => JsonObject): void {
    this.whenCommitted(() => {
      const subscribers = this.#subscribersOf(topic);
      if (subscribers.length === 0) return;
      const pieces = [nativeText(topic, payload())];
      for (const subscriber of subscribers) subscriber.notify(pieces);
    });
  }

  /** Sends a notification that comes from one of lightningd's own plugins. It has an origin. */
  fromBuiltin(topic: string, origin: string, payload: () => JsonObject): void {
    this.whenCommitted(() => {
      const subscribers = this.#subscribersOf(topic);
      if (subscribers.length === 0) return;
      const params = `{${quote(topic)}:${writeJson(payload())}}`;
      const text = `${customHead(topic, origin)}${params}}${END}`;
      for (const subscriber of subscribers) subscriber.notify([text]);
    });
  }

  /**
   * Sends a plugin's notification on a topic that the plugin declares.
   *
   * @param origin - the plugin's name
   * @param params - as the plugin wrote them
   */
  custom(topic: string, origin: string, params: Buffer): void {
    const head = customHead(topic, origin);
    for (const subscriber of this.#subscribersOf(topic))
      subscriber.notify([head, params, `}${END}`]);
  }

  /** A plugin that subscribes to a topic and to `*` receives notifications twice, as in lightningd. */
  #subscribersOf(topic: string): Subscriber[] {
    const toTopic = this.#subscribers.get(topic) ?? [];
    const toAll = topic === 'log' ? [] : (this.#subscribers.get(WILDCARD) ?? []);
    return [...toTopic, ...toAll];
  }
}

function customHead(topic: string, origin: string): string {
  return `{"jsonrpc":"2.0","method":${quote(topic)},"origin":${quote(origin)},"params":`;
}

/** The text of a notification of the node. */
export function nativeText(topic: string, payload: JsonObject): string {
  return `{"jsonrpc":"2.0","method":${quote(topic)},"params":{${quote(topic)}:${writeJson(payload)}}}${END}`;
}
