import { Refusal } from '../errors.ts';
import { harmlessNodeFailure } from '../node/failure.ts';
import type { Judge } from '../node/judge.ts';
import { Hearing } from './hearing.ts';
import { History } from './history.ts';
import type { Message } from './message.ts';
import type { Topics } from './topics.ts';

/** Someone, or a group of the same rights, to whom messages go. */
export interface Listener {
  readonly hearing: Hearing;
  readonly topics: Topics;
  /** Takes messages that it may hear, in order. Must not wait. */
  deliver(messages: readonly Message[]): void;
  /** It hears no more; the refusal says why. */
  end(reason: Refusal): void;
}

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

interface Attendance {
  readonly listener: Listener;
  /** It has got everything up to this one. */
  readonly after: number;
}

/**
 * Takes what the node tells, and hands it to those who may hear it: in order, each message once. What it
 * does not know, whether a rune may hear a topic, it asks before the message goes to anyone, so that
 * nobody overtakes.
 */
export class NotificationHub {
  readonly #tools: HubTools;
  readonly #attendances = new Map<Listener, Attendance>();
  readonly #hearings = new Map<string, Hearing>();
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

  /** Takes a notification. */
  publish(topic: string, text: string): void {
    if (this.#closed) return;
    this.#queue.push({ sequence: ++this.#sequence, topic, text });
    this.#schedule();
  }

  /**
   * Judges whether a rune may listen. Listeners with the same rune share what is known of it.
   *
   * Rejects where nobody could judge; then nobody may listen.
   */
  async admit(rune: string, topics: Topics): Promise<Hearing | Refusal> {
    if (this.#closed) return Refusal.of('stopping');
    const { judge, methods } = this.#tools;
    const opened = await Hearing.open(rune, topics, judge, methods);
    if (opened instanceof Refusal) return opened;
    return this.#hearings.get(rune) ?? opened;
  }

  /**
   * Lets someone listen, from now on or from behind a message that it has had. Resolves with what it
   * missed since, or with `undefined` where that is not held any more. Rejects where nobody could
   * judge what it may hear of that.
   */
  async listen(listener: Listener, after?: number): Promise<readonly Message[] | undefined> {
    for (;;) {
      const missed = after === undefined ? [] : this.#history.after(after);
      const unknown = missed?.find(
        ({ topic }) => chose(listener, topic) && listener.hearing.known(topic) === undefined,
      );
      if (unknown !== undefined) {
        await listener.hearing.learn(unknown.topic);
        continue;
      }
      if (this.#closed) throw Refusal.of('stopping');
      // What is held back at the moment happened before somebody new came.
      const from = after === undefined ? this.#sequence : this.#delivered;
      this.#attendances.set(listener, { listener, after: from });
      this.#hearings.set(listener.hearing.rune, listener.hearing);
      return missed?.filter((message) => hears(listener, message));
    }
  }

  /** Ends someone's listening. */
  leave(listener: Listener): void {
    if (!this.#attendances.delete(listener)) return;
    const { rune } = listener.hearing;
    const others = [...this.#attendances.keys()].some(({ hearing }) => hearing.rune === rune);
    if (!others) this.#hearings.delete(rune);
  }

  /** Sends what is held, and tells all listeners that it is over. */
  async close(reason: Refusal): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#rechecks);
    clearTimeout(this.#timer);
    await this.#delivery;
    await this.#deliverHeld();
    for (const { listener } of this.#attendances.values()) listener.end(reason);
    this.#attendances.clear();
    this.#hearings.clear();
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
    await this.#learn(batch);
    this.#deliver(batch);
  }

  /** Finds out what is not known yet: who may hear these topics. */
  async #learn(batch: readonly Message[]): Promise<void> {
    const topics = new Set(batch.map(({ topic }) => topic));
    const questions = new Map<Hearing, Set<string>>();
    for (const { listener } of this.#attendances.values()) {
      for (const topic of topics) {
        const asks = chose(listener, topic) && listener.hearing.known(topic) === undefined;
        if (!asks) continue;
        const asked = questions.get(listener.hearing) ?? new Set();
        questions.set(listener.hearing, asked.add(topic));
      }
    }
    await Promise.all(
      [...questions].map(async ([hearing, asked]) => {
        try {
          for (const topic of asked) await hearing.learn(topic);
        } catch (error) {
          // Nobody could judge. To leave a message out in silence would be worse than to say so.
          this.#end(hearing, asRefusal(error));
        }
      }),
    );
  }

  #deliver(batch: readonly Message[]): void {
    for (const message of batch) this.#history.add(message);
    this.#delivered = batch.at(-1)?.sequence ?? this.#delivered;
    for (const { listener, after } of this.#attendances.values()) {
      const heard = batch.filter((message) => message.sequence > after && hears(listener, message));
      if (heard.length > 0) listener.deliver(heard);
    }
  }

  async #recheckAll(): Promise<void> {
    await Promise.all(
      [...this.#hearings.values()].map(async (hearing) => {
        try {
          const refusal = await hearing.recheck();
          if (refusal !== undefined) this.#end(hearing, refusal);
        } catch (error) {
          this.#end(hearing, asRefusal(error));
        }
      }),
    );
  }

  /** Ends all listeners of a rune. */
  #end(hearing: Hearing, reason: Refusal): void {
    this.#hearings.delete(hearing.rune);
    for (const { listener } of this.#attendances.values()) {
      if (listener.hearing.rune !== hearing.rune) continue;
      this.#attendances.delete(listener);
      listener.end(reason);
    }
  }
}

function chose({ topics }: Listener, topic: string): boolean {
  return topics === 'all' || topics.has(topic);
}

function hears(listener: Listener, { topic }: Message): boolean {
  return chose(listener, topic) && listener.hearing.known(topic) === true;
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const harmless = harmlessNodeFailure(error);
  return harmless instanceof Refusal ? harmless : Refusal.of('internal', { cause: error });
}
