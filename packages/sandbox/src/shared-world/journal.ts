import { randomBytes } from 'node:crypto';
import { type FSWatcher, mkdirSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Database, type Statement } from '../database/database.ts';
import { SandboxError } from '../sandbox-error.ts';
import type { WorldRecord } from './records.ts';

/** A record, and its place in the order that all nodes of the world share. */
export interface JournalEntry {
  readonly sequence: bigint;
  /** The public key of the node that wrote the record. */
  readonly author: string;
  readonly record: WorldRecord;
}

/** Where a node of the world listens for peers. */
export interface MemberAddress {
  readonly host: string;
  readonly port: number;
}

const PAGE = 200n;

/** How long a node waits while another one writes. A write takes a few milliseconds. */
const BUSY_TIMEOUT_MS = 20_000;

/** A file that each write changes, so that the other nodes read the journal. */
const WAKE_FILE = 'wake';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS records (
    sequence INTEGER PRIMARY KEY,
    -- Names the record, so that a node can repeat a write after a crash.
    name TEXT NOT NULL UNIQUE,
    author TEXT NOT NULL,
    body TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS members (
    id TEXT NOT NULL PRIMARY KEY,
    host TEXT NOT NULL,
    port INTEGER NOT NULL
  ) WITHOUT ROWID;
`;

/**
 * The journal of a shared world: an append-only list of records in SQLite, in the directory of `--dev-world`. SQLite's lock
 * orders the writers, and the operating system releases the lock of a killed one.
 */
export class WorldJournal {
  /** Differs for each world. */
  readonly id: string;
  /** The time of the first block, in seconds since 1970. */
  readonly startedAt: bigint;
  readonly #directory: string;
  readonly #database: Database;
  readonly #statements: Record<'page' | 'append' | 'setMember' | 'member', Statement>;
  #watcher: FSWatcher | undefined;
  #isClosed = false;

  /** @throws SandboxError `unusable_directory`, or `bad_option` if the world belongs to another network */
  constructor(directory: string, network: string) {
    this.#directory = directory;
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      this.#database = new Database(join(directory, 'world.sqlite3'), BUSY_TIMEOUT_MS);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new SandboxError('unusable_directory', `--dev-world=${directory}: ${reason}`, {
        cause,
      });
    }
    const meta = this.#create(network);
    if (meta.network !== network) {
      this.#database.close();
      throw new SandboxError(
        'bad_option',
        `--dev-world=${directory}: the world is on ${meta.network}`,
      );
    }
    this.id = meta.id;
    this.startedAt = BigInt(meta.started);
    const database = this.#database;
    this.#statements = {
      page: database.prepare(
        'SELECT sequence, author, body FROM records WHERE sequence > ? ORDER BY sequence LIMIT ?',
      ),
      append: database.prepare(
        'INSERT OR IGNORE INTO records (name, author, body) VALUES (?, ?, ?)',
      ),
      setMember: database.prepare(
        `INSERT INTO members (id, host, port) VALUES (?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET host = excluded.host, port = excluded.port`,
      ),
      member: database.prepare('SELECT host, port FROM members WHERE id = ?'),
    };
  }

  /** The next records, or none. */
  after(sequence: bigint): JournalEntry[] {
    return this.#statements.page.all(sequence, PAGE).map((row) => ({
      sequence: row.integer('sequence'),
      author: row.text('author'),
      record: JSON.parse(row.text('body')) as WorldRecord,
    }));
  }

  /** Runs the work while no other node can write. */
  exclusively<T>(work: () => T): T {
    return this.#database.transaction(work);
  }

  /** Appends a record, unless one with that name exists. */
  append(name: string, author: string, record: WorldRecord): void {
    this.#statements.append.run(name, author, JSON.stringify(record));
  }

  setMember(id: string, { host, port }: MemberAddress): void {
    this.#database.transaction(() => this.#statements.setMember.run(id, host, BigInt(port)));
  }

  member(id: string): MemberAddress | undefined {
    const row = this.#statements.member.first(id);
    return row && { host: row.text('host'), port: row.number('port') };
  }

  /** Lets the other nodes read the journal. */
  wake(): void {
    writeFileSync(join(this.#directory, WAKE_FILE), '');
  }

  /** Calls the listener when another node has written, and sometimes without a reason. */
  onWake(listener: () => void): void {
    this.#watcher = watch(this.#directory, (_, name) => {
      if (name === null || name === WAKE_FILE) listener();
    });
    this.#watcher.on('error', () => undefined);
  }

  /** Can be called again. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#watcher?.close();
    this.#database.close();
  }

  #create(network: string): { id: string; started: string; network: string } {
    return this.#database.transaction(() => {
      this.#database.execute(SCHEMA);
      const add = this.#database.prepare('INSERT OR IGNORE INTO meta (name, value) VALUES (?, ?)');
      add.run('id', randomBytes(16).toString('hex'));
      add.run('started', String(Math.floor(Date.now() / 1000)));
      add.run('network', network);
      const read = this.#database.prepare('SELECT value FROM meta WHERE name = ?');
      const value = (name: string): string => read.one(name).text('value');
      return { id: value('id'), started: value('started'), network: value('network') };
    });
  }
}
