import { setTimeout as delay } from 'node:timers/promises';
import { BoundedQueue } from '@clnrest/bounds';
import { type ErrorName, Refusal } from '../refusals.ts';
import type { RuneCheck } from '../node/checked-call.ts';
import { withTimeout } from '../node/with-timeout.ts';
import { type Batch, batchOf, topicsOf } from './batch.ts';
import { ConcurrencyLimiter } from './concurrency-limiter.ts';
import type { EventIds } from './event-ids.ts';
import { History, type Missed } from './history.ts';
import type { Message } from './message.ts';
import { RetryQueue } from './retry-queue.ts';
import { asRefusal, type DeliveryTools, RuneSubscribers } from './rune-subscribers.ts';
import type { Subscriber } from './subscriber.ts';
import { TopicPermissions } from './topic-permissions.ts';
import type { Topics } from './topics.ts';

export interface HubTools {
  readonly checkRune: RuneCheck;
  /** The methods of which a subscriber's rune must allow one. */
  readonly methods: readonly string[];
  /** The time for which messages are collected before they are sent, in milliseconds. 0 to send immediately. */
  readonly holdMs: number;
  /** The time within which a revoked rune stops receiving, in milliseconds. */
  readonly recheckMs: number;
  /** The messages, and their bytes, that are kept for subscribers that reconnect. */
  readonly historyMessages: number;
  readonly historyBytes: number;
  /** The bytes of messages that can wait for rune checks. */
  readonly waitingBytes: number;
  /** Logs an unexpected exception during delivery. */
  readonly fault: (error: unknown) => void;
  /** Gets the messages that subscribers can resume from. */
  readonly ids?: Pick<EventIds, 'record'>;
  /** False if the hub gets no messages. It then refuses subscriptions. By default true. */
  readonly isFed?: boolean;
  /** The messages of the previous HTTP process, which this one replaces. */
  readonly restored?: { readonly messages: readonly Message[] } | undefined;
}

/**
 * Rune checks in flight, by purpose. The sum is small enough to leave room for REST calls on the shared
 * connection, and large enough for the node to commit many checks together.
 */
export const CONCURRENT_CHECKS = { admissions: 16, rechecks: 16, topics: 32 } as const;

/** The time for which a new subscriber waits for its rune check. */
const ADMISSION_TIMEOUT_MS = 30_000;
/** The interval of checks while the node does not respond. */
const RETRY_MS = 1_000;
/** How often the hub looks for runes that are due, in one recheck interval. */
const SCANS_PER_INTERVAL = 50;
/** The time for the node to respond to the checks for the last messages. */
const FINAL_CHECKS_MS = 250;

/** Errors without a verdict on the rune: the node did not respond. */
const TEMPORARY: ReadonlySet<ErrorName> = new Set([
  'busy',
  'node_away',
  'node_broke_off',
  'node_silent',
]);

/**
 * Delivers the node's notifications to the subscribers whose rune permits them, in order and each once. If
 * a rune must be checked first, only the subscribers with that rune wait.
 */
export class NotificationHub {
  readonly #tools: HubTools;
  readonly #deliveryTools: DeliveryTools;
  readonly #admissions = new ConcurrencyLimiter(CONCURRENT_CHECKS.admissions, ADMISSION_TIMEOUT_MS);
  readonly #subscribersByRune = new Map<string, RuneSubscribers>();
  readonly #history: History;
  /** Messages that are collected and not yet sent. */
  #queue: Message[] = [];
  #queuedBytes = 0;
  #sequence = 0;
  #delivered = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  readonly #recheckTimer: NodeJS.Timeout;

