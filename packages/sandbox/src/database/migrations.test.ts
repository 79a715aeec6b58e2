import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '@clnrest/testing';
import { Database } from './database.ts';
import { migrate } from './schema.ts';

test('a database before pending payments and BOLT 12 keeps its payments and invoices', () => {
  const database = new Database(join(temporaryDirectory(), 'old.sqlite3'));
  migrate(database, 2);
  database.execute(`
    INSERT INTO invoices (id, label, bolt11, payment_hash, preimage, status, expires_at)
      VALUES (1, 'l', 'lnbcrt1', x'01', x'02', 'unpaid', 5);
    INSERT INTO payments (id, payment_hash, groupid, partid, destination, amount_msat, sent_msat, created_nsec,
        completed_at, status, preimage, bolt11)
      VALUES (1, x'aa', 7, 1, '02', 1000, 1001, 5, 6, 'complete', x'bb', 'lnbcrt2'),
             (2, x'cc', 0, 0, '02', 2000, 2000, 5, 6, 'failed', NULL, NULL);
    INSERT INTO vars (name, value) VALUES ('payments_created', 2);
  `);
  migrate(database);
  const invoice = database.prepare('SELECT invstring, offer_id FROM invoices').one();
  expect([invoice.text('invstring'), invoice.optionalBytes('offer_id')]).toEqual([
    'lnbcrt1',
    undefined,
  ]);
  const payments = database.prepare('SELECT * FROM payments ORDER BY id').all();
  expect(
    payments.map((row) => [
      row.integer('updated_index'),
      row.integer('total_msat'),
      row.text('route'),
      row.integer('by_sendpay'),
      row.optionalText('invstring'),
    ]),
  ).toEqual([
    [1n, 1000n, '[]', 0n, 'lnbcrt2'],
    [2n, 2000n, '[]', 1n, undefined],
  ]);
  const counted = database.prepare("SELECT value FROM vars WHERE name = 'payments_updated'").one();
  expect(counted.integer('value')).toBe(2n);
  database.close();
});

test('a database before the table of HTLCs lists those of its payments', () => {
  const database = new Database(join(temporaryDirectory(), 'old.sqlite3'));
  migrate(database, 4);
  database.execute(`
    INSERT INTO payments (id, payment_hash, groupid, partid, destination, amount_msat, total_msat, sent_msat, created_nsec,
        status, route, first_channel, by_sendpay, htlc_id, expiry)
      VALUES (1, x'aa', 7, 1, '02', 1000, 1000, 1001, 5, 'pending', '[]', 3, 0, 0, 120),
             (2, x'bb', 0, 0, '02', 2000, 2000, 2000, 5, 'pending', '[]', NULL, 0, NULL, NULL),
             (5, x'cc', 0, 0, '02', 3000, 3000, 3000, 5, 'failed', '[]', 3, 0, 1, 130);
  `);
  migrate(database);
  const htlcs = database.prepare('SELECT * FROM htlcs ORDER BY id').all();
  expect(
    htlcs.map((row) => [
      row.integer('id'),
      row.integer('htlc_id'),
      row.integer('amount_msat'),
      row.integer('updated_index'),
    ]),
  ).toEqual([
    [1n, 0n, 1001n, 1n],
    [2n, 1n, 3000n, 2n],
  ]);
  database.close();
});
