import type { BoundedQueue } from '@clnrest/bounds';
import { Refusal } from '../errors.ts';
import { harmlessNodeFailure } from '../node/failure.ts';
import type { Batch } from './batch.ts';
import type { Hearing } from './hearing.ts';
import type { Message } from './message.ts';
import type { QuestionQueue } from './question-queue.ts';
import type { Topics } from './topics.ts';

/** Someone, or a group of the same rights, to whom messages go. */
export interface Listener {
  /** With what it was let in. */
  readonly hearing: Hearing;
  readonly topics: Topics;
  /**
   * Takes messages that it may hear, in order. Must not wait. Those who hear the same get the very same
   * array, so that it need be put into words once.
   */
  deliver(messages: readonly Message[]): void;
  /** It hears no more; the refusal says why. */
  end(reason: Refusal): void;
}

/** What the audiences of a hub share. */
export interface AudienceTools {
  /** Batches that some audience has not had. */
  readonly backlog: BoundedQueue<Batch>;
  /** Asks whether runes may hear topics. */
  readonly verdicts: QuestionQueue;
  /** Asks whether runes may hear on. */
  readonly rechecks: QuestionQueue;
  /** How long a judgement is good for, in milliseconds. */
  readonly recheckMs: number;
  /** Logs that delivering failed in a way that nobody foresaw. */
  readonly fault: (error: unknown) => void;
  /** Ends an audience whose rune hears no more. */
  readonly end: (audience: Audience, reason: Refusal) => void;
}

/** When a rune is judged again, as a part of the time that the judgement is good for. */
const RECHECK_AT = 0.8;

/**
 * All who listen with one rune: what it may hear is asked once for all of them. A batch of which that is
 * not known waits in the backlog until the node has answered, and so do all batches after it, which keeps
 * their order. Other audiences go on.
 */
export class Audience {
  readonly #hearing: Hearing;
  readonly #tools: AudienceTools;
  /** Each with the last message that it must not get from us: it has had it, or it was before its time. */
  readonly #listeners = new Map<Listener, number>();
  readonly #over = new AbortController();
  /** The backlog's number of the first batch that waits; undefined if none does. */
  #next: number | undefined;
  #provenUntil: number;
  #recheckAt: number;
  #rechecking: Promise<void> | undefined;
  #catchingUp: Promise<void> | undefined;
  #reason: Refusal | undefined;

  constructor(hearing: Hearing, tools: AudienceTools) {
    this.#hearing = hearing;
    this.#tools = tools;
    this.#provenUntil = hearing.openedAt + tools.recheckMs;
    // At different times: as many as come at once would be asked about at once ever after.
    const part = (RECHECK_AT / 2) * (1 + Math.random());
    this.#recheckAt = hearing.openedAt + part * tools.recheckMs;
  }

  get rune(): string {
    return this.#hearing.rune;
  }

  get isEmpty(): boolean {
    return this.#listeners.size === 0;
  }

  /** Why it hears no more, if so. */
  get reason(): Refusal | undefined {
    return this.#reason;
  }

  /** Whether the last judgement of the rune still counts. */
  get isProven(): boolean {
    return performance.now() < this.#provenUntil;
  }

  /** Resolves when nothing waits for the node any more. */
  get caughtUp(): Promise<void> | undefined {
    return this.#catchingUp;
  }

  add(listener: Listener, after: number): void {
    this.#listeners.set(listener, after);
  }

  /** Removes a listener. Without any, nothing more is asked. */
  remove(listener: Listener): void {
    this.#listeners.delete(listener);
    if (this.isEmpty) this.#over.abort();
  }

  /** Those of the topics that a listener chose, and of which it is unknown whether the rune may hear them. */
  unknownTo(listener: Listener, topics: ReadonlySet<string>): string[] {
    return [...topics].filter(
      (topic) => this.#hearing.known(topic) === undefined && chose(listener, topic),
    );
  }

  /** Finds out whether the rune may hear the topics. Rejects if the node does not answer. */
  async learn(topics: readonly string[]): Promise<void> {
    for (const topic of topics) await this.#hearing.learn(topic);
  }

  /** Those of the messages that a listener chose and may hear. */
  heard(listener: Listener, messages: readonly Message[]): readonly Message[] {
    const heard = messages.filter(
      ({ topic }) => chose(listener, topic) && this.#hearing.known(topic) === true,
    );
    return heard.length === messages.length ? messages : heard;
  }

