import type { Database, Statement } from '../database/database.ts';
import type { Row } from '../database/row.ts';

/** The parts of a key: at least one, without zero bytes. */
export type DatastoreKey = readonly string[];

export interface DatastoreEntry {
  readonly key: DatastoreKey;
  readonly data: Buffer;
  /** The number of changes. */
  readonly generation: bigint;
}

/** Entries per database read: few, because entries can be large. */
const PAGE = 16n;
const SEPARATOR = '\0';

function joined(key: DatastoreKey): Buffer {
  return Buffer.from(key.join(SEPARATOR));
}

/** True if the key equals `start` or is below it. */
export function startsWith(key: DatastoreKey, start: DatastoreKey): boolean {
  return start.every((part, index) => key[index] === part);
}

/**
 * The node's datastore for plugins and users: bytes under hierarchical keys. The `datastore` command
 * ensures that an entry has no children.
 */
export class Datastore {
  readonly #statements: Record<'get' | 'page' | 'insert' | 'update' | 'remove', Statement>;

  constructor(database: Database) {
    this.#statements = {
      get: database.prepare('SELECT key, data, generation FROM datastore WHERE key = ?'),
      page: database.prepare(
        'SELECT key, data, generation FROM datastore WHERE key >= ? ORDER BY key LIMIT ?',
      ),
      insert: database.prepare('INSERT INTO datastore (key, data, generation) VALUES (?, ?, 0)'),
      update: database.prepare(
        'UPDATE datastore SET data = ?, generation = generation + 1 WHERE key = ?',
      ),
      remove: database.prepare('DELETE FROM datastore WHERE key = ?'),
    };
  }

  get(key: DatastoreKey): DatastoreEntry | undefined {
    const row = this.#statements.get.first(joined(key));
    return row === undefined ? undefined : entryOf(row);
  }

  /** Reads the entries at and below a key lazily, in order. */
  *beneath(key: DatastoreKey): Generator<DatastoreEntry> {
    let from = joined(key);
    for (;;) {
      const page = this.#statements.page.all(from, PAGE);
      for (const row of page) {
        const entry = entryOf(row);
        if (!startsWith(entry.key, key)) return;
        yield entry;
        // The next key in order of bytes.
        from = Buffer.concat([row.bytes('key'), Buffer.of(0)]);
      }
      if (page.length < PAGE) return;
    }
  }

  hasChildren(key: DatastoreKey): boolean {
    for (const entry of this.beneath(key)) {
      if (entry.key.length > key.length) return true;
    }
    return false;
  }

  create(key: DatastoreKey, data: Buffer): void {
    this.#statements.insert.run(joined(key), data);
  }

  update(key: DatastoreKey, data: Buffer): void {
    this.#statements.update.run(data, joined(key));
  }

  remove(key: DatastoreKey): void {
    this.#statements.remove.run(joined(key));
  }
}

function entryOf(row: Row): DatastoreEntry {
  return {
    key: row.bytes('key').toString('utf8').split(SEPARATOR),
    data: row.bytes('data'),
    generation: row.integer('generation'),
  };
}
