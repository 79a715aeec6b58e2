import { createServer } from 'node:net';
import { once } from 'node:events';
import { renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '@clnrest/testing';
import Database from 'libsql';
import { expect, onTestFinished, test } from 'vitest';
import { readNodeFiles } from '../../packages/gateway/src/redis/node-files.ts';

/** A database as lightningd uses it. */
function openDatabase(directory: string) {
  const path = join(directory, 'lightningd.sqlite3');
  const database = new Database(path);
  onTestFinished(() => void database.close());
  const changes = (): number => Number(readNodeFiles(directory).database);
  return { path, database, changes };
}

test('each transaction that changes the database is counted, others are not', () => {
  const directory = temporaryDirectory();
  expect(readNodeFiles(directory)).toEqual({ directory, socket: undefined, database: undefined });
  const { database, changes } = openDatabase(directory);
  database.exec('CREATE TABLE vars (name TEXT, intval INTEGER)');
  const before = changes();
  expect(before).toBeGreaterThan(0);
  database.exec(
    "BEGIN; INSERT INTO vars VALUES ('a', 1); INSERT INTO vars VALUES ('b', 1); COMMIT",
  );
  expect(changes()).toBe(before + 1);
  database.exec('BEGIN; SELECT * FROM vars; COMMIT');
  database.exec('BEGIN; UPDATE vars SET intval = 2; ROLLBACK');
  expect(changes()).toBe(before + 1);
  database.exec('UPDATE vars SET intval = 2');
  expect(changes()).toBe(before + 2);
});

test('a database with a write-ahead log, without a whole header or that cannot be read shows nothing', () => {
  const directory = temporaryDirectory();
  const { path, database } = openDatabase(directory);
  database.exec('CREATE TABLE vars (name TEXT)');
  expect(readNodeFiles(directory).database).toBeDefined();
  database.exec('PRAGMA journal_mode = WAL');
  expect(readNodeFiles(directory).database).toBeUndefined();
  database.exec('PRAGMA journal_mode = DELETE');
  expect(readNodeFiles(directory).database).toBeDefined();
  renameSync(path, `${path}.old`);
  writeFileSync(path, Buffer.alloc(100, 1));
  expect(readNodeFiles(directory).database).toBe('16843009');
  truncateSync(path, 99);
  expect(readNodeFiles(directory).database).toBeUndefined();
  rmSync(path);
  expect(readNodeFiles(join(directory, 'missing'))).toMatchObject({ database: undefined });
});

/** Waits until the clock of the file system has moved, which it does every few milliseconds. */
function untilLater(directory: string, time: bigint): void {
  const path = join(directory, 'clock');
  do writeFileSync(path, '');
  while (statSync(path, { bigint: true }).mtimeNs <= time);
}

test('each new socket is another one', async () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'lightning-rpc');
  const seen: (string | undefined)[] = [];
  for (let i = 0; i < 2; i++) {
    const server = createServer().listen(path);
    await once(server, 'listening');
    seen.push(readNodeFiles(directory).socket, readNodeFiles(directory).socket);
    server.close();
    await once(server, 'close');
    untilLater(directory, BigInt(seen.at(-1) ?? 0));
  }
  const [first, again, second] = seen;
  expect(first).toMatch(/^\d{19}$/);
  expect(again).toBe(first);
  expect(BigInt(second ?? 0)).toBeGreaterThan(BigInt(first ?? 0));
});
