import type { RuneRange, RuneStore, StoredRune } from '@clnrest/runes';
import type { Database, Statement } from '../database/database.ts';
import type { Row } from '../database/row.ts';

const PAGE = 200n;

/**
 * Stores runes, their last use and the blacklist in the database of the node.
 *
 * Like lightningd, the store does not record uses of an id that this node did not assign: `rate` and
 * `per` always allow a rune that another program created with the same secret.
 */
export class DatabaseRuneStore implements RuneStore {
  readonly #database: Database;
  readonly #statements: Record<
    'insert' | 'byId' | 'use' | 'page' | 'largest' | 'blacklist' | 'unlist' | 'list',
    Statement
  >;

  constructor(database: Database) {
    this.#database = database;
    this.#statements = {
      insert: database.prepare('INSERT INTO runes (id, rune) VALUES (?, ?)'),
      byId: database.prepare('SELECT rune, last_used_nsec FROM runes WHERE id = ?'),
      use: database.prepare('UPDATE runes SET last_used_nsec = ? WHERE id = ?'),
      page: database.prepare(
        'SELECT rune, last_used_nsec, id FROM runes WHERE id > ? ORDER BY id LIMIT ?',
      ),
      largest: database.prepare('SELECT MAX(id) AS largest FROM runes'),
      blacklist: database.prepare('SELECT first, last FROM rune_blacklist ORDER BY first'),
      unlist: database.prepare('DELETE FROM rune_blacklist WHERE first = ?'),
      list: database.prepare('INSERT INTO rune_blacklist (first, last) VALUES (?, ?)'),
    };
  }

  largestId(): bigint | undefined {
    return this.#statements.largest.one().optionalInteger('largest');
  }

  insert(uniqueId: bigint, text: string): void {
    this.#statements.insert.run(uniqueId, text);
  }

  get(uniqueId: bigint): StoredRune | undefined {
    const row = this.#statements.byId.first(uniqueId);
    return row === undefined ? undefined : storedRune(row);
  }

  *all(): Generator<StoredRune> {
    let last = -1n;
    for (;;) {
      const page = this.#statements.page.all(last, PAGE);
      for (const row of page) {
        yield storedRune(row);
        last = row.integer('id');
      }
      if (page.length < PAGE) return;
    }
  }

  used(uniqueId: bigint, now: bigint): void {
    this.#statements.use.run(now, uniqueId);
  }

  lastUsed(uniqueId: bigint): bigint | undefined {
    return this.get(uniqueId)?.lastUsed;
  }

  blacklist(): readonly RuneRange[] {
    return this.#statements.blacklist
      .all()
      .map((row) => ({ first: row.integer('first'), last: row.integer('last') }));
  }

  changeBlacklist(removed: readonly RuneRange[], added: readonly RuneRange[]): void {
    this.#database.transaction(() => {
      for (const { first } of removed) this.#statements.unlist.run(first);
      for (const { first, last } of added) this.#statements.list.run(first, last);
    });
  }
}

function storedRune(row: Row): StoredRune {
  return {
    text: row.text('rune'),
    lastUsed: row.optionalInteger('last_used_nsec'),
  };
}
