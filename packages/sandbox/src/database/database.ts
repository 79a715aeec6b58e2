import { closeSync, openSync } from 'node:fs';
import Libsql from 'libsql';

/** A value that SQLite stores. Integers are bigints: msat exceed 2^53. */
type SqlValue = bigint | string | Uint8Array | null;

/** One row, its columns in the order of the query. */
export type SqlRow = readonly SqlValue[];

/** A prepared statement. */
export interface Statement {
  /** @returns how many rows changed */
  run(...parameters: SqlValue[]): number;
  first(...parameters: SqlValue[]): SqlRow | undefined;
  all(...parameters: SqlValue[]): SqlRow[];
}

/**
 * The node's database: SQLite through libsql, for synchronous use.
 *
 * It is in WAL mode with `synchronous=NORMAL`: a commit is a write that the operating system has,
 * so what was answered outlives the process however it dies, `kill -9` included. Only a machine
 * that loses power may lose the last moments; the file stays consistent then, too.
 */
export class Database {
  readonly #connection: Libsql.Database;
  readonly #begin: Statement;
  readonly #commit: Statement;
  readonly #rollback: Statement;
  /** Work runs that is to be a transaction. */
  #isWorking = false;

  constructor(path: string) {
    // It holds the secret of runes; SQLite's other files take over the mode of this one.
    closeSync(openSync(path, 'a', 0o600));
    this.#connection = new Libsql(path);
    this.#connection.defaultSafeIntegers(true);
    this.execute('PRAGMA journal_mode = WAL');
    this.execute('PRAGMA synchronous = NORMAL');
    this.execute('PRAGMA foreign_keys = ON');
    this.#begin = this.prepare('BEGIN IMMEDIATE');
    this.#commit = this.prepare('COMMIT');
    this.#rollback = this.prepare('ROLLBACK');
  }

  prepare(sql: string): Statement {
    const statement = this.#connection.prepare<[SqlValue[]]>(sql);
    // Rows as arrays: as objects they carry libsql's own metadata and cost more.
    let raw: typeof statement | undefined;
    const reader = (): typeof statement => (raw ??= statement.raw());
    return {
      run: (...parameters) => {
        this.#requireTransaction();
        return statement.run(parameters).changes;
      },
      first: (...parameters) => reader().get(parameters) as SqlRow | undefined,
      all: (...parameters) => reader().all(parameters) as SqlRow[],
    };
  }

  /** Runs statements that answer nothing that matters. */
  execute(sql: string): void {
    this.#requireTransaction();
    this.#connection.exec(sql);
  }

  /**
   * All of it or, if it throws, nothing. A transaction in a transaction is part of it.
   *
   * It also throws if nothing could be committed. Whatever fails, the next transaction starts afresh.
   */
  transaction<T>(work: () => T): T {
    if (this.#isWorking) return work();
    // Left only by a rollback that failed: whatever made it fail may be over.
    this.#endTransaction();
    this.#begin.run();
    try {
      const result = this.#work(work);
      this.#commit.run();
      return result;
    } catch (error) {
      this.#rollBackAfter(error);
      throw error;
    }
  }

  #work<T>(work: () => T): T {
    this.#isWorking = true;
    try {
      const result = work();
      this.#requireTransaction();
      return result;
    } finally {
      this.#isWorking = false;
    }
  }

  /**
   * SQLite rolls back by itself when a disk is full or fails. Work that caught the error and went on
   * would write the rest of it outside of any transaction (https://www.sqlite.org/lang_transaction.html).
   */
  #requireTransaction(): void {
    if (this.#isWorking && !this.#connection.inTransaction) {
      throw new Error('SQLite has rolled the transaction back');
    }
  }

  #endTransaction(): void {
    if (this.#connection.inTransaction) this.#rollback.run();
  }

  /** A rollback that fails must not hide why it was needed. */
  #rollBackAfter(reason: unknown): void {
    try {
      this.#endTransaction();
    } catch (error) {
      if (reason instanceof Error) reason.cause ??= error;
    }
  }

  close(): void {
    this.#connection.close();
  }
}

const mismatch = (value: SqlValue | undefined, wanted: string): TypeError =>
  new TypeError(
    `the database holds ${value === null ? 'null' : typeof value} instead of ${wanted}`,
  );

export const asInteger = (value: SqlValue | undefined): bigint => {
  if (typeof value !== 'bigint') throw mismatch(value, 'an integer');
  return value;
};

export const asText = (value: SqlValue | undefined): string => {
  if (typeof value !== 'string') throw mismatch(value, 'text');
  return value;
};

export const asBytes = (value: SqlValue | undefined): Buffer => {
  if (!(value instanceof Uint8Array)) throw mismatch(value, 'bytes');
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
};

/** As the other readers, but null is nothing. */
export const ifAny = <T>(
  value: SqlValue | undefined,
  read: (value: SqlValue | undefined) => T,
): T | undefined => (value === null ? undefined : read(value));

/** SQLite's integers have a sign; amounts have not, and use all 64 bits. */
export const fromUnsigned = (value: bigint): bigint => BigInt.asIntN(64, value);

export const asUnsigned = (value: SqlValue | undefined): bigint =>
  BigInt.asUintN(64, asInteger(value));
