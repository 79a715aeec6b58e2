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
 *
 * @example
 * ```ts
 * import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
 * import { MemoryStore, Restriction, RuneAuthority } from '@clnrest/runes';
 * import type { RuneRange, RuneStore, StoredRune } from '@clnrest/runes';
 *
 * // For some runes: all of it is written anew each time, to a file that takes the old one's place.
 * class FileStore implements RuneStore {
 *   runes = new Map<string, string>();
 *   uses = new Map<string, string>();
 *   ranges: readonly RuneRange[] = [];
 *
 *   constructor(readonly path: string) {
 *     if (!existsSync(path)) return;
 *     const { runes, uses, ranges } = JSON.parse(readFileSync(path, 'utf8'));
 *     this.runes = new Map(runes);
 *     this.uses = new Map(uses);
 *     this.ranges = ranges.map(([first, last]) => ({ first: BigInt(first), last: BigInt(last) }));
 *   }
 *   #save() {
 *     const ranges = this.ranges.map(({ first, last }) => [`${first}`, `${last}`]);
 *     const text = JSON.stringify({ runes: [...this.runes], uses: [...this.uses], ranges });
 *     writeFileSync(`${this.path}.new`, text, { mode: 0o600, flush: true });
 *     renameSync(`${this.path}.new`, this.path);
 *   }
 *   largestId() {
 *     const ids = [...this.runes.keys()].map(BigInt);
 *     return ids.reduce((a, b) => (a === undefined || b > a ? b : a), undefined);
 *   }
 *   insert(id: bigint, text: string) {
 *     this.runes.set(`${id}`, text);
 *     this.#save();
 *   }
 *   get(id: bigint): StoredRune | undefined {
 *     const text = this.runes.get(`${id}`);
 *     return text === undefined ? undefined : { text, lastUsed: this.lastUsed(id) };
 *   }
 *   all() {
 *     return [...this.runes].map(([id, text]) => ({ text, lastUsed: this.lastUsed(BigInt(id)) }));
 *   }
 *   used(id: bigint, now: bigint) {
 *     this.uses.set(`${id}`, `${now}`);
 *     this.#save();
 *   }
 *   lastUsed(id: bigint) {
 *     const time = this.uses.get(`${id}`);
 *     return time === undefined ? undefined : BigInt(time);
 *   }
 *   blacklist() {
 *     return this.ranges;
 *   }
 *   changeBlacklist(removed: readonly RuneRange[], added: readonly RuneRange[]) {
 *     const gone = new Set(removed.map(({ first }) => first));
 *     const kept = this.ranges.filter(({ first }) => !gone.has(first));
 *     this.ranges = [...kept, ...added].sort((a, b) => (a.first < b.first ? -1 : 1));
 *     this.#save();
 *   }
 * }
 *
 * const path = `${process.env.TMPDIR ?? '/tmp'}/runes-${process.pid}.json`;
 * const parts = { secret: new Uint8Array(32).fill(7), now: () => 0n };
 * const first = new RuneAuthority({ ...parts, store: new FileStore(path) });
 * const rune = first.create([Restriction.of('per=1day')]);
 * first.refusalOrUse(rune, {}); // => undefined
 * first.blacklist(5n, 7n);
 *
 * const restarted = new RuneAuthority({ ...parts, store: new FileStore(path) });
 * restarted.refusalOrUse(rune, {})?.message; // => 'Not permitted: too soon'
 * restarted.show(rune).stored; // => true
 * restarted.blacklisted; // => [{ first: 5n, last: 7n }]
 * restarted.create().uniqueId; // => '1'
 * rmSync(path);
 * ```
 */
export interface RuneStore {
  /** The largest unique id that was given out; undefined where none was. */
  largestId(): bigint | undefined;
  /** Keeps a rune that was given out. */
  insert(uniqueId: bigint, text: string): void;
  /** The rune that was given out with this id. */
  get(uniqueId: bigint): StoredRune | undefined;
  /** All that were given out, oldest first. */
  all(): Iterable<StoredRune>;
  /**
   * Notes a use of an id: one that was given out, or one of a genuine rune that was made elsewhere with
   * the same secret. A store that forgets the latter leaves their `rate` and `per` without effect.
   */
  used(uniqueId: bigint, now: bigint): void;
  /** The last `now` that was noted for this id, given out here or not. */
  lastUsed(uniqueId: bigint): bigint | undefined;
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
  readonly #runes = new Map<bigint, string>();
  readonly #uses = new Map<bigint, bigint>();
  #blacklist: readonly Range[] = [];

  largestId(): bigint | undefined {
    return [...this.#runes.keys()].reduce<bigint | undefined>(
      (largest, id) => (largest === undefined || id > largest ? id : largest),
      undefined,
    );
  }

  insert(uniqueId: bigint, text: string): void {
    this.#runes.set(uniqueId, text);
  }

  get(uniqueId: bigint): StoredRune | undefined {
    const text = this.#runes.get(uniqueId);
    return text === undefined ? undefined : { text, lastUsed: this.lastUsed(uniqueId) };
  }

  *all(): Generator<StoredRune> {
    for (const [uniqueId, text] of this.#runes) yield { text, lastUsed: this.lastUsed(uniqueId) };
  }

  used(uniqueId: bigint, now: bigint): void {
    this.#uses.set(uniqueId, now);
  }

  lastUsed(uniqueId: bigint): bigint | undefined {
    return this.#uses.get(uniqueId);
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
