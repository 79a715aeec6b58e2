import type { Database, Statement } from './database.ts';

/** Single values that outlive the process. */
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

  /** Counts up, from 1. @returns the number that was not given out before */
  next(name: string): bigint {
    const value = this.integer(name, 0n) + 1n;
    this.setInteger(name, value);
    return value;
  }

  /** Bytes that are made once, when they are first asked for. */
  bytes(name: string, make: () => Uint8Array): Buffer {
    const row = this.#read.first(name);
    if (row !== undefined) return row.bytes('value');
    const made = Buffer.from(make());
    this.#write.run(name, made);
    return made;
  }
}