  /** Hands a batch on. False if it must wait. */
  deliver(batch: Batch): boolean {
    if (this.#next !== undefined || !this.#mayJudge(batch)) return false;
    this.#send(batch);
    return true;
  }

  /** Waits for a batch that was not delivered, which has this number in the backlog. */
  wait(number: number): void {
    if (this.#over.signal.aborted) return;
    const { backlog, end, rechecks, verdicts } = this.#tools;
    if (this.#next === undefined) {
      this.#next = number;
      this.#catchingUp = this.#catchUp();
    } else if (this.#next < backlog.first) {
      const failure = verdicts.failure ?? rechecks.failure;
      end(this, failure === undefined ? tooMuchWaits() : asRefusal(failure));
    }
  }

  /** The last message of which a listener has had all before, where the newest has this number. */
  deliveredTo(listener: Listener, newest: number): number {
    const waiting = this.#next === undefined ? undefined : this.#tools.backlog.at(this.#next);
    const first = waiting?.messages[0]?.sequence ?? newest + 1;
    return Math.max(first - 1, this.#listeners.get(listener) ?? 0);
  }

  /** Begins to judge the rune again if that is due, and not under way. */
  recheckIfDue(now: number): void {
    if (now >= this.#recheckAt) void this.recheck();
  }

  /**
   * Judges the rune again, once at a time. Resolves when the node has answered, or the audience is over;
   * it ends if the rune hears no more. Never rejects.
   */
  recheck(): Promise<void> {
    this.#rechecking ??= this.#recheck().finally(() => {
      this.#rechecking = undefined;
    });
    return this.#rechecking;
  }

  /** Tells everyone that it is over. */
  end(reason: Refusal): void {
    this.#reason = reason;
    this.#over.abort(reason);
    const listeners = [...this.#listeners.keys()];
    this.#listeners.clear();
    for (const listener of listeners) listener.end(reason);
  }

  async #recheck(): Promise<void> {
    const { end, rechecks } = this.#tools;
    try {
      const reason = await rechecks.ask(() => this.#judgeAgain(), this.#over.signal);
      if (reason !== undefined) end(this, reason);
    } catch (error) {
      if (!this.#over.signal.aborted) end(this, asRefusal(error));
    }
  }

  async #judgeAgain(): Promise<Refusal | undefined> {
    // Not from the answer on: the rune may be taken back while that is on its way.
    const askedAt = performance.now();
    const reason = await this.#hearing.recheck();
    if (reason !== undefined) return reason;
    const { recheckMs } = this.#tools;
    this.#provenUntil = askedAt + recheckMs;
    this.#recheckAt = askedAt + RECHECK_AT * recheckMs;
    return undefined;
  }

  /** Delivers what waits, and asks the node for what is not known. Never rejects. */
  async #catchUp(): Promise<void> {
    while (this.#next !== undefined && !this.#over.signal.aborted) {
      const batch = this.#tools.backlog.at(this.#next);
      if (batch === undefined) {
        this.#next = undefined;
      } else if (this.#mayJudge(batch)) {
        this.#next++;
        this.#send(batch);
      } else {
        await this.#askFor(batch);
      }
    }
    this.#catchingUp = undefined;
  }

  async #askFor(batch: Batch): Promise<void> {
    if (!this.isProven) {
      await this.recheck();
      return;
    }
    const { end, verdicts } = this.#tools;
    try {
      await verdicts.ask(() => this.learn(this.#unknown(batch)), this.#over.signal);
    } catch (error) {
      if (!this.#over.signal.aborted) end(this, asRefusal(error));
    }
  }

  /** Whether it is known what the listeners may hear of a batch. */
  #mayJudge(batch: Batch): boolean {
    return this.isProven && this.#unknown(batch).length === 0;
  }

  #send({ messages }: Batch): void {
    const first = messages[0]?.sequence ?? 0;
    for (const [listener, after] of this.#listeners) {
      const late = after < first ? messages : messages.filter(({ sequence }) => sequence > after);
      const heard = this.heard(listener, late);
      if (heard.length > 0) this.#deliverTo(listener, heard);
    }
  }

  /** A fault in one listener ends that one; the others go on. */
  #deliverTo(listener: Listener, messages: readonly Message[]): void {
    try {
      listener.deliver(messages);
    } catch (cause) {
      this.#tools.fault(cause);
      this.remove(listener);
      listener.end(Refusal.of('internal', { cause }));
    }
  }

  #unknown({ topics }: Batch): string[] {
    // Mostly nothing is, and then it costs nothing to find out.
    const unknown = [...topics].filter((topic) => this.#hearing.known(topic) === undefined);
    if (unknown.length === 0) return unknown;
    const listeners = [...this.#listeners.keys()];
    return unknown.filter((topic) => listeners.some((listener) => chose(listener, topic)));
  }
}

function chose({ topics }: Listener, topic: string): boolean {
  return topics === 'all' || topics.has(topic);
}

function tooMuchWaits(): Refusal {
  const detail = 'too many notifications wait for it to judge the rune';
  return Refusal.of('node_silent', { detail });
}

/** What a listener is told of an error of the judge. */
export function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const harmless = harmlessNodeFailure(error);
  return harmless instanceof Refusal ? harmless : Refusal.of('internal', { cause: error });
}
