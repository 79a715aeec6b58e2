import type { RpcPipeline } from '@clnrest/lightningd';
import { BLACKLISTED, NOT_AUTHORIZED } from '@clnrest/runes';
import { Refusal } from '../errors.ts';
import { Refreshed } from './refreshed.ts';
import { fetchRuneBlacklist, type RuneBlacklist } from './rune-blacklist.ts';
import { fetchRuneSecret, type RuneSecret } from './rune-secret.ts';
import type { ParsedRune } from './parsed-rune.ts';
import type { RuneReader } from './rune-reader.ts';

/**
 * What is known of a rune before the node judges it: that it derives from the node's secret and is not
 * blacklisted, or nothing, or the refusal that lightningd would return. None of them is permission.
 */
export type Standing = 'genuine' | 'unknown' | Refusal;

/** The blacklist is asked for again where it is older, … */
const BLACKLIST_MS = 1_000;
/** … and before a rune is refused by it: the rune may be relisted. */
const BLACKLIST_CONFIRM_MS = 100;
/** The secret is asked for again where it is older, before a rune is refused by it. */
const SECRET_CONFIRM_MS = 60_000;

/**
 * Each restriction costs two blocks of SHA-256, and anybody can send a rune of thousands. A rune with
 * more is left to the node.
 */
const MAX_RESTRICTIONS = 256;

/** The result of a verification. */
interface Found {
  readonly secret: RuneSecret;
  /** Why the rune does not derive from the secret, in lightningd's words. `undefined` if it does. */
  readonly foreign: string | undefined;
}

/**
 * Refuses runes that the node would refuse whatever is asked of them: malformed, not derived from the
 * node's secret, or blacklisted. That takes neither a call nor its parameters, so it comes before a
 * body is read.
 *
 * Holds the node's rune secret and its blacklist in memory, and uses them only to refuse sooner: who
 * passes is judged by the node. In doubt it does not refuse.
 */
export class RuneVerifier {
  readonly #secret: Refreshed<RuneSecret>;
  readonly #blacklist: Refreshed<RuneBlacklist>;
  /** What was found out about a rune, for as long as the rune is in use. A known rune costs no SHA-256. */
  readonly #found = new WeakMap<ParsedRune, Found>();
  readonly #reader: RuneReader;
  /** The same object for as long as the node has the same secret. */
  #current: RuneSecret | undefined;

  constructor(node: Pick<RpcPipeline, 'callText'>, reader: RuneReader, now?: () => number) {
    this.#reader = reader;
    this.#secret = new Refreshed(async () => this.#keep(await fetchRuneSecret(node)), now);
    this.#blacklist = new Refreshed(() => fetchRuneBlacklist(node), now);
  }

  /** What is known of a rune without asking the node. Refuses only by what is fresh. */
  known(rune: ParsedRune): Standing {
    return this.#standing(rune);
  }

  /**
   * The same, after asking the node for what is missing or too old: with a node that answers, the result
   * is `unknown` only if the node does not give its secret, or if the rune has very many restrictions.
   */
  async verify(rune: ParsedRune): Promise<Standing> {
    await Promise.all([this.#secret.refresh(Infinity), this.#blacklist.refresh(BLACKLIST_MS)]);
    if (this.#blacklist.peek()?.includes(rune.id) === true) {
      await this.#blacklist.refresh(BLACKLIST_CONFIRM_MS);
    }
    const secret = this.#secret.peek();
    if (secret !== undefined && canVerify(rune) && this.#foreign(rune, secret) !== undefined) {
      await this.#secret.refresh(SECRET_CONFIRM_MS);
    }
    return this.#standing(rune);
  }

  /** In lightningd's order: the blacklist comes before the secret. */
  #standing(rune: ParsedRune): Standing {
    if (this.#blacklist.peek()?.includes(rune.id) === true) {
      return this.#blacklist.peek(BLACKLIST_CONFIRM_MS) === undefined
        ? 'unknown'
        : refusal(BLACKLISTED, 'Blacklisted rune');
    }
    const secret = this.#secret.peek();
    if (secret === undefined || !canVerify(rune)) return 'unknown';
    const reason = this.#foreign(rune, secret);
    if (reason === undefined) return 'genuine';
    return this.#mayRefuse() ? refusal(NOT_AUTHORIZED, reason) : 'unknown';
  }

  /** Whether "not derived" would be lightningd's word: not with another secret, or a longer blacklist. */
  #mayRefuse(): boolean {
    const isListed = this.#blacklist.peek() !== undefined;
    return (
      this.#secret.peek(SECRET_CONFIRM_MS) !== undefined &&
      (!isListed || this.#blacklist.peek(BLACKLIST_MS) !== undefined)
    );
  }

  /** Why a rune does not derive from the secret, in lightningd's words. `undefined` if it does. */
  #foreign(rune: ParsedRune, secret: RuneSecret): string | undefined {
    const known = this.#found.get(rune);
    if (known?.secret === secret) return known.foreign;
    const foreign = secret.verify(rune.rune);
    this.#found.set(rune, { secret, foreign });
    if (foreign === undefined) this.#reader.keep(rune);
    return foreign;
  }

  #keep(secret: RuneSecret): RuneSecret {
    if (this.#current?.equals(secret) !== true) this.#current = secret;
    return this.#current ?? secret;
  }
}

function canVerify({ rune }: ParsedRune): boolean {
  return rune.restrictions.length <= MAX_RESTRICTIONS;
}

function refusal(code: number, reason: string): Refusal {
  return Refusal.ofNode('rune_refused', { code, message: `Not authorized: ${reason}` });
}
