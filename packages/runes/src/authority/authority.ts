import type { Call, InvoiceReader } from '../call.ts';
import { RuneSyntaxError } from '../errors.ts';
import { uniqueIdNumber } from '../integers.ts';
import { Master } from '../master.ts';
import type { Restriction } from '../restriction.ts';
import { NOT_AUTHORIZED, type RuneRefusal, runeRefusal } from '../rune-refusal.ts';
import { Rune } from '../rune.ts';
import { addRange, applyChange, contains, type Range, removeRange } from './ranges.ts';
import type { RuneStore } from './store.ts';

/** What an authority is made of. */
export interface AuthorityParts {
  /** The rune secret: 32 bytes, or what a node's `makesecret string=commando` printed, 64 hex digits. */
  readonly secret: Uint8Array | string;
  readonly store: RuneStore;
  /** The time in nanoseconds since 1970. */
  readonly now: () => bigint;
  /** Reads invoices for `pinv…`; without it such restrictions never pass. */
  readonly readInvoice?: InvoiceReader;
  /**
   * New runes have no smaller unique id, 0 by default. With the secret of a node that has made runes, a
   * number that it will not come to: runes with one id share their rate and their blacklisting.
   */
  readonly firstId?: bigint;
}

/** Larger numbers a node does not take for an id. */
const LAST_ID = 2n ** 63n - 1n;

/** What an authority knows of a rune: showrunes' facts. */
export interface ShownRune {
  readonly rune: Rune;
  /** As it was asked for, or given out. */
  readonly text: string;
  /** Whether exactly this rune was given out, and not one derived from it. */
  readonly stored: boolean;
  readonly blacklisted: boolean;
  /** Whether it derives from the secret. */
  readonly ours: boolean;
  /** When any rune with its id was last used, in nanoseconds since 1970. */
  readonly lastUsed: bigint | undefined;
}

/**
 * Unique ids from here on can't be blacklisted: lightningd keeps a bit for each below.
 *
 * @example
 * ```ts
 * import { BLACKLIST_END, MemoryStore, RuneAuthority } from '@clnrest/runes';
 *
 * const secret = new Uint8Array(32).fill(7);
 * const authority = new RuneAuthority({ secret, store: new MemoryStore(), now: () => 0n });
 * // Every rune that can be:
 * authority.blacklist(0n, BLACKLIST_END - 1n);
 * authority.blacklisted; // => [{ first: 0n, last: 99_999_999n }]
 * ```
 */
export const BLACKLIST_END = 100_000_000n;

/**
 * Makes runes, knows its own, and remembers which were used when and which are blacklisted: what a node
 * does with `createrune`, `checkrune`, `showrunes` and `blacklistrune`, for any server.
 *
 * With a node's own secret (`makesecret string=commando`) it makes and accepts the node's runes. That is
 * all that a secret tells: blacklist again what the node has blacklisted, give a `firstId`, and know that
 * each side counts the uses that it sees. `rate` and `per` of the node's runes hold from their first use
 * here on. Two authorities that share a secret must share the store, too, or they give out the same ids.
 *
 * @example
 * ```ts
 * import { MemoryStore, Restriction, RuneAuthority } from '@clnrest/runes';
 *
 * let now = 1_700_000_000_000_000_000n;
 * const secret = '58f50870a171c66107958141e0af76384c5fe0e616d8416c803d89579dcabe90';
 * const authority = new RuneAuthority({ secret, store: new MemoryStore(), now: () => now });
 * const rune = authority.create([Restriction.of('method=getinfo'), Restriction.of('rate=60')]);
 * rune.uniqueId; // => '0'
 * authority.refusalOrUse(rune, { method: 'getinfo' }); // => undefined
 * authority.refusalOrUse(rune, { method: 'getinfo' })?.message; // => 'Not permitted: too soon'
 * now += 1_000_000_000n;
 * authority.refusalOrUse(rune, { method: 'getinfo' }); // => undefined
 * authority.blacklist(0n);
 * authority.refusalOrUse(rune, { method: 'getinfo' })?.code; // => 1503
 * ```
 */
export class RuneAuthority {
  readonly #store: RuneStore;
  readonly #now: () => bigint;
  readonly #readInvoice: InvoiceReader | undefined;
  readonly #master: Master;
  #nextId: bigint;
  #blacklist: readonly Range[];

