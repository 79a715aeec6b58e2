import { Refusal } from '../errors.ts';
import { harmlessNodeFailure } from '../node/failure.ts';
import type { Hearing } from './hearing.ts';
import type { Message } from './message.ts';
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

/** All who listen with one rune: what it may hear is asked once for all of them. */
export class Audience {
  readonly #hearing: Hearing;
  /** Each with the last message that it must not get from us: it has had it, or it was before its time. */
  readonly #listeners = new Map<Listener, number>();

  constructor(hearing: Hearing) {
    this.#hearing = hearing;
  }

  get rune(): string {
    return this.#hearing.rune;
  }

  get isEmpty(): boolean {
    return this.#listeners.size === 0;
  }

  add(listener: Listener, after: number): void {
    this.#listeners.set(listener, after);
  }

  /** Whether it was there. */
  remove(listener: Listener): boolean {
    return this.#listeners.delete(listener);
  }

  /** Those of the topics that someone chose, and of which nobody knows whether the rune may hear them. */
  unknown(topics: ReadonlySet<string>): string[] {
    return this.#unknownTo([...this.#listeners.keys()], topics);
  }

  /** The same for one listener, which need not be here yet. */
  unknownTo(listener: Listener, topics: ReadonlySet<string>): string[] {
    return this.#unknownTo([listener], topics);
  }

  /** Finds out whether the rune may hear the topics. Resolves with why it can't be known, if so. */
  async learn(topics: readonly string[]): Promise<Refusal | undefined> {
    try {
      for (const topic of topics) await this.#hearing.learn(topic);
      return undefined;
    } catch (error) {
      return asRefusal(error);
    }
  }

  /** Judges the rune again. Resolves with why it hears no more, if so. */
  async recheck(): Promise<Refusal | undefined> {
    try {
      return await this.#hearing.recheck();
    } catch (error) {
      return asRefusal(error);
    }
  }

  /** Those of the messages that a listener chose and may hear. */
  heard(listener: Listener, messages: readonly Message[]): readonly Message[] {
    const heard = messages.filter(
      ({ topic }) => chose(listener, topic) && this.#hearing.known(topic) === true,
    );
    return heard.length === messages.length ? messages : heard;
  }

  deliver(batch: readonly Message[]): void {
    const first = batch[0]?.sequence ?? 0;
    for (const [listener, after] of this.#listeners) {
      const late = after < first ? batch : batch.filter(({ sequence }) => sequence > after);
      const heard = this.heard(listener, late);
      if (heard.length > 0) listener.deliver(heard);
    }
  }

  /** Tells everyone that it is over. */
  end(reason: Refusal): void {
    const listeners = [...this.#listeners.keys()];
    this.#listeners.clear();
    for (const listener of listeners) listener.end(reason);
  }

  #unknownTo(listeners: readonly Listener[], topics: ReadonlySet<string>): string[] {
    return [...topics].filter(
      (topic) =>
        this.#hearing.known(topic) === undefined &&
        listeners.some((listener) => chose(listener, topic)),
    );
  }
}

function chose({ topics }: Listener, topic: string): boolean {
  return topics === 'all' || topics.has(topic);
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const harmless = harmlessNodeFailure(error);
  return harmless instanceof Refusal ? harmless : Refusal.of('internal', { cause: error });
}
