import type { Range } from './ranges.ts';

/** A rune that was given out. */
export interface StoredRune {
  /** As it was given out, base64. */
  readonly text: string;
  /** When a rune with its unique id was last used, in nanoseconds since 1970; undefined if never. */
  readonly lastUsed: bigint | undefined;
}

/**
 * Where an authority keeps what must not be forgotten. Each method returns when it is done, and what it
 * wrote must outlive the process: an id given out twice, or a use forgotten, is a hole.
 *
 * The methods are synchronous, so that judging and noting the use are one step: of two calls at once
 * with a `rate` rune, one passes.
 */
export interface RuneStore {
  /** The largest unique id that was given out; undefined where none was. */
  largestId(): bigint | undefined;
  insert(uniqueId: bigint, text: string): void;
  get(uniqueId: bigint): StoredRune | undefined;
  /** All that were given out, oldest first. */
  all(): Iterable<StoredRune>;
  /** Notes a use. An id that was never given out is none of the store's business. */
  used(uniqueId: bigint, now: bigint): void;
  /** The blacklist: sorted, disjoint, never adjacent. */
  blacklist(): readonly Range[];
  /** Replaces some ranges of the blacklist by others: all of it happens, or nothing. */
  changeBlacklist(removed: readonly Range[], added: readonly Range[]): void;
}

/**
 * A store that forgets when the process ends, for tests and for pages.
 *
 * @example
 * ```ts
 * import { MemoryStore } from '@clnrest/runes';
 *
 * const store = new MemoryStore();
 * store.insert(0n, 'a rune');
 * store.largestId(); // => 0n
 * ```
 */
export class MemoryStore implements RuneStore {
  readonly #runes = new Map<bigint, StoredRune>();
  #blacklist: readonly Range[] = [];

  largestId(): bigint | undefined {
    return [...this.#runes.keys()].reduce<bigint | undefined>(
      (largest, id) => (largest === undefined || id > largest ? id : largest),
      undefined,
    );
  }

  insert(uniqueId: bigint, text: string): void {
    this.#runes.set(uniqueId, { text, lastUsed: undefined });
  }

  get(uniqueId: bigint): StoredRune | undefined {
    return this.#runes.get(uniqueId);
  }

  all(): Iterable<StoredRune> {
    return this.#runes.values();
  }

  used(uniqueId: bigint, now: bigint): void {
    const rune = this.#runes.get(uniqueId);
    if (rune !== undefined) this.#runes.set(uniqueId, { ...rune, lastUsed: now });
  }

  blacklist(): readonly Range[] {
    return this.#blacklist;
  }

  changeBlacklist(removed: readonly Range[], added: readonly Range[]): void {
    const kept = this.#blacklist.filter(
      (range) => !removed.some(({ first, last }) => range.first === first && range.last === last),
    );
    this.#blacklist = [...kept, ...added].toSorted((a, b) => (a.first < b.first ? -1 : 1));
  }
}