  constructor(tools: HubTools) {
    this.#tools = tools;
    const { historyBytes, historyMessages, recheckMs, waitingBytes } = tools;
    this.#history = new History(historyMessages, historyBytes);
    for (const message of tools.restored?.messages ?? []) this.#restore(message);
    this.#deliveryTools = {
      backlog: new BoundedQueue<Batch>({
        maxItems: historyMessages,
        maxSize: waitingBytes,
        sizeOf: ({ size }) => size,
      }),
      rechecks: retryQueue(CONCURRENT_CHECKS.rechecks),
      topicChecks: retryQueue(CONCURRENT_CHECKS.topics),
      recheckMs,
      fault: tools.fault,
      end: (subscribers, reason) => this.#end(subscribers, reason),
    };
    this.#recheckTimer = setInterval(() => this.#recheckDue(), recheckMs / SCANS_PER_INTERVAL);
    this.#recheckTimer.unref();
  }

  /** The sequence number up to which every message was delivered to a subscriber, or skipped. */
  lastDelivered(subscriber: Subscriber): number {
    const subscribers = this.#subscribersByRune.get(subscriber.permissions.rune);
    return subscribers?.lastDelivered(subscriber, this.#delivered) ?? this.#delivered;
  }

  /** Publishes a notification with the next sequence number. */
  publish(topic: string, text: string): void {
    this.publishMessage({ sequence: this.#sequence + 1, topic, text });
  }

  /** Publishes a message that has a sequence number. */
  publishMessage(message: Message): void {
    if (this.#closed) return;
    this.#sequence = message.sequence;
    this.#queue.push(message);
    this.#queuedBytes += message.text.length;
    const { historyBytes, historyMessages } = this.#tools;
    if (this.#queue.length >= historyMessages || this.#queuedBytes >= historyBytes) {
      this.#flush();
    } else {
      // Later messages do not restart the timer.
      this.#timer ??= setTimeout(() => this.#flush(), this.#tools.holdMs);
    }
  }

  #restore(message: Message): void {
    this.#keep(message);
    this.#sequence = message.sequence;
    this.#delivered = message.sequence;
  }

  #keep(message: Message): void {
    this.#history.add(message);
    this.#tools.ids?.record(message);
  }

  /** Checks whether a rune permits a subscription. Rejects if no check was possible. */
  async authorize(rune: string, topics: Topics): Promise<TopicPermissions | Refusal> {
    if (this.#closed) return Refusal.of('stopping');
    const { checkRune, methods, isFed = true } = this.#tools;
    if (!isFed) return Refusal.of('no_notifications');
    return this.#admissions.run(() => TopicPermissions.open(rune, topics, checkRune, methods));
  }

  /**
   * Subscribes, from now on or from a sequence number. Resolves with the missed messages. Rejects if it is
   * not possible to check which of them the rune permits.
   */
  async subscribe(subscriber: Subscriber, after?: number): Promise<Missed> {
    const { permissions } = subscriber;
    for (;;) {
      const missed = this.#missedSince(after);
      const existing = this.#subscribersByRune.get(permissions.rune);
      const subscribers = existing ?? new RuneSubscribers(permissions, this.#deliveryTools);
      const unchecked = subscribers.uncheckedFor(subscriber, topicsOf(missed.messages));
      if (unchecked.length > 0 || !subscribers.isChecked) {
        await this.#check(subscribers, unchecked);
        // More messages can have arrived, and checks can have expired. The code after this branch does
        // not await.
        continue;
      }
      if (this.#closed) throw Refusal.of('stopping');
      this.#subscribersByRune.set(permissions.rune, subscribers);
      // Without a sequence number, messages that are being collected are older than the subscription.
      subscribers.add(subscriber, after === undefined ? missed.after : this.#delivered);
      return { ...missed, messages: subscribers.permittedFor(subscriber, missed.messages) };
    }
  }

  unsubscribe(subscriber: Subscriber): void {
    const subscribers = this.#subscribersByRune.get(subscriber.permissions.rune);
    subscribers?.remove(subscriber);
    if (subscribers?.isEmpty === true) this.#subscribersByRune.delete(subscribers.rune);
  }

  /** Sends the collected messages, then ends all subscriptions. */
  async close(reason: Refusal): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#recheckTimer);
    this.#flush();
    await this.#finalChecks();
    for (const subscribers of this.#subscribersByRune.values()) this.#end(subscribers, reason);
    this.#deliveryTools.rechecks.close(reason);
    this.#deliveryTools.topicChecks.close(reason);
  }

  #missedSince(after: number | undefined): Missed {
    if (after === undefined) return { messages: [], isComplete: true, after: this.#sequence };
    return this.#history.after(after);
  }

  /** Checks a rune before a subscriber joins the others with that rune. Rejects with a {@link Refusal}. */
  async #check(subscribers: RuneSubscribers, topics: readonly string[]): Promise<void> {
    if (!subscribers.isChecked) {
      await withTimeout(ADMISSION_TIMEOUT_MS, subscribers.recheck());
      if (subscribers.endReason !== undefined) throw subscribers.endReason;
      return;
    }
    try {
      await this.#admissions.run(() => subscribers.resolve(topics));
    } catch (error) {
      throw asRefusal(error);
    }
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const messages = this.#queue;
    if (messages.length === 0) return;
    this.#queue = [];
    this.#queuedBytes = 0;
    for (const message of messages) this.#keep(message);
    this.#delivered = messages.at(-1)?.sequence ?? this.#delivered;
    this.#deliver(batchOf(messages));
  }

  /** Delivers a batch where no check is missing. For other runes the batch waits in the backlog. */
  #deliver(batch: Batch): void {
    const { backlog } = this.#deliveryTools;
    const waiting = [...this.#subscribersByRune.values()].filter(
      (subscribers) => !subscribers.deliver(batch),
    );
    if (waiting.length === 0) {
      if (backlog.length > 0) backlog.clear();
      return;
    }
    const number = backlog.next;
    backlog.push(batch);
    for (const subscribers of waiting) subscribers.defer(number);
  }

  #recheckDue(): void {
    const now = performance.now();
    for (const subscribers of this.#subscribersByRune.values()) subscribers.recheckIfDue(now);
  }

  /** Resolves when no batch waits for the node, or after a short time. */
  async #finalChecks(): Promise<void> {
    const waiting = [...this.#subscribersByRune.values()]
      .map(({ caughtUp }) => caughtUp)
      .filter((caughtUp) => caughtUp !== undefined);
    if (waiting.length === 0) return;
    await Promise.race([Promise.all(waiting), delay(FINAL_CHECKS_MS)]);
  }

  #end(subscribers: RuneSubscribers, reason: Refusal): void {
    if (this.#subscribersByRune.get(subscribers.rune) === subscribers) {
      this.#subscribersByRune.delete(subscribers.rune);
    }
    subscribers.end(reason);
  }
}

function retryQueue(concurrency: number): RetryQueue {
  return new RetryQueue({
    concurrency,
    retryMs: RETRY_MS,
    isTemporary: (error) => TEMPORARY.has(asRefusal(error).kind),
  });
}
