import type { RpcPipeline } from '@clnrest/lightningd';
import { BLACKLISTED, NOT_AUTHORIZED } from '@clnrest/runes';
import { Refusal } from '../errors.ts';
import { Refreshed } from './refreshed.ts';
import { fetchRuneBlacklist, type RuneBlacklist } from './rune-blacklist.ts';
import { fetchRuneSecret, type RuneSecret } from './rune-secret.ts';
import { type NumberedRune, readRuneText } from './rune-text.ts';

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

/** Genuine runes that are remembered, and characters of them. */
const MAX_RUNES = 4_096;
const MAX_CHARACTERS = 512 * 1024;

/**
 * Each restriction costs two blocks of SHA-256, and anybody can send a rune of thousands. A rune with
 * more is left to the node.
 */
const MAX_RESTRICTIONS = 256;

/** A rune that was read, and what was found out about it. */
interface ReadRune extends NumberedRune {
  readonly text: string;
  /** Why it does not derive from a secret, in lightningd's words; nothing if it does. */
  found: { readonly secret: RuneSecret; readonly foreign: string | undefined } | undefined;
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
  /** Genuine runes, the one used last at the end. A known rune costs no SHA-256. */
  readonly #genuine = new Map<string, ReadRune>();
  #characters = 0;
  /** The same object for as long as the node has the same secret. */
  #current: RuneSecret | undefined;

  constructor(node: Pick<RpcPipeline, 'callText'>, now?: () => number) {
    this.#secret = new Refreshed(async () => this.#keep(await fetchRuneSecret(node)), now);
    this.#blacklist = new Refreshed(() => fetchRuneBlacklist(node), now);
  }

  /** What is known of a rune without asking the node. Refuses only by what is fresh. */
  known(text: string): Standing {
    const read = this.#read(text);
    return read instanceof Refusal ? read : this.#standing(read);
  }

  /**
   * The same, after asking the node for what is missing or too old: with a node that answers, the result
   * is `unknown` only if the node does not give its secret, or if the rune has very many restrictions.
   */
  async verify(text: string): Promise<Standing> {
    const read = this.#read(text);
    if (read instanceof Refusal) return read;
    await Promise.all([this.#secret.refresh(Infinity), this.#blacklist.refresh(BLACKLIST_MS)]);
    if (this.#blacklist.peek()?.includes(read.id) === true) {
      await this.#blacklist.refresh(BLACKLIST_CONFIRM_MS);
    }
    const secret = this.#secret.peek();
    if (secret !== undefined && canVerify(read) && this.#foreign(read, secret) !== undefined) {
      await this.#secret.refresh(SECRET_CONFIRM_MS);
    }
    return this.#standing(read);
  }

  /** In lightningd's order: the blacklist comes before the secret. */
  #standing(read: ReadRune): Standing {
    if (this.#blacklist.peek()?.includes(read.id) === true) {
      return this.#blacklist.peek(BLACKLIST_CONFIRM_MS) === undefined
        ? 'unknown'
        : refusal(BLACKLISTED, 'Blacklisted rune');
    }
    const secret = this.#secret.peek();
    if (secret === undefined || !canVerify(read)) return 'unknown';
    const reason = this.#foreign(read, secret);
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

  /** Why a rune does not derive from the secret, in lightningd's words; nothing if it does. */
  #foreign(read: ReadRune, secret: RuneSecret): string | undefined {
    if (read.found?.secret !== secret) {
      read.found = { secret, foreign: secret.verify(read.rune) };
      if (read.found.foreign === undefined) this.#remember(read);
    }
    return read.found.foreign;
  }

  #read(text: string): ReadRune | Refusal {
    const known = this.#genuine.get(text);
    if (known !== undefined) {
      this.#genuine.delete(text);
      this.#genuine.set(text, known);
      return known;
    }
    const read = readRuneText(text);
    return read instanceof Refusal ? read : { ...read, text, found: undefined };
  }

  /** Only genuine runes: a stranger could fill the memory with others. */
  #remember(read: ReadRune): void {
    if (this.#genuine.has(read.text) || read.text.length > MAX_CHARACTERS) return;
    this.#genuine.set(read.text, read);
    this.#characters += read.text.length;
    for (const text of this.#genuine.keys()) {
      if (this.#genuine.size <= MAX_RUNES && this.#characters <= MAX_CHARACTERS) return;
      this.#genuine.delete(text);
      this.#characters -= text.length;
    }
  }

  #keep(secret: RuneSecret): RuneSecret {
    if (this.#current?.equals(secret) !== true) this.#current = secret;
    return this.#current ?? secret;
  }
}

function canVerify({ rune }: ReadRune): boolean {
  return rune.restrictions.length <= MAX_RESTRICTIONS;
}

function refusal(code: number, reason: string): Refusal {
  return Refusal.ofNode('rune_refused', { code, message: `Not authorized: ${reason}` });
}
