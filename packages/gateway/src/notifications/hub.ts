import { setTimeout as delay } from 'node:timers/promises';
import { BoundedQueue } from '@clnrest/bounds';
import { type ErrorName, Refusal } from '../errors.ts';
import type { RuneCheck } from '../node/rune-question.ts';
import { within } from '../node/within.ts';
import { asRefusal, Audience, type AudienceTools, type Listener } from './audience.ts';
import { type Batch, batchOf, topicsOf } from './batch.ts';
import { Hearing } from './hearing.ts';
import { History, type Missed } from './history.ts';
import type { Message } from './message.ts';
import { QuestionQueue } from './question-queue.ts';
import type { Topics } from './topics.ts';
import { Turns } from './turns.ts';

/** What a hub is made of. */
export interface HubTools {
  readonly checkRune: RuneCheck;
  /** A listener's rune must allow one of them. */
  readonly methods: readonly string[];
  /** How long messages are held before they go out, in milliseconds; 0 for at once. */
  readonly holdMs: number;
  /** How long a rune that was taken back may go on hearing, in milliseconds. */
  readonly recheckMs: number;
  /** How many messages, and bytes of them, are kept for listeners that come back. */
  readonly historyMessages: number;
  readonly historyBytes: number;
  /** Messages of how many bytes may wait for the node to judge whether a rune may hear them. */
  readonly waitingBytes: number;
  /** Logs that delivering failed in a way that nobody foresaw. */
  readonly fault: (error: unknown) => void;
  /** What an earlier hub had, in whose place this one is. */
  readonly restored?: { readonly messages: readonly Message[] } | undefined;
}

/**
 * Questions in flight at once, by what they are for. Together they are so few that calls over REST find
 * room on the connection that they share, and so many that the node can commit many at a time.
 */
export const QUESTIONS = { admissions: 16, rechecks: 16, verdicts: 32 } as const;

/** How long somebody who comes waits for its turn to be judged. */
const ADMISSION_MS = 30_000;
/** While the node does not answer, it is asked this often. */
const RETRY_MS = 1_000;
/** How many times in the time of a recheck it is looked for those that are due. */
const LOOKS = 50;
/** Time for the node to answer what must be known for the last messages. */
const LAST_ANSWERS_MS = 250;

/** Errors that say nothing about a rune: the node did not answer. */
const TEMPORARY: ReadonlySet<ErrorName> = new Set([
  'busy',
  'node_away',
  'node_broke_off',
  'node_silent',
]);

/**
 * Takes what the node tells, and hands it to those who may hear it: in order, each message once. Where the
 * node must be asked first whether a rune may hear it, it waits for that rune alone.
 */
export class NotificationHub {
  readonly #tools: HubTools;
  readonly #audienceTools: AudienceTools;
  readonly #admissions = new Turns(QUESTIONS.admissions, ADMISSION_MS);
  /** By rune. */
  readonly #audiences = new Map<string, Audience>();
  readonly #history: History;
  /** Messages that are held. */
  #queue: Message[] = [];
  #queuedBytes = 0;
  #sequence = 0;
  #delivered = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  readonly #looks: NodeJS.Timeout;

