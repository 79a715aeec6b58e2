import type { Call, InvoiceReader } from '../call.ts';
import { RuneSyntaxError } from '../errors.ts';
import { uniqueIdNumber } from '../integers.ts';
import { Master } from '../master.ts';
import type { Restriction } from '../restriction.ts';
import { NOT_AUTHORIZED, type RuneRefusal, runeRefusal } from '../rune-refusal.ts';
import { Rune } from '../rune.ts';
import { addRange, applyChange, contains, type Range, removeRange } from './ranges.ts';
import type { RuneStore } from './store.ts';

/** The parts of an authority. */
export interface AuthorityParts {
  /** The rune secret: 32 bytes, or the 64 hex digits that `makesecret string=commando` returns. */
  readonly secret: Uint8Array | string;
  readonly store: RuneStore;
  /** Returns the time in nanoseconds since 1970. */
  readonly now: () => bigint;
  /** Reads invoices for `pinv…`. Without a reader, these restrictions never pass. */
  readonly readInvoice?: InvoiceReader;
  /**
   * The smallest unique id of new runes; defaults to 0. If a node uses the same secret, choose a number that the node
   * does not reach: runes with the same id share their rate limit and blacklist entry.
   */
  readonly firstId?: bigint;
}

/** The largest unique id that a node accepts. */
const LAST_ID = 2n ** 63n - 1n;

/** The facts about a rune that showrunes returns. */
export interface ShownRune {
  readonly rune: Rune;
  /** The text of the rune, as requested or issued. */
  readonly text: string;
  /** Whether the authority issued this rune, not only one that it derives from. */
  readonly stored: boolean;
  readonly blacklisted: boolean;
  /** Whether the rune derives from the secret. */
  readonly ours: boolean;
  /** When any rune with its id was last used, in nanoseconds since 1970. */
  readonly lastUsed: bigint | undefined;
}

/**
 * The first unique id that cannot be blacklisted. lightningd stores a bit for each smaller id.
 *
 * @example
 * ```ts
 * import { BLACKLIST_END, MemoryStore, RuneAuthority } from '@clnrest/runes';
 *
 * const secret = new Uint8Array(32).fill(7);
 * const authority = new RuneAuthority({ secret, store: new MemoryStore(), now: () => 0n });
 * // Every id that can be blacklisted:
 * authority.blacklist(0n, BLACKLIST_END - 1n);
 * authority.blacklisted; // => [{ first: 0n, last: 99_999_999n }]
 * ```
 */
export const BLACKLIST_END = 100_000_000n;

/**
 * Issues and checks runes, records their last use and keeps a blacklist. It implements `createrune`, `checkrune`,
 * `showrunes` and `blacklistrune` for any server.
 *
 * With a node's secret (`makesecret string=commando`), it issues and accepts runes of the node. It does not know the
 * node's state: blacklist the same ids again and set `firstId`. Each side counts only the uses that it sees, so that
 * `rate` and `per` of the node's runes take effect after their first use here. Two authorities that share a secret
 * must share a store, or they issue the same ids.
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
   * @throws {RuneSyntaxError} if the secret is malformed
   * @throws {RangeError} if `firstId` is not a valid unique id
   */
  constructor({ secret, store, now, readInvoice, firstId = 0n }: AuthorityParts) {
    if (firstId < 0n || firstId > LAST_ID) throw new RangeError(`firstId must be 0 to ${LAST_ID}`);
    this.#store = store;
    this.#now = now;
    this.#readInvoice = readInvoice;
    this.#master = new Master(typeof secret === 'string' ? bytesOfHex(secret) : secret);
    const next = (store.largestId() ?? -1n) + 1n;
    this.#nextId = next > firstId ? next : firstId;
    this.#blacklist = store.blacklist();
  }

  /**
   * Creates and stores a rune with the next unique id, starting at `firstId`.
   *
   * @throws {RangeError} if the largest id is already in use
   */
  create(restrictions: readonly Restriction[] = []): Rune {
    if (this.#nextId > LAST_ID) throw new RangeError('no unique id is left');
    const rune = this.#master.create(this.#nextId.toString(), restrictions);
    this.#store.insert(this.#nextId, rune.toBase64());
    this.#nextId++;
    return rune;
  }

  /**
   * Checks a call and records its use if the rune allows it. The store keeps the use before this method returns.
   * Failed checks do not count as uses. A rune without a numeric id is refused, since no authority issues one and its
   * uses cannot be counted.
   *
   * @returns the refusal, or undefined if the call is allowed
   * @throws {RuneSyntaxError} if the call's parameters are not a JSON object or array
   */
  refusalOrUse(rune: Rune, call: Omit<Call, 'now'>): RuneRefusal | undefined {
    const id = idNumberOf(rune);
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

  /** Returns the facts about any rune: issued here, derived or foreign. */
  show(rune: Rune, text = rune.toBase64()): ShownRune {
    const id = idNumberOf(rune);
    if (id === undefined) return this.#shown(rune, text, false, undefined);
    const stored = this.#store.get(id)?.text === text;
    return this.#shown(rune, text, stored, this.#store.lastUsed(id));
  }

  /** Yields the facts about all issued runes, oldest first. Reads the store lazily. */
  *showAll(): Generator<ShownRune> {
    for (const { text, lastUsed } of this.#store.all()) {
      yield this.#shown(Rune.fromBase64(text), text, true, lastUsed);
    }
  }

  /** The blacklisted unique ids: sorted, disjoint and never adjacent. */
  get blacklisted(): readonly Range[] {
    return this.#blacklist;
  }

  /** Revokes all runes with these unique ids, immediately and until `relist`. */
  blacklist(first: bigint, last: bigint = first): void {
    this.#change(addRange, first, last);
  }

  /** Removes unique ids from the blacklist. */
  relist(first: bigint, last: bigint = first): void {
    this.#change(removeRange, first, last);
  }

  #change(how: typeof addRange, first: bigint, last: bigint): void {
    if (first < 0n || last < first || last >= BLACKLIST_END) {
      throw new RangeError(`ids must be 0 to ${BLACKLIST_END - 1n}, in ascending order`);
    }
    const change = how(this.#blacklist, { first, last });
    this.#store.changeBlacklist(change.removed, change.added);
    this.#blacklist = applyChange(this.#blacklist, change);
  }

  #shown(rune: Rune, text: string, stored: boolean, lastUsed: bigint | undefined): ShownRune {
    const id = idNumberOf(rune);
    const blacklisted = id !== undefined && contains(this.#blacklist, id);
    const ours = this.#master.verify(rune) === undefined;
    return { rune, text, stored, blacklisted, ours, lastUsed };
  }
}

function idNumberOf({ uniqueId }: Rune): bigint | undefined {
  return uniqueId === undefined ? undefined : uniqueIdNumber(uniqueId);
}

function bytesOfHex(hex: string): Uint8Array {
  if (!/^(?:[0-9a-fA-F]{2})+$/.test(hex)) {
    throw new RuneSyntaxError('bad_secret', 'a rune secret must be hex digits');
  }
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