  /**
   * @throws {RuneSyntaxError} for a secret that is none
   * @throws {RangeError} for a `firstId` that is no unique id
   */
  constructor({ secret, store, now, readInvoice, firstId = 0n }: AuthorityParts) {
    if (firstId < 0n || firstId > LAST_ID) throw new RangeError(`firstId: 0 to ${LAST_ID}`);
    this.#store = store;
    this.#now = now;
    this.#readInvoice = readInvoice;
    this.#master = new Master(typeof secret === 'string' ? bytesOfHex(secret) : secret);
    const next = (store.largestId() ?? -1n) + 1n;
    this.#nextId = next > firstId ? next : firstId;
    this.#blacklist = store.blacklist();
  }

  /**
   * A new rune with the next unique id, from `firstId` on. It is remembered.
   *
   * @throws {RangeError} where the largest id is given out already
   */
  create(restrictions: readonly Restriction[] = []): Rune {
    if (this.#nextId > LAST_ID) throw new RangeError('no unique id is left');
    const rune = this.#master.create(this.#nextId.toString(), restrictions);
    this.#store.insert(this.#nextId, rune.toBase64());
    this.#nextId++;
    return rune;
  }

  /**
   * Judges a call, and notes its use if it is allowed: before this returns, the use is where it outlives
   * the process. Failed checks are no use. A rune whose id is no number is refused, genuine or not: no
   * authority makes such, and its uses could not be counted.
   *
   * @returns the refusal, or undefined if the call is allowed and its use noted
   * @throws {RuneSyntaxError} where the call's parameters are not a JSON object or array
   */
  refusalOrUse(rune: Rune, call: Omit<Call, 'now'>): RuneRefusal | undefined {
    const id = numberOf(rune);
    if (id === undefined) {
      return {
        code: NOT_AUTHORIZED,
        message: 'Not authorized: should have valid numeric unique_id',
      };
    }
    const now = this.#now();
    const refusal = runeRefusal(
      this.#master,
      rune,
      { ...call, now },
      {
        isBlacklisted: () => contains(this.#blacklist, id),
        lastUsed: () => this.#store.lastUsed(id),
        readInvoice: this.#readInvoice,
      },
    );
    if (refusal === undefined) this.#store.used(id, now);
    return refusal;
  }

  /** What is known of a rune, its own, a derived one or a foreign one. */
  show(rune: Rune, text = rune.toBase64()): ShownRune {
    const id = numberOf(rune);
    if (id === undefined) return this.#shown(rune, text, false, undefined);
    const stored = this.#store.get(id)?.text === text;
    return this.#shown(rune, text, stored, this.#store.lastUsed(id));
  }

  /** What is known of all that were given out, oldest first, read while they are asked for. */
  *showAll(): Generator<ShownRune> {
    for (const { text, lastUsed } of this.#store.all()) {
      yield this.#shown(Rune.fromBase64(text), text, true, lastUsed);
    }
  }

  /** Blacklisted unique ids: sorted, disjoint, never adjacent. */
  get blacklisted(): readonly Range[] {
    return this.#blacklist;
  }

  /** Takes back all runes with these unique ids, for good or until `relist`. It works at once. */
  blacklist(first: bigint, last: bigint = first): void {
    this.#change(addRange, first, last);
  }

  /** Takes unique ids from the blacklist. */
  relist(first: bigint, last: bigint = first): void {
    this.#change(removeRange, first, last);
  }

  #change(how: typeof addRange, first: bigint, last: bigint): void {
    if (first < 0n || last < first || last >= BLACKLIST_END) {
      throw new RangeError(`ids from 0 to ${BLACKLIST_END - 1n}, the first before the last`);
    }
    const change = how(this.#blacklist, { first, last });
    this.#store.changeBlacklist(change.removed, change.added);
    this.#blacklist = applyChange(this.#blacklist, change);
  }

  #shown(rune: Rune, text: string, stored: boolean, lastUsed: bigint | undefined): ShownRune {
    const id = numberOf(rune);
    const blacklisted = id !== undefined && contains(this.#blacklist, id);
    const ours = this.#master.verify(rune) === undefined;
    return { rune, text, stored, blacklisted, ours, lastUsed };
  }
}

function numberOf({ uniqueId }: Rune): bigint | undefined {
  return uniqueId === undefined ? undefined : uniqueIdNumber(uniqueId);
}

function bytesOfHex(hex: string): Uint8Array {
  if (!/^(?:[0-9a-fA-F]{2})+$/.test(hex)) {
    throw new RuneSyntaxError('bad_secret', 'a rune secret is written in hex digits');
  }
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
