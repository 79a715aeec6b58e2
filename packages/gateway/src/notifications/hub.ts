import { Refusal } from '../errors.ts';
import type { Judge } from '../node/judge.ts';
import { Audience, type Listener } from './audience.ts';
import { Hearing } from './hearing.ts';
import { History, type Missed } from './history.ts';
import type { Message } from './message.ts';
import type { Topics } from './topics.ts';

/** What a hub is made of. */
export interface HubTools {
  readonly judge: Judge;
  /** A listener's rune must allow one of them. */
  readonly methods: readonly string[];
  /** How long messages are held before they go out, in milliseconds; 0 for at once. */
  readonly holdMs: number;
  /** How long a rune that was taken back may go on hearing, in milliseconds. */
  readonly recheckMs: number;
  /** How many messages, and characters of them, are kept for listeners that come back. */
  readonly historyMessages: number;
  readonly historyCharacters: number;
}

/**
 * Takes what the node tells, and hands it to those who may hear it: in order, each message once. What it
 * does not know, whether a rune may hear a topic, it asks before the message goes to anyone, so that
 * nobody overtakes.
 */
export class NotificationHub {
  readonly #tools: HubTools;
  /** By rune. */
  readonly #audiences = new Map<string, Audience>();
  readonly #history: History;
  #queue: Message[] = [];
  #sequence = 0;
  #delivered = 0;
  #timer: NodeJS.Timeout | undefined;
  #delivery: Promise<void> = Promise.resolve();
  #closed = false;
  readonly #rechecks: NodeJS.Timeout;

  constructor(tools: HubTools) {
    this.#tools = tools;
    this.#history = new History(tools.historyMessages, tools.historyCharacters);
    this.#rechecks = setInterval(() => void this.#recheckAll(), tools.recheckMs * 0.9);
    this.#rechecks.unref();
  }

  /** The number of the last message that has gone out. */
  get delivered(): number {
    return this.#delivered;
  }

  /** Takes a notification. */
  publish(topic: string, text: string): void {
    if (this.#closed) return;
    this.#queue.push({ sequence: ++this.#sequence, topic, text });
    this.#schedule();
  }

  /**
   * Judges whether a rune may listen, by asking the node.
   *
   * Rejects where nobody could judge; then nobody may listen.
   */
  async admit(rune: string, topics: Topics): Promise<Hearing | Refusal> {
    if (this.#closed) return Refusal.of('stopping');
    const { judge, methods } = this.#tools;
    return Hearing.open(rune, topics, judge, methods);
  }

  /**
   * Lets someone listen, from now on or from behind a message that it has had. Resolves with what it
   * missed since. Rejects where nobody could judge what it may hear of that.
   */
  async listen(listener: Listener, after?: number): Promise<Missed> {
    const { rune } = listener.hearing;
    for (;;) {
      const missed = this.#missedSince(after);
      const audience = this.#audiences.get(rune) ?? new Audience(listener.hearing);
      const unknown = audience.unknownTo(listener, topicsOf(missed.messages));
      if (unknown.length > 0) {
        const reason = await audience.learn(unknown);
        if (reason !== undefined) throw reason;
        // Meanwhile more may have come, and what was known may have been forgotten.
        continue;
      }
      if (this.#closed) throw Refusal.of('stopping');
      this.#audiences.set(rune, audience);
      // What is held back at the moment happened before somebody new came.
      audience.add(listener, after === undefined ? missed.after : this.#delivered);
      return { ...missed, messages: audience.heard(listener, missed.messages) };
    }
  }

  /** Ends someone's listening. */
  leave(listener: Listener): void {
    const audience = this.#audiences.get(listener.hearing.rune);
    audience?.remove(listener);
    if (audience?.isEmpty === true) this.#audiences.delete(audience.rune);
  }

  /** Sends what is held, and tells all listeners that it is over. */
  async close(reason: Refusal): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#rechecks);
    clearTimeout(this.#timer);
    await this.#delivery;
    await this.#deliverHeld();
    for (const audience of this.#audiences.values()) this.#end(audience, reason);
  }

  #missedSince(after: number | undefined): Missed {
    if (after === undefined) return { messages: [], isWhole: true, after: this.#sequence };
    return this.#history.after(after);
  }

  /** One delivery after the other: what is held goes out in `holdMs`, counted from the first of it. */
  #schedule(): void {
    if (this.#timer !== undefined || this.#queue.length === 0 || this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#delivery = this.#deliverAndGoOn();
    }, this.#tools.holdMs);
  }

  async #deliverAndGoOn(): Promise<void> {
    try {
      await this.#deliverHeld();
    } finally {
      this.#timer = undefined;
      this.#schedule();
    }
  }

  async #deliverHeld(): Promise<void> {
    const batch = this.#queue;
    if (batch.length === 0) return;
    this.#queue = [];
    await this.#learn(topicsOf(batch));
    for (const message of batch) this.#history.add(message);
    this.#delivered = batch.at(-1)?.sequence ?? this.#delivered;
    for (const audience of this.#audiences.values()) audience.deliver(batch);
  }

  /**
   * Finds out what is not known yet: who may hear these topics. While the node is asked others may
   * come, and rechecks forget; so until nothing is unknown.
   */
  async #learn(topics: ReadonlySet<string>): Promise<void> {
    for (;;) {
      const questions = [...this.#audiences.values()]
        .map((audience) => ({ audience, unknown: audience.unknown(topics) }))
        .filter(({ unknown }) => unknown.length > 0);
      if (questions.length === 0) return;
      await Promise.all(
        questions.map(async ({ audience, unknown }) => {
          const reason = await audience.learn(unknown);
          // Nobody could judge. To leave a message out in silence would be worse than to say so.
          if (reason !== undefined) this.#end(audience, reason);
        }),
      );
    }
  }

  async #recheckAll(): Promise<void> {
    await Promise.all(
      [...this.#audiences.values()].map(async (audience) => {
        const reason = await audience.recheck();
        if (reason !== undefined) this.#end(audience, reason);
      }),
    );
  }

  #end(audience: Audience, reason: Refusal): void {
    if (this.#audiences.get(audience.rune) === audience) this.#audiences.delete(audience.rune);
    audience.end(reason);
  }
}

function topicsOf(messages: readonly Message[]): ReadonlySet<string> {
  return new Set(messages.map(({ topic }) => topic));
}
