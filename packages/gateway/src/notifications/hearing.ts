import { Rune, RuneSyntaxError } from '@clnrest/runes';
import type { Refusal } from '../errors.ts';
import type { Judge } from '../node/judge.ts';
import { NATIVE_TOPICS, type Topics } from './topics.ts';

/** The field by which a rune narrows what it hears: `pnametopic=invoice_payment`. */
const TOPIC_FIELD = 'pnametopic';

/**
 * What one rune may hear. lightningd judges it as a call of a method that a listener's rune must allow:
 * without parameters where the rune says nothing about topics, and then it hears all; else with
 * the parameter `topic`, for each topic when it first comes.
 */
export class Hearing {
  readonly rune: string;
  readonly #judge: Judge;
  readonly #methods: readonly string[];
  readonly #narrowed: boolean;
  readonly #verdicts = new Map<string, boolean>();

  private constructor(rune: string, judge: Judge, methods: readonly string[]) {
    this.rune = rune;
    this.#judge = judge;
    this.#methods = methods;
    this.#narrowed = namesTopics(rune);
  }

  /** Resolves with what the rune may hear, or with the refusal. Rejects where nobody could judge. */
  static async open(
    rune: string,
    topics: Topics,
    judge: Judge,
    methods: readonly string[],
  ): Promise<Hearing | Refusal> {
    const hearing = new Hearing(rune, judge, methods);
    return (await hearing.#firstRefusal(topics)) ?? hearing;
  }

  /** Whether it may hear a topic, where that is known already. */
  known(topic: string): boolean | undefined {
    return this.#narrowed ? this.#verdicts.get(topic) : true;
  }

  /**
   * Finds out whether it may hear a topic, and remembers it until the next recheck. Topics are no more
   * than the node has: a plugin declares its own before it starts.
   */
  async learn(topic: string): Promise<void> {
    this.#verdicts.set(topic, (await this.#refusal(paramsFor(topic))) === undefined);
  }

  /**
   * Judges again. The refusal if it hears no more, because it expired or was blacklisted. A rate that
   * is used up is none: the rune was good for what it did.
   */
  async recheck(): Promise<Refusal | undefined> {
    if (!this.#narrowed) return unlessTooSoon(await this.#refusal('{}'));
    let reason: Refusal | undefined;
    for (const [topic, heard] of this.#verdicts) {
      if (!heard) {
        // Asked again when it comes: what is refused now may be allowed later.
        this.#verdicts.delete(topic);
        continue;
      }
      const refusal = unlessTooSoon(await this.#refusal(paramsFor(topic)));
      this.#verdicts.set(topic, refusal === undefined);
      reason ??= refusal;
    }
    return [...this.#verdicts.values()].includes(true) ? undefined : reason;
  }

  async #firstRefusal(topics: Topics): Promise<Refusal | undefined> {
    if (!this.#narrowed) return this.#refusal('{}');
    const candidates =
      topics === 'all' ? [...namedTopics(this.rune), ...NATIVE_TOPICS] : [...topics];
    let reason: Refusal | undefined;
    for (const topic of new Set(candidates)) {
      const refusal = await this.#refusal(paramsFor(topic));
      this.#verdicts.set(topic, refusal === undefined);
      // One that it may hear is enough to listen; the others are found out when they come.
      if (refusal === undefined) return undefined;
      reason ??= refusal;
    }
    return reason;
  }

  /** One of the methods must be allowed. */
  async #refusal(params: string): Promise<Refusal | undefined> {
    let reason: Refusal | undefined;
    for (const method of this.#methods) {
      const refusal = await this.#judge(this.rune, { method, params });
      if (refusal === undefined) return undefined;
      reason ??= refusal;
    }
    return reason;
  }
}

function paramsFor(topic: string): string {
  return `{"topic":${JSON.stringify(topic)}}`;
}

function unlessTooSoon(refusal: Refusal | undefined): Refusal | undefined {
  return refusal?.message.endsWith('too soon') === true ? undefined : refusal;
}

/** Which question to ask about a rune; the answer is the node's, whatever this says. */
function namesTopics(rune: string): boolean {
  return alternativesOf(rune).some(({ fieldname }) => fieldname === TOPIC_FIELD);
}

/** Topics that a rune itself names, which may be a plugin's. */
function namedTopics(rune: string): string[] {
  return alternativesOf(rune)
    .filter(({ fieldname, condition }) => fieldname === TOPIC_FIELD && condition === '=')
    .map(({ value }) => value);
}

function alternativesOf(rune: string) {
  try {
    return Rune.fromBase64(rune).restrictions.flatMap(({ alternatives }) => alternatives);
  } catch (error) {
    if (error instanceof RuneSyntaxError) return [];
    throw error;
  }
}
