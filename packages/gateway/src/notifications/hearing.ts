import { refusalReason, Rune, RuneSyntaxError } from '@clnrest/runes';
import { Refusal } from '../errors.ts';
import type { RuneCheck } from '../node/rune-question.ts';
import { NATIVE_TOPICS, type Topics } from './topics.ts';

/** lightningd's code for what a rune does not allow. */
const NOT_PERMITTED = 1502;

/** The field by which a rune narrows what it hears: `pnametopic=invoice_payment`. */
const TOPIC_FIELD = 'pnametopic';

/**
 * What one rune may hear. lightningd judges it as a call of a method that a listener's rune must allow:
 * without parameters where the rune says nothing about topics, and then it hears all; else with
 * the parameter `topic`, for each topic when it first comes.
 */
export class Hearing {
  readonly rune: string;
  /** When the node was asked first, by `performance.now()`. */
  readonly openedAt = performance.now();
  readonly #checkRune: RuneCheck;
  readonly #methods: readonly string[];
  readonly #narrowed: boolean;
  readonly #verdicts = new Map<string, boolean>();

  private constructor(rune: string, checkRune: RuneCheck, methods: readonly string[]) {
    this.rune = rune;
    this.#checkRune = checkRune;
    this.#methods = methods;
    this.#narrowed = namesTopics(rune);
  }

  /** Resolves with what the rune may hear, or with the refusal. Rejects where nobody could judge. */
  static async open(
    rune: string,
    topics: Topics,
    checkRune: RuneCheck,
    methods: readonly string[],
  ): Promise<Hearing | Refusal> {
    const hearing = new Hearing(rune, checkRune, methods);
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
    this.#verdicts.set(topic, (await this.#later(paramsFor(topic))) === undefined);
  }

  /**
   * Judges again. The refusal if it hears no more, because it expired or was blacklisted.
   */
  async recheck(): Promise<Refusal | undefined> {
    if (!this.#narrowed) return this.#later('{}');
    let reason: Refusal | undefined;
    for (const [topic, heard] of this.#verdicts) {
      if (!heard) {
        // Asked again when it comes: what is refused now may be allowed later.
        this.#verdicts.delete(topic);
        continue;
      }
      const refusal = await this.#later(paramsFor(topic));
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

  /**
   * The same for a rune that has been let in: that it was used too often is no refusal then, since it
   * was good for what it did. The node says no more than that, so what else the rune says is read here.
   */
  async #later(params: string): Promise<Refusal | undefined> {
    const refusals = await this.#refusals(params);
    if (!refusals.some(({ message }) => message.includes('too soon'))) return refusals[0];
    const now = BigInt(Date.now()) * 1_000_000n;
    const rune = Rune.fromBase64(this.rune);
    // As if the rune had never been used: its pace is what the node has just refused.
    const reasons = this.#methods.map((method) =>
      refusalReason(rune, { now, method, params }, { lastUsed: () => undefined }),
    );
    if (reasons.includes(undefined)) return undefined;
    const message = `Not permitted: ${reasons[0] ?? ''}`;
    return Refusal.ofNode('rune_refused', { code: NOT_PERMITTED, message });
  }

  async #refusal(params: string): Promise<Refusal | undefined> {
    return (await this.#refusals(params))[0];
  }

  /** One of the methods must be allowed; else the node's words on each. */
  async #refusals(params: string): Promise<readonly Refusal[]> {
    const refusals: Refusal[] = [];
    for (const method of this.#methods) {
      const refusal = await this.#checkRune(this.rune, { method, params });
      if (refusal === undefined) return [];
      refusals.push(refusal);
    }
    return refusals;
  }
}

function paramsFor(topic: string): string {
  return `{"topic":${JSON.stringify(topic)}}`;
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
