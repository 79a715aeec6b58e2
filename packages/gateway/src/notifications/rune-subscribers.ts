import type { BoundedQueue } from '@clnrest/bounds';
import { Refusal } from '../refusals.ts';
import { harmlessNodeFailure } from '../node/command-failure.ts';
import type { Batch } from './batch.ts';
import type { Message } from './message.ts';
import { chose, permittedMessages } from './permitted-messages.ts';
import type { RetryQueue } from './retry-queue.ts';
import type { Subscriber } from './subscriber.ts';
import type { TopicPermissions } from './topic-permissions.ts';

/** What the subscribers of all runes share. */
export interface DeliveryTools {
  /** Batches that were not delivered to the subscribers of some rune. */
  readonly backlog: BoundedQueue<Batch>;
  /** Checks whether runes permit topics. */
  readonly topicChecks: RetryQueue;
  /** Checks whether runes are still valid. */
  readonly rechecks: RetryQueue;
  /** The time for which a check is valid, in milliseconds. */
  readonly recheckMs: number;
  /** Logs an unexpected exception during delivery. */
  readonly fault: (error: unknown) => void;
  /** Ends the subscriptions of a rune that is no longer valid. */
  readonly end: (subscribers: RuneSubscribers, reason: Refusal) => void;
}

/** The start of a recheck, as a fraction of the time for which the last check is valid. */
const RECHECK_AT = 0.8;

/**
 * All subscribers with one rune. The node checks the rune once for all of them. A batch with an unchecked
 * topic waits in the backlog until the node responds. All later batches wait too, which keeps the order.
 * Subscribers with other runes do not wait.
 */
export class RuneSubscribers {
  readonly #permissions: TopicPermissions;
  readonly #tools: DeliveryTools;
  /** Each with a sequence number: messages up to this one are not delivered from here. */
  readonly #subscribers = new Map<Subscriber, number>();
  readonly #ended = new AbortController();
  /** The backlog's number of the first waiting batch. */
  #next: number | undefined;
  #validUntil: number;
  #recheckAt: number;
  #rechecking: Promise<void> | undefined;
  #catchingUp: Promise<void> | undefined;
  #endReason: Refusal | undefined;

  constructor(permissions: TopicPermissions, tools: DeliveryTools) {
    this.#permissions = permissions;
    this.#tools = tools;
    this.#validUntil = permissions.checkedAt + tools.recheckMs;
    // Random, because runes of clients that connect together would otherwise always be rechecked together.
    const part = (RECHECK_AT / 2) * (1 + Math.random());
    this.#recheckAt = permissions.checkedAt + part * tools.recheckMs;
  }

  get rune(): string {
    return this.#permissions.rune;
  }

  get isEmpty(): boolean {
    return this.#subscribers.size === 0;
  }

  /** The reason why the subscriptions ended, if they did. */
  get endReason(): Refusal | undefined {
    return this.#endReason;
  }

  /** Whether the last check of the rune is still valid. */
  get isChecked(): boolean {
    return performance.now() < this.#validUntil;
  }

  /** Resolves when no batch waits for the node. */
  get caughtUp(): Promise<void> | undefined {
    return this.#catchingUp;
  }

  add(subscriber: Subscriber, after: number): void {
    this.#subscribers.set(subscriber, after);
  }

  /** Removes a subscriber. After the last one, pending checks are aborted. */
  remove(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
    if (this.isEmpty) this.#ended.abort();
  }

  /** The topics that a subscriber chose and for which the rune has not been checked. */
  uncheckedFor(subscriber: Subscriber, topics: ReadonlySet<string>): string[] {
    return [...topics].filter(
      (topic) => this.#permissions.get(topic) === undefined && chose(subscriber, topic),
    );
  }

  /** Checks whether the rune permits the topics. Rejects if the node does not respond. */
  async resolve(topics: readonly string[]): Promise<void> {
    for (const topic of topics) await this.#permissions.resolve(topic);
  }

