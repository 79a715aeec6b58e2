import {
  checkRune,
  Master,
  uniqueIdNumber,
  type Call,
  type Refusal,
  type Restriction,
  type Rune,
} from '@clnrest/runes';
import { readBolt11 } from '@clnrest/runes/bolt11';
import { NANOSECONDS_PER_SECOND, type Clock } from '../clock.ts';
import {
  asInteger,
  asText,
  ifAny,
  type Database,
  type SqlRow,
  type Statement,
} from '../database/database.ts';
import { addRange, applyChange, contains, removeRange, type Range } from './ranges.ts';

/** A rune in the database. */
export interface StoredRune {
  /** As it was given out. */
  readonly text: string;
  /** Nanoseconds since 1970, by any rune with this one's unique id; undefined if never. */
  readonly lastUsed: bigint | undefined;
}

/** Unique ids from here on can't be blacklisted: lightningd keeps a bit for each below. */
export const BLACKLIST_END = 100_000_000n;

const PAGE = 200n;

/** Makes runes, knows its own, and remembers which were used when and which are blacklisted. */
export class RuneAuthority {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #master: Master;
  readonly #statements: Record<
    'insert' | 'byId' | 'use' | 'page' | 'unlist' | 'blacklist',
    Statement
  >;
  #nextId: bigint;
  #blacklist: readonly Range[];

  constructor(database: Database, clock: Clock, secret: Uint8Array) {
    this.#database = database;
    this.#clock = clock;
    this.#master = new Master(secret);
    this.#statements = {
      insert: database.prepare('INSERT INTO runes (id, rune) VALUES (?, ?)'),
      byId: database.prepare('SELECT rune, last_used_nsec FROM runes WHERE id = ?'),
      use: database.prepare('UPDATE runes SET last_used_nsec = ? WHERE id = ?'),
      page: database.prepare(
        'SELECT rune, last_used_nsec, id FROM runes WHERE id > ? ORDER BY id LIMIT ?',
      ),
      unlist: database.prepare('DELETE FROM rune_blacklist WHERE first = ?'),
      blacklist: database.prepare('INSERT INTO rune_blacklist (first, last) VALUES (?, ?)'),
    };
    const [largest] = database.prepare('SELECT MAX(id) FROM runes').first() ?? [];
    this.#nextId = (ifAny(largest, asInteger) ?? -1n) + 1n;
    this.#blacklist = database
      .prepare('SELECT first, last FROM rune_blacklist ORDER BY first')
      .all()
      .map(([first, last]) => ({ first: asInteger(first), last: asInteger(last) }));
  }

  /** A new rune with the next unique id, from 0 on. It is remembered. */
  create(restrictions: readonly Restriction[]): Rune {
    const rune = this.#master.create(this.#nextId.toString(), restrictions);
    this.#statements.insert.run(this.#nextId, rune.toBase64());
    this.#nextId++;
    return rune;
  }

  /**
   * Judges a call, and notes the use if it is allowed: before this returns, the use is where it
   * outlives the process.
   */
  check(rune: Rune, call: Omit<Call, 'now'>): Refusal | undefined {
    const now = this.#clock.now();
    const refusal = checkRune(
      this.#master,
      rune,
      { ...call, now },
      {
        isBlacklisted: (id) => this.#isBlacklisted(id),
        lastUsed: (id) => this.#lastUsed(id),
        readInvoice: readBolt11,
      },
    );
    const id = uniqueIdNumber(rune.uniqueId ?? '');
    if (refusal === undefined && id !== undefined) this.#statements.use.run(now, id);
    return refusal;
  }

  isOurs(rune: Rune): boolean {
    return this.#master.verify(rune) === undefined;
  }

  isBlacklisted(rune: Rune): boolean {
    return rune.uniqueId !== undefined && this.#isBlacklisted(rune.uniqueId);
  }

  /** The rune that was given out under a unique id. */
  stored(uniqueId: string): StoredRune | undefined {
    const id = uniqueIdNumber(uniqueId);
    const row = id === undefined ? undefined : this.#statements.byId.first(id);
    return row === undefined ? undefined : storedRune(row);
  }

  /** All that were given out, oldest first, read while they are asked for. */
  *all(): Generator<StoredRune> {
    let last = -1n;
    for (;;) {
      const page = this.#statements.page.all(last, PAGE);
      for (const row of page) {
        yield storedRune(row);
        last = asInteger(row[2]);
      }
      if (page.length < PAGE) return;
    }
  }

  /** Sorted, disjoint, never adjacent. */
  get blacklist(): readonly Range[] {
    return this.#blacklist;
  }

  /** Blacklists unique ids, or lists them again. All of it is remembered, or nothing. */
  changeBlacklist(range: Range, relist: boolean): void {
    const change = (relist ? removeRange : addRange)(this.#blacklist, range);
    this.#database.transaction(() => {
      for (const { first } of change.removed) this.#statements.unlist.run(first);
      for (const { first, last } of change.added) this.#statements.blacklist.run(first, last);
    });
    this.#blacklist = applyChange(this.#blacklist, change);
  }

  #isBlacklisted(uniqueId: string): boolean {
    const id = uniqueIdNumber(uniqueId);
    return id !== undefined && contains(this.#blacklist, id);
  }

  #lastUsed(uniqueId: string): bigint | undefined {
    return this.stored(uniqueId)?.lastUsed;
  }
}

const storedRune = (row: SqlRow): StoredRune => ({
  text: asText(row[0]),
  lastUsed: ifAny(row[1], asInteger),
});

/** The time in whole seconds, for `decode`, which says how far away a time is. */
export const wholeSeconds = (nanoseconds: bigint): bigint => nanoseconds / NANOSECONDS_PER_SECOND;
