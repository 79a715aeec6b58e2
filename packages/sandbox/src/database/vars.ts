import type { Database, Statement } from './database.ts';

/** Named counters and secrets in the database. */
export class Vars {
  readonly #read: Statement;
  readonly #write: Statement;

  constructor(database: Database) {
    this.#read = database.prepare('SELECT value FROM vars WHERE name = ?');
    this.#write = database.prepare(
      'INSERT INTO vars (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    );
  }

  integer(name: string, fallback: bigint): bigint {
    const row = this.#read.first(name);
    return row === undefined ? fallback : row.integer('value');
  }

  setInteger(name: string, value: bigint): void {
    this.#write.run(name, value);
  }

  /** Increments a counter, which starts at 0. @returns its new value */
  next(name: string): bigint {
    const value = this.integer(name, 0n) + 1n;
    this.setInteger(name, value);
    return value;
  }

  /** The stored bytes; creates them on the first call. */
  bytes(name: string, create: () => Uint8Array): Buffer {
    const row = this.#read.first(name);
    if (row !== undefined) return row.bytes('value');
    const created = Buffer.from(create());
    this.#write.run(name, created);
    return created;
  }
}
