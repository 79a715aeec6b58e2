import type { Range } from './ranges.ts';

/** An issued rune. */
export interface StoredRune {
  /** The issued rune in base64url. */
  readonly text: string;
  /** When a rune with its unique id was last used, in nanoseconds since 1970; undefined if never. */
  readonly lastUsed: bigint | undefined;
}

/**
 * Persistent storage of an authority. A write must survive the process before the method returns: an id issued twice,
 * or a lost use, is a security hole.
 *
 * The methods are synchronous, so that checking a call and recording its use are one step: of two simultaneous calls
 * with a `rate` rune, one passes.
 *
 * @example
 * ```ts
 * import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
 * import { MemoryStore, Restriction, RuneAuthority } from '@clnrest/runes';
 * import type { RuneRange, RuneStore, StoredRune } from '@clnrest/runes';
 *
 * // For few runes: each change writes a new file, which then replaces the old one.
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
  /** Returns the largest issued unique id; undefined if none exists. */
  largestId(): bigint | undefined;
  /** Stores an issued rune. */
  insert(uniqueId: bigint, text: string): void;
  /** Returns the rune issued with this id. */
  get(uniqueId: bigint): StoredRune | undefined;
  /** Returns all issued runes, oldest first. */
  all(): Iterable<StoredRune>;
  /**
   * Records a use of an id, also of a genuine rune that was issued elsewhere with the same secret. A store that drops
   * the latter makes `rate` and `per` of these runes ineffective.
   */
  used(uniqueId: bigint, now: bigint): void;
  /** Returns the last `now` recorded for this id, whether or not the id was issued here. */
  lastUsed(uniqueId: bigint): bigint | undefined;
  /** Returns the blacklist: sorted, disjoint and never adjacent. */
  blacklist(): readonly Range[];
  /** Replaces ranges of the blacklist atomically. */
  changeBlacklist(removed: readonly Range[], added: readonly Range[]): void;
}

/**
 * A store in memory, for tests and for pages.
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
