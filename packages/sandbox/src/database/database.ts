import { closeSync, openSync } from 'node:fs';
import Libsql from 'libsql';
import { Row, type SqlValue } from './row.ts';

/** A prepared statement. Parameters are bound by position. */
export interface Statement {
  /** @returns the number of changed rows */
  run(...parameters: SqlValue[]): number;
  first(...parameters: SqlValue[]): Row | undefined;
  /** The first row. @throws Error if the query returns none */
  one(...parameters: SqlValue[]): Row;
  all(...parameters: SqlValue[]): Row[];
}

const BUSY_RETRY_MS = 2;

/**
 * The node's database: SQLite through libsql, used synchronously.
 *
 * In WAL mode with `synchronous=NORMAL`, a commit hands its data to the operating system. What the node has replied
 * therefore survives `kill -9`. A power loss can lose the last commits, but leaves the file consistent.
 */
export class Database {
  readonly #connection: Libsql.Database;
  readonly #begin: Statement;
  readonly #commit: Statement;
  readonly #rollback: Statement;
  /** The work of a transaction is running. */
  #isWorking = false;

  /** @param busyTimeoutMs - how long a write waits for another process. Default: not at all */
  constructor(path: string, busyTimeoutMs = 0) {
    // The file contains secrets. SQLite creates its other files with the same mode.
    closeSync(openSync(path, 'a', 0o600));
    this.#connection = new Libsql(path);
    this.#connection.defaultSafeIntegers(true);
    this.execute(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
    this.#useWal(busyTimeoutMs);
    this.execute('PRAGMA synchronous = NORMAL');
    this.execute('PRAGMA foreign_keys = ON');
    this.#begin = this.prepare('BEGIN IMMEDIATE');
    this.#commit = this.prepare('COMMIT');
    this.#rollback = this.prepare('ROLLBACK');
  }

  /** Whether the work of a transaction is running. */
  get isInTransaction(): boolean {
    return this.#isWorking;
  }

  prepare(sql: string): Statement {
    const statement = this.#connection.prepare<[SqlValue[]]>(sql);
    // Rows as arrays: libsql's objects carry metadata and take 40 % longer.
    const query = lazily(() => {
      const names = statement.columns().map(({ name }) => name);
      const positions = new Map(names.map((name, position) => [name, position]));
      const reader = statement.raw();
      return { reader, rowOf: (values: unknown) => new Row(values as SqlValue[], positions) };
    });
    const first = (parameters: SqlValue[]): Row | undefined => {
      const { reader, rowOf } = query();
      const values = reader.get(parameters);
      return values === undefined ? undefined : rowOf(values);
    };
    return {
      run: (...parameters) => {
        this.#requireTransaction();
        return statement.run(parameters).changes;
      },
      first: (...parameters) => first(parameters),
      one: (...parameters) => {
        const row = first(parameters);
        if (row === undefined) throw new Error(`the database returns no row for: ${sql}`);
        return row;
      },
      all: (...parameters) => {
        const { reader, rowOf } = query();
        return reader.all(parameters).map(rowOf);
      },
    };
  }

  /** Runs statements without using their results. */
  execute(sql: string): void {
    this.#requireTransaction();
    this.#connection.exec(sql);
  }

  /**
   * Runs the work in a transaction, and rolls it back if the work throws. A nested transaction is part of the outer one.
   *
   * Throws also if the commit fails. After any failure, the next transaction starts clean.
   */
  transaction<T>(work: () => T): T {
    if (this.#isWorking) return work();
    // A transaction is open here only if its rollback failed before.
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

  /** SQLite ignores `busy_timeout` if another process changes the mode of a new file at the same moment. */
  #useWal(busyTimeoutMs: number): void {
    const deadline = performance.now() + busyTimeoutMs;
    const pause = new Int32Array(new SharedArrayBuffer(4));
    for (;;) {
      try {
        this.execute('PRAGMA journal_mode = WAL');
        return;
      } catch (error) {
        const isBusy = (error as { code?: unknown }).code === 'SQLITE_BUSY';
        if (!isBusy || performance.now() > deadline) throw error;
        Atomics.wait(pause, 0, 0, BUSY_RETRY_MS);
      }
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
   * SQLite rolls back on its own when a disk is full or fails. If work caught that error and continued, its remaining
   * writes would be outside of any transaction (https://www.sqlite.org/lang_transaction.html).
   */
  #requireTransaction(): void {
    if (this.#isWorking && !this.#connection.inTransaction) {
      throw new Error('SQLite has rolled the transaction back');
    }
  }

  #endTransaction(): void {
    if (this.#connection.inTransaction) this.#rollback.run();
  }

  /** Keeps the reason for the rollback if the rollback fails, too. */
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

function lazily<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
