import { SandboxError } from '../sandbox-error.ts';
import { asInteger, type Database } from './database.ts';

/**
 * How the database came to be, a step a version. A step that was released is never changed; what
 * must change later is a new step.
 */
const STEPS: readonly string[] = [
  `
  -- Single values: counters (integers) and secrets (bytes).
  CREATE TABLE vars (
    name TEXT NOT NULL PRIMARY KEY,
    value NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE runes (
    id INTEGER PRIMARY KEY,
    rune TEXT NOT NULL,
    last_used_nsec INTEGER
  );

  -- Disjoint ranges, both ends included, never adjacent.
  CREATE TABLE rune_blacklist (
    first INTEGER PRIMARY KEY,
    last INTEGER NOT NULL
  );

  -- Amounts are unsigned 64 bit numbers in signed columns; times are seconds since 1970.
  CREATE TABLE invoices (
    id INTEGER PRIMARY KEY,
    label TEXT NOT NULL UNIQUE,
    bolt11 TEXT NOT NULL,
    payment_hash BLOB NOT NULL UNIQUE,
    preimage BLOB NOT NULL,
    amount_msat INTEGER,
    status TEXT NOT NULL CHECK (status IN ('unpaid', 'paid', 'expired')),
    pay_index INTEGER UNIQUE,
    received_msat INTEGER,
    paid_at INTEGER,
    description TEXT,
    expires_at INTEGER NOT NULL,
    updated_index INTEGER UNIQUE
  );
  CREATE INDEX invoices_by_expiry ON invoices (expires_at) WHERE status = 'unpaid';

  -- A key is its parts, joined by zero bytes.
  CREATE TABLE datastore (
    key BLOB NOT NULL PRIMARY KEY,
    data BLOB NOT NULL,
    generation INTEGER NOT NULL
  ) WITHOUT ROWID;
  `,
];

/**
 * Brings a database to this program's version.
 *
 * @throws SandboxError `bad_database` when it comes from a newer program
 */
export const migrate = (database: Database): void => {
  const version = Number(asInteger(database.prepare('PRAGMA user_version').first()?.[0]));
  if (version > STEPS.length) {
    throw new SandboxError(
      'bad_database',
      `The sandbox's database is of version ${version}, and this program knows versions up to ${STEPS.length}: use the program that wrote it, or another --lightning-dir.`,
    );
  }
  for (const [index, step] of STEPS.entries()) {
    if (index < version) continue;
    database.transaction(() => {
      database.execute(step);
      database.execute(`PRAGMA user_version = ${index + 1}`);
    });
  }
};