  constructor(tools: HubTools) {
    this.#tools = tools;
    const { historyBytes, historyMessages, recheckMs, waitingBytes } = tools;
    this.#history = new History(historyMessages, historyBytes);
    for (const message of tools.restored?.messages ?? []) this.#restore(message);
    this.#audienceTools = {
      backlog: new BoundedQueue<Batch>({
        maxItems: historyMessages,
        maxSize: waitingBytes,
        sizeOf: ({ size }) => size,
      }),
      rechecks: questions(QUESTIONS.rechecks),
      verdicts: questions(QUESTIONS.verdicts),
      recheckMs,
      fault: tools.fault,
      end: (audience, reason) => this.#end(audience, reason),
    };
    this.#looks = setInterval(() => this.#recheckDue(), recheckMs / LOOKS);
    this.#looks.unref();
  }

  /** The number of the last message that has gone to a listener, or that it must not get. */
  deliveredTo(listener: Listener): number {
    const audience = this.#audiences.get(listener.hearing.rune);
    return audience?.deliveredTo(listener, this.#delivered) ?? this.#delivered;
  }

  /** Takes a notification, with the next number if it has none yet. */
  publish(topic: string, text: string, sequence = this.#sequence + 1): void {
    if (this.#closed) return;
    this.#sequence = sequence;
    this.#queue.push({ sequence, topic, text });
    this.#queuedBytes += text.length;
    const { historyBytes, historyMessages } = this.#tools;
    if (this.#queue.length >= historyMessages || this.#queuedBytes >= historyBytes) {
      this.#deliverHeld();
    } else {
      // Counted from the first message that is held.
      this.#timer ??= setTimeout(() => this.#deliverHeld(), this.#tools.holdMs);
    }
  }

  #restore(message: Message): void {
    this.#history.add(message);
    this.#sequence = message.sequence;
    this.#delivered = message.sequence;
  }

  /**
   * Judges whether a rune may listen, by asking the node.
   *
   * Rejects where nobody could checkRune; then nobody may listen.
   */
  async admit(rune: string, topics: Topics): Promise<Hearing | Refusal> {
    if (this.#closed) return Refusal.of('stopping');
    const { checkRune, methods } = this.#tools;
    return this.#admissions.run(() => Hearing.open(rune, topics, checkRune, methods));
  }

  /**
   * Lets someone listen, from now on or from behind a message that it has had. Resolves with what it
   * missed since. Rejects where nobody could judge what it may hear of that.
   */
  async listen(listener: Listener, after?: number): Promise<Missed> {
    const { rune } = listener.hearing;
    for (;;) {
      const missed = this.#missedSince(after);
      const known = this.#audiences.get(rune);
      const audience = known ?? new Audience(listener.hearing, this.#audienceTools);
      const unknown = audience.unknownTo(listener, topicsOf(missed.messages));
      if (unknown.length > 0 || !audience.isProven) {
        await this.#ask(audience, unknown);
        // Meanwhile more may have come, and what was known may have been forgotten. From here to the
        // end nothing is waited for.
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
    clearInterval(this.#looks);
    this.#deliverHeld();
    await this.#lastAnswers();
    for (const audience of this.#audiences.values()) this.#end(audience, reason);
    this.#audienceTools.rechecks.close(reason);
    this.#audienceTools.verdicts.close(reason);
  }

  #missedSince(after: number | undefined): Missed {
    if (after === undefined) return { messages: [], isWhole: true, after: this.#sequence };
    return this.#history.after(after);
  }

  /**
   * Asks the node what must be known of a rune before somebody may join its audience. Rejects with a
   * {@link Refusal}.
   */
  async #ask(audience: Audience, topics: readonly string[]): Promise<void> {
    if (!audience.isProven) {
      await within(ADMISSION_MS, audience.recheck());
      if (audience.reason !== undefined) throw audience.reason;
      return;
    }
    try {
      await this.#admissions.run(() => audience.learn(topics));
    } catch (error) {
      throw asRefusal(error);
    }
  }

  #deliverHeld(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const messages = this.#queue;
    if (messages.length === 0) return;
    this.#queue = [];
    this.#queuedBytes = 0;
    for (const message of messages) this.#history.add(message);
    this.#delivered = messages.at(-1)?.sequence ?? this.#delivered;
    this.#deliver(batchOf(messages));
  }

  /** Hands a batch to those of whom it is known what they may hear of it. For the others it waits. */
  #deliver(batch: Batch): void {
    const { backlog } = this.#audienceTools;
    const behind = [...this.#audiences.values()].filter((audience) => !audience.deliver(batch));
    if (behind.length === 0) {
      if (backlog.length > 0) backlog.clear();
      return;
    }
    const number = backlog.next;
    backlog.push(batch);
    for (const audience of behind) audience.wait(number);
  }

  #recheckDue(): void {
    const now = performance.now();
    for (const audience of this.#audiences.values()) audience.recheckIfDue(now);
  }

  /** Resolves when nothing waits for the node, or soon. */
  async #lastAnswers(): Promise<void> {
    const waiting = [...this.#audiences.values()]
      .map(({ caughtUp }) => caughtUp)
      .filter((caughtUp) => caughtUp !== undefined);
    if (waiting.length === 0) return;
    await Promise.race([Promise.all(waiting), delay(LAST_ANSWERS_MS)]);
  }

  #end(audience: Audience, reason: Refusal): void {
    if (this.#audiences.get(audience.rune) === audience) this.#audiences.delete(audience.rune);
    audience.end(reason);
  }
}

function questions(concurrency: number): QuestionQueue {
  return new QuestionQueue({
    concurrency,
    retryMs: RETRY_MS,
    isTemporary: (error) => TEMPORARY.has(asRefusal(error).kind),
  });
}
