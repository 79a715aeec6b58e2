import type { RpcPipeline } from '@clnrest/lightningd';
import { BLACKLISTED, NOT_AUTHORIZED } from '@clnrest/runes';
import { Refusal } from '../refusals.ts';
import { CachedValue } from './cached-value.ts';
import { fetchRuneBlacklist, type RuneBlacklist } from './rune-blacklist.ts';
import { fetchRuneSecret, type RuneSecret } from './rune-secret.ts';
import type { ParsedRune } from './parsed-rune.ts';
import type { RuneVerifier } from './rune-verifier.ts';

/**
 * The status of a rune before the node checks it. `genuine`: it derives from the node's secret and is not
 * blacklisted. `unknown`: only the node can decide. A refusal is the one that lightningd would return. No
 * status is a permission.
 */
export type RuneStatus = 'genuine' | 'unknown' | Refusal;

/** The maximum age of the blacklist, … */
const BLACKLIST_MS = 1_000;
/** … and before it refuses a rune: the node can have removed the rune from the blacklist. */
const BLACKLIST_CONFIRM_MS = 100;
/** The maximum age of the secret before it refuses a rune: another node can listen on the socket. */
const SECRET_CONFIRM_MS = 60_000;

/** What knows the status of some runes without fetching anything. */
export interface RuneJudge {
  status(rune: ParsedRune): RuneStatus;
}

/** Dependencies of an {@link EarlyRuneCheck}. */
export interface EarlyCheckTools {
  readonly node: Pick<RpcPipeline, 'callText'>;
  readonly verifier: RuneVerifier;
  readonly judge?: RuneJudge | undefined;
  /** Returns milliseconds since any epoch. */
  readonly now?: () => number;
}

/**
 * Refuses runes that the node would refuse for every call: those that do not derive from the node's secret,
 * and blacklisted ones. Needs neither a method nor parameters, so the gateway can refuse before it reads a
 * body.
 *
 * Caches the node's rune secret and blacklist, and uses them only to refuse: the node checks all other
 * runes. In case of doubt it does not refuse.
 */
export class EarlyRuneCheck {
  readonly #secret: CachedValue<RuneSecret>;
  readonly #blacklist: CachedValue<RuneBlacklist>;
  readonly #verifier: RuneVerifier;
  readonly #judge: RuneJudge | undefined;
  /** Replaced only if the node's secret changes, so that cached comparisons stay valid. */
  #current: RuneSecret | undefined;

  constructor({ node, verifier, judge, now }: EarlyCheckTools) {
    this.#verifier = verifier;
    this.#judge = judge;
    this.#secret = new CachedValue(async () => this.#keep(await fetchRuneSecret(node)), now);
    this.#blacklist = new CachedValue(() => fetchRuneBlacklist(node), now);
  }

  /** The status without asking the node. Refuses only by a recent blacklist or secret. */
  status(rune: ParsedRune): RuneStatus {
    const known = this.#judge?.status(rune) ?? 'unknown';
    return known === 'unknown' ? this.#status(rune) : known;
  }

  /**
   * The status after fetching a missing or old blacklist and secret. If the node responds, the status is
   * `unknown` only if the node refuses to return its secret, or if the rune has too many restrictions.
   */
  async verify(rune: ParsedRune): Promise<RuneStatus> {
    const known = this.#judge?.status(rune) ?? 'unknown';
    if (known !== 'unknown') return known;
    await Promise.all([this.#secret.refresh(Infinity), this.#blacklist.refresh(BLACKLIST_MS)]);
    if (this.#blacklist.peek()?.includes(rune.id) === true) {
      await this.#blacklist.refresh(BLACKLIST_CONFIRM_MS);
    }
    const secret = this.#secret.peek();
    if (
      secret !== undefined &&
      this.#verifier.canVerify(rune) &&
      this.#verifier.notDerivedReason(rune, secret) !== undefined
    ) {
      await this.#secret.refresh(SECRET_CONFIRM_MS);
    }
    return this.#status(rune);
  }

  /** Checks the blacklist before the secret, as lightningd does. */
  #status(rune: ParsedRune): RuneStatus {
    if (this.#blacklist.peek()?.includes(rune.id) === true) {
      return this.#blacklist.peek(BLACKLIST_CONFIRM_MS) === undefined
        ? 'unknown'
        : unauthorized(BLACKLISTED, 'Blacklisted rune');
    }
    const secret = this.#secret.peek();
    if (secret === undefined || !this.#verifier.canVerify(rune)) return 'unknown';
    const reason = this.#verifier.notDerivedReason(rune, secret);
    if (reason === undefined) return 'genuine';
    return this.#canRefuse() ? unauthorized(NOT_AUTHORIZED, reason) : 'unknown';
  }

  /** Whether lightningd would return "not derived": the secret and the blacklist must be recent. */
  #canRefuse(): boolean {
    const isListed = this.#blacklist.peek() !== undefined;
    return (
      this.#secret.peek(SECRET_CONFIRM_MS) !== undefined &&
      (!isListed || this.#blacklist.peek(BLACKLIST_MS) !== undefined)
    );
  }

  #keep(secret: RuneSecret): RuneSecret {
    if (this.#current?.equals(secret) !== true) this.#current = secret;
    return this.#current ?? secret;
  }
}

/** The refusal of a rune that is blacklisted or does not derive from the node's secret. */
export function unauthorized(code: number, reason: string): Refusal {
  return Refusal.ofNode('rune_refused', { code, message: `Not authorized: ${reason}` });
}