  /** The messages whose topic a subscriber chose and the rune permits. */
  permittedFor(subscriber: Subscriber, messages: readonly Message[]): readonly Message[] {
    return permittedMessages(subscriber, this.#permissions, messages);
  }

  /** Delivers a batch. Returns false if the batch must wait. */
  deliver(batch: Batch): boolean {
    if (this.#next !== undefined || !this.#isDecided(batch)) return false;
    this.#send(batch);
    return true;
  }

  /** Keeps an undelivered batch waiting, which has this number in the backlog. */
  defer(number: number): void {
    if (this.#ended.signal.aborted) return;
    const { backlog, end, rechecks, topicChecks } = this.#tools;
    if (this.#next === undefined) {
      this.#next = number;
      this.#catchingUp = this.#catchUp();
    } else if (this.#next < backlog.first) {
      const failure = topicChecks.failure ?? rechecks.failure;
      end(this, failure === undefined ? backlogFull() : asRefusal(failure));
    }
  }

  /**
   * The sequence number up to which every message was delivered to a subscriber, or skipped.
   *
   * @param newest - the number of the newest message
   */
  lastDelivered(subscriber: Subscriber, newest: number): number {
    const waiting = this.#next === undefined ? undefined : this.#tools.backlog.at(this.#next);
    const first = waiting?.messages[0]?.sequence ?? newest + 1;
    return Math.max(first - 1, this.#subscribers.get(subscriber) ?? 0);
  }

  /** Starts a recheck of the rune if one is due and none is in progress. */
  recheckIfDue(now: number): void {
    if (now >= this.#recheckAt) void this.recheck();
  }

  /**
   * Checks the rune again, or joins the recheck in progress. Resolves when the node has responded or the
   * subscriptions have ended. Ends the subscriptions if the node refuses the rune. Never rejects.
   */
  recheck(): Promise<void> {
    this.#rechecking ??= this.#recheck().finally(() => {
      this.#rechecking = undefined;
    });
    return this.#rechecking;
  }

  /** Ends all subscriptions. */
  end(reason: Refusal): void {
    this.#endReason = reason;
    this.#ended.abort(reason);
    const subscribers = [...this.#subscribers.keys()];
    this.#subscribers.clear();
    for (const subscriber of subscribers) subscriber.end(reason);
  }

  async #recheck(): Promise<void> {
    const { end, rechecks } = this.#tools;
    try {
      const reason = await rechecks.run(() => this.#refresh(), this.#ended.signal);
      if (reason !== undefined) end(this, reason);
    } catch (error) {
      if (!this.#ended.signal.aborted) end(this, asRefusal(error));
    }
  }

  async #refresh(): Promise<Refusal | undefined> {
    // The validity starts before the check: the rune can be blacklisted while the reply is on its way.
    const askedAt = performance.now();
    const reason = await this.#permissions.refresh();
    if (reason !== undefined) return reason;
    const { recheckMs } = this.#tools;
    this.#validUntil = askedAt + recheckMs;
    this.#recheckAt = askedAt + RECHECK_AT * recheckMs;
    return undefined;
  }

  /** Delivers waiting batches, after the checks that they need. Never rejects. */
  async #catchUp(): Promise<void> {
    while (this.#next !== undefined && !this.#ended.signal.aborted) {
      const batch = this.#tools.backlog.at(this.#next);
      if (batch === undefined) {
        this.#next = undefined;
      } else if (this.#isDecided(batch)) {
        this.#next++;
        this.#send(batch);
      } else {
        await this.#check(batch);
      }
    }
    this.#catchingUp = undefined;
  }

  async #check(batch: Batch): Promise<void> {
    if (!this.isChecked) {
      await this.recheck();
      return;
    }
    const { end, topicChecks } = this.#tools;
    try {
      await topicChecks.run(() => this.resolve(this.#unchecked(batch)), this.#ended.signal);
    } catch (error) {
      if (!this.#ended.signal.aborted) end(this, asRefusal(error));
    }
  }

  /** Whether a batch needs no further check. */
  #isDecided(batch: Batch): boolean {
    return this.isChecked && this.#unchecked(batch).length === 0;
  }

  #send({ messages }: Batch): void {
    const first = messages[0]?.sequence ?? 0;
    for (const [subscriber, after] of this.#subscribers) {
      const newer = after < first ? messages : messages.filter(({ sequence }) => sequence > after);
      const permitted = this.permittedFor(subscriber, newer);
      if (permitted.length > 0) this.#deliverTo(subscriber, permitted);
    }
  }

  /** Ends a subscription whose delivery throws. Other subscriptions continue. */
  #deliverTo(subscriber: Subscriber, messages: readonly Message[]): void {
    try {
      subscriber.deliver(messages);
    } catch (cause) {
      this.#tools.fault(cause);
      this.remove(subscriber);
      subscriber.end(Refusal.of('internal', { cause }));
    }
  }

  #unchecked({ topics }: Batch): string[] {
    // Usually empty, which must be cheap to determine.
    const unchecked = [...topics].filter((topic) => this.#permissions.get(topic) === undefined);
    if (unchecked.length === 0) return unchecked;
    const subscribers = [...this.#subscribers.keys()];
    return unchecked.filter((topic) => subscribers.some((subscriber) => chose(subscriber, topic)));
  }
}

function backlogFull(): Refusal {
  const detail = 'too many notifications are waiting for a rune check';
  return Refusal.of('node_silent', { detail });
}

/** The refusal that a subscriber gets for a failed rune check. */
export function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const harmless = harmlessNodeFailure(error);
  return harmless instanceof Refusal ? harmless : Refusal.of('internal', { cause: error });
}
