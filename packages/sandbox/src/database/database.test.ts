import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryDirectory } from '@clnrest/testing';
import { Database } from './database.ts';

const TABLES = `
  CREATE TABLE parents (id INTEGER PRIMARY KEY);
  CREATE TABLE children (parent REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED);
  CREATE TABLE blobs (bytes BLOB);
`;

async function openDatabase(path?: string): Promise<{ database: Database; path: string }> {
  const file = path ?? join(temporaryDirectory(), 'test.sqlite3');
  const database = new Database(file);
  onTestFinished(() => database.close());
  if (path === undefined) database.execute(TABLES);
  return { database, path: file };
}

function parents(database: Database): bigint[] {
  return database
    .prepare('SELECT id FROM parents ORDER BY id')
    .all()
    .map((row) => row.integer('id'));
}

/** Another transaction works, and the table has only its rows. */
function expectUsable(database: Database): void {
  const insert = database.prepare('INSERT INTO parents VALUES (?)');
  database.transaction(() => insert.run(99n));
  expect(parents(database)).toEqual([99n]);
  expect(() =>
    database.transaction(() => {
      insert.run(100n);
      throw new Error('rolled back on purpose');
    }),
  ).toThrow('rolled back on purpose');
  expect(parents(database)).toEqual([99n]);
}

describe('a transaction', () => {
  test('is rolled back if the commit fails, and the next one works', async () => {
    const { database } = await openDatabase();
    expect(() =>
      database.transaction(() => database.execute('INSERT INTO children VALUES (5)')),
    ).toThrow('FOREIGN KEY constraint failed');
    expect(database.prepare('SELECT * FROM children').all()).toEqual([]);
    expectUsable(database);
  });

  test('is rolled back if the disk has no room, and fails with that reason', async () => {
    const { database } = await openDatabase();
    database.execute('PRAGMA max_page_count = 10');
    expect(() =>
      database.transaction(() => {
        database.execute('INSERT INTO parents VALUES (1)');
        database.execute('INSERT INTO blobs VALUES (zeroblob(1000000))');
      }),
    ).toThrow('database or disk is full');
    expectUsable(database);
  });

  test.each([
    ['the disk is full', 'INSERT INTO blobs VALUES (zeroblob(1000000))'],
    ['a statement requests it', 'INSERT OR ROLLBACK INTO parents VALUES (1)'],
  ])('fails if SQLite rolls it back because %s', async (_why, failing) => {
    const { database } = await openDatabase();
    database.execute('PRAGMA max_page_count = 10');
    const insert = database.prepare('INSERT INTO parents VALUES (?)');
    const failed = (): void => {
      insert.run(1n);
      expect(() => database.execute(failing)).toThrow(/is full|UNIQUE/);
    };
    expect(() =>
      database.transaction(() => {
        failed();
        insert.run(2n);
      }),
    ).toThrow('SQLite has rolled the transaction back');
    expect(() => database.transaction(failed)).toThrow('SQLite has rolled the transaction back');
    expect(parents(database)).toEqual([]);
    expectUsable(database);
  });

  test('runs no work if it cannot begin, and works later', async () => {
    const { database, path } = await openDatabase();
    const other = (await openDatabase(path)).database;
    other.execute('BEGIN IMMEDIATE');
    let ran = false;
    expect(() => database.transaction(() => (ran = true))).toThrow('database is locked');
    expect(ran).toBe(false);
    other.execute('ROLLBACK');
    expectUsable(database);
  });

  test('is rolled back as a whole if a nested one fails', async () => {
    const { database } = await openDatabase();
    const insert = database.prepare('INSERT INTO parents VALUES (?)');
    expect(() =>
      database.transaction(() => {
        insert.run(1n);
        database.transaction(() => {
          insert.run(2n);
          throw new Error('no');
        });
      }),
    ).toThrow('no');
    expectUsable(database);
  });

  test('works after one that was left open', async () => {
    const { database } = await openDatabase();
    database.execute('BEGIN; INSERT INTO parents VALUES (1)');
    expectUsable(database);
  });

  test('returns the result of its work', async () => {
    const { database } = await openDatabase();
    expect(database.transaction(() => database.transaction(() => 5))).toBe(5);
  });
});

/** Holds a write lock on a new file, as a process that creates the same database does. */
const HOLD_LOCK = `
const { parentPort, workerData: { libsql, path } } = require('node:worker_threads');
const Libsql = require(libsql);
const connection = new Libsql(path);
connection.exec('BEGIN IMMEDIATE');
parentPort.postMessage('locked');
// The constructor blocks the thread of the test, which cannot report that it waits.
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
connection.exec('ROLLBACK');
connection.close();
`;

test('waits for another process that creates the same file', async () => {
  const path = join(temporaryDirectory(), 'test.sqlite3');
  const libsql = createRequire(import.meta.url).resolve('libsql');
  const lock = async (): Promise<{ released: Promise<unknown> }> => {
    const worker = new Worker(HOLD_LOCK, { eval: true, workerData: { libsql, path } });
    const released = once(worker, 'exit');
    await once(worker, 'message');
    return { released };
  };
  const first = await lock();
  expect(() => new Database(path)).toThrow('database is locked');
  await first.released;
  const second = await lock();
  const database = new Database(path, 20_000);
  onTestFinished(() => database.close());
  database.execute(TABLES);
  expectUsable(database);
  await second.released;
});
