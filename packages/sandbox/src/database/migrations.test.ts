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

test('a database before shared worlds keeps its channels and forwards', () => {
  const database = new Database(join(temporaryDirectory(), 'old.sqlite3'));
  migrate(database, 5);
  database.execute(`
    INSERT INTO channels (id, opener, other, capacity_sat, opener_msat, pushed_msat, announced, funding_txid, state,
        lowest_msat, highest_msat, key_address)
      VALUES (3, 0, 1, 1000, 900000, 5, 1, x'aa', 'CHANNELD_NORMAL', 7, 8, x'0014');
    INSERT INTO forwards (id, payment_hash, in_channel, in_htlc, out_channel, out_htlc, in_msat, out_msat, status,
        failure, received_nsec, resolved_nsec)
      VALUES (1, x'aa', '1x1x0', 0, '2x1x0', 0, 1001, 1000, 'settled', NULL, 5, 6),
             (2, x'bb', '1x1x0', 1, '2x1x0', NULL, 1001, 1000, 'local_failed', 'temporary_channel_failure', 7, 8);
  `);
  migrate(database);
  const channel = database.prepare('SELECT * FROM channels').one();
  expect(channel.integer('opener_msat')).toBe(900_000n);
  expect(channel.integer('funding_vout')).toBe(0n);
  expect(channel.optionalBytes('peer_script')).toBeUndefined();
  const forwards = database.prepare('SELECT * FROM forwards ORDER BY id').all();
  expect(forwards.map((row) => [row.text('status'), row.optionalInteger('updated_index')])).toEqual(
    [
      ['settled', 1n],
      ['local_failed', undefined],
    ],
  );
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
