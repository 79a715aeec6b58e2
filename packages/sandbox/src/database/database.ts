import { closeSync, openSync } from 'node:fs';
import Libsql from 'libsql';
import { Row, type SqlValue } from './row.ts';

/** A prepared statement. */
export interface Statement {
  /** @returns how many rows changed */
  run(...parameters: SqlValue[]): number;
  first(...parameters: SqlValue[]): Row | undefined;
  /** The first row. @throws Error if the query returns none */
  one(...parameters: SqlValue[]): Row;
  all(...parameters: SqlValue[]): Row[];
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

function lazily<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
