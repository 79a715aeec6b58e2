import { refusalReason, Rune, RuneSyntaxError } from '@clnrest/runes';
import { Refusal } from '../refusals.ts';
import type { CheckedCall, RuneCheck } from '../node/checked-call.ts';
import { CANDIDATE_TOPICS, type Topics } from './topics.ts';

/** lightningd's code for a call that a rune does not allow. */
const NOT_PERMITTED = 1502;

/** The field by which a rune restricts topics: `pnametopic=invoice_payment`. */
const TOPIC_FIELD = 'pnametopic';

/**
 * The topics that one rune permits. lightningd checks the rune for a call of a method that a subscriber's
 * rune must allow. If the rune has no restriction on topics, the call has no parameters, and the rune
 * permits all topics. Otherwise the call has the parameter `topic`, and each new topic is checked once.
 */
export class TopicPermissions {
  readonly rune: string;
  /** The time of the first check, by `performance.now()`. */
  readonly checkedAt = performance.now();
  readonly #checkRune: RuneCheck;
  readonly #methods: readonly string[];
  readonly #restrictsTopics: boolean;
  /** Whether the rune permits each topic that was checked. */
  readonly #permitted = new Map<string, boolean>();

  private constructor(rune: string, checkRune: RuneCheck, methods: readonly string[]) {
    this.rune = rune;
    this.#checkRune = checkRune;
    this.#methods = methods;
    this.#restrictsTopics = restrictsTopics(rune);
  }

  /** Resolves with the permissions of a rune, or with the refusal. Rejects if no check was possible. */
  static async open(
    rune: string,
    topics: Topics,
    checkRune: RuneCheck,
    methods: readonly string[],
  ): Promise<TopicPermissions | Refusal> {
    const permissions = new TopicPermissions(rune, checkRune, methods);
    return (await permissions.#refusalOfAll(topics)) ?? permissions;
  }

  /** Whether the rune permits a topic; undefined if the topic has not been checked. */
  get(topic: string): boolean | undefined {
    return this.#restrictsTopics ? this.#permitted.get(topic) : true;
  }

  /**
   * Checks whether the rune permits a topic, and caches the result until the next refresh. The cache is
   * bounded: plugins declare their topics before they start.
   */
  async resolve(topic: string): Promise<void> {
    this.#permitted.set(topic, (await this.#checkAgain(paramsFor(topic))) === undefined);
  }

  /** Repeats the checks. Resolves with a refusal if the rune permits nothing more: it expired or was blacklisted. */
  async refresh(): Promise<Refusal | undefined> {
    if (!this.#restrictsTopics) return this.#checkAgain('{}');
    let reason: Refusal | undefined;
    for (const [topic, isPermitted] of this.#permitted) {
      if (!isPermitted) {
        // Checked at the next message instead: the rune can permit the topic later.
        this.#permitted.delete(topic);
        continue;
      }
      const refusal = await this.#checkAgain(paramsFor(topic));
      this.#permitted.set(topic, refusal === undefined);
      reason ??= refusal;
    }
    return [...this.#permitted.values()].includes(true) ? undefined : reason;
  }

  /** The refusal if the rune permits none of the topics. */
  async #refusalOfAll(topics: Topics): Promise<Refusal | undefined> {
    if (!this.#restrictsTopics) return this.#refusal('{}');
    const candidates =
      topics === 'all' ? [...namedTopics(this.rune), ...CANDIDATE_TOPICS] : [...topics];
    let reason: Refusal | undefined;
    for (const topic of new Set(candidates)) {
      const refusal = await this.#refusal(paramsFor(topic));
      this.#permitted.set(topic, refusal === undefined);
      // One permitted topic is sufficient. Others are checked when a message has them.
      if (refusal === undefined) return undefined;
      reason ??= refusal;
    }
    return reason;
  }

  /**
   * Checks an admitted rune. A used-up rate is not a refusal then: the rate limits new subscriptions only.
   * The node's "too soon" hides other restrictions, so the gateway evaluates them.
   */
  async #checkAgain(params: string): Promise<Refusal | undefined> {
    const refusals = await this.#refusals({ params, isRecheck: true });
    if (!refusals.some(({ message }) => message.includes('too soon'))) return refusals[0];
    const now = BigInt(Date.now()) * 1_000_000n;
    const rune = Rune.fromBase64(this.rune);
    // Without a last use, `rate` and `per` are satisfied.
    const reasons = this.#methods.map((method) =>
      refusalReason(rune, { now, method, params }, { lastUsed: () => undefined }),
    );
    if (reasons.includes(undefined)) return undefined;
    const message = `Not permitted: ${reasons[0] ?? ''}`;
    return Refusal.ofNode('rune_refused', { code: NOT_PERMITTED, message });
  }

  async #refusal(params: string): Promise<Refusal | undefined> {
    return (await this.#refusals({ params }))[0];
  }

  /** The node's refusal of each method, or an empty list if the rune allows one of them. */
  async #refusals(call: Omit<CheckedCall, 'method'>): Promise<readonly Refusal[]> {
    const refusals: Refusal[] = [];
    for (const method of this.#methods) {
      const refusal = await this.#checkRune(this.rune, { ...call, method });
      if (refusal === undefined) return [];
      refusals.push(refusal);
    }
    return refusals;
  }
}

function paramsFor(topic: string): string {
  return `{"topic":${JSON.stringify(topic)}}`;
}

/** Whether a rune restricts topics. Decides the parameters of the check only; the node decides the result. */
function restrictsTopics(rune: string): boolean {
  return alternativesOf(rune).some(({ fieldname }) => fieldname === TOPIC_FIELD);
}

/** Topics that a rune names. They can be topics of plugins. */
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
