import { SandboxError } from '../sandbox-error.ts';
import type { Database } from './database.ts';

/** Migrations, one for each version of the database. A released step never changes; a change is a new step. */
const STEPS: readonly string[] = [
  `
  -- Counters (integers) and secrets (bytes).
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
  `
  -- The simulated world. Nodes have numbers: 0 is ours, others count from 1.
  CREATE TABLE nodes (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    node_id TEXT NOT NULL UNIQUE,
    conduct TEXT NOT NULL
  );

  CREATE TABLE blocks (
    height INTEGER PRIMARY KEY,
    hash BLOB NOT NULL,
    time INTEGER NOT NULL
  );

  -- height is NULL until a block contains the transaction.
  CREATE TABLE transactions (
    id INTEGER PRIMARY KEY,
    txid BLOB NOT NULL UNIQUE,
    raw BLOB NOT NULL,
    height INTEGER,
    position INTEGER
  );
  CREATE INDEX transactions_waiting ON transactions (id) WHERE height IS NULL;

  -- owner: a node's number, -1 for an address outside of this world, -2 for the funding of a channel, -3 for what
  -- becomes ours after a delay.
  CREATE TABLE outputs (
    txid BLOB NOT NULL,
    vout INTEGER NOT NULL,
    owner INTEGER NOT NULL,
    amount_sat INTEGER NOT NULL,
    script BLOB NOT NULL,
    spent_by BLOB,
    reserved_to INTEGER,
    PRIMARY KEY (txid, vout)
  ) WITHOUT ROWID;
  CREATE INDEX outputs_unspent ON outputs (owner) WHERE spent_by IS NULL;
  CREATE INDEX outputs_spent ON outputs (spent_by) WHERE spent_by IS NOT NULL;

  CREATE TABLE addresses (
    script BLOB NOT NULL PRIMARY KEY,
    keyidx INTEGER NOT NULL,
    kind TEXT NOT NULL
  ) WITHOUT ROWID;

  -- opener_msat belongs to the opener; the rest of the capacity belongs to the other side.
  CREATE TABLE channels (
    id INTEGER PRIMARY KEY,
    opener INTEGER NOT NULL,
    other INTEGER NOT NULL,
    capacity_sat INTEGER NOT NULL,
    opener_msat INTEGER NOT NULL CHECK (opener_msat BETWEEN 0 AND capacity_sat * 1000),
    pushed_msat INTEGER NOT NULL,
    announced INTEGER NOT NULL,
    funding_txid BLOB NOT NULL UNIQUE,
    state TEXT NOT NULL,
    scid TEXT UNIQUE,
    closer TEXT,
    closing_txid BLOB UNIQUE,
    changes TEXT NOT NULL DEFAULT '[]',
    lowest_msat INTEGER NOT NULL,
    highest_msat INTEGER NOT NULL,
    in_offered INTEGER NOT NULL DEFAULT 0,
    in_offered_msat INTEGER NOT NULL DEFAULT 0,
    in_fulfilled INTEGER NOT NULL DEFAULT 0,
    in_fulfilled_msat INTEGER NOT NULL DEFAULT 0,
    out_offered INTEGER NOT NULL DEFAULT 0,
    out_offered_msat INTEGER NOT NULL DEFAULT 0,
    out_fulfilled INTEGER NOT NULL DEFAULT 0,
    out_fulfilled_msat INTEGER NOT NULL DEFAULT 0,
    key_address BLOB NOT NULL
  );
  CREATE INDEX channels_living ON channels (state) WHERE state <> 'CLOSED';

  CREATE TABLE payments (
    id INTEGER PRIMARY KEY,
    payment_hash BLOB NOT NULL,
    groupid INTEGER NOT NULL,
    partid INTEGER NOT NULL,
    destination TEXT NOT NULL,
    amount_msat INTEGER NOT NULL,
    sent_msat INTEGER NOT NULL,
    created_nsec INTEGER NOT NULL,
    completed_at INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('complete', 'failed')),
    preimage BLOB,
    label TEXT,
    description TEXT,
    bolt11 TEXT,
    failure TEXT
  );
  CREATE INDEX payments_by_hash ON payments (payment_hash);

  CREATE TABLE forwards (
    id INTEGER PRIMARY KEY,
    payment_hash BLOB NOT NULL,
    in_channel TEXT NOT NULL,
    in_htlc INTEGER NOT NULL,
    out_channel TEXT NOT NULL,
    out_htlc INTEGER,
    in_msat INTEGER NOT NULL,
    out_msat INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('settled', 'failed', 'local_failed')),
    failure TEXT,
    received_nsec INTEGER NOT NULL,
    resolved_nsec INTEGER NOT NULL
  );

  -- Invoices of other nodes of the world.
  CREATE TABLE asked (
    payment_hash BLOB NOT NULL PRIMARY KEY,
    node INTEGER NOT NULL,
    preimage BLOB NOT NULL,
    amount_msat INTEGER,
    received_msat INTEGER,
    expires_at INTEGER NOT NULL
  ) WITHOUT ROWID;

  -- Numbers of coin movements.
  INSERT INTO vars (name, value) VALUES ('chain_moves', 0), ('channel_moves', 0), ('minted_sat', 0);
  `,
  `
  -- BOLT 12. An id is lightningd's offer_id or invreq_id.
  CREATE TABLE offers (
    id BLOB NOT NULL PRIMARY KEY,
    bolt12 TEXT NOT NULL,
    label TEXT,
    active INTEGER NOT NULL,
    single_use INTEGER NOT NULL,
    used INTEGER NOT NULL,
    force_paths INTEGER NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE invoice_requests (
    id BLOB NOT NULL PRIMARY KEY,
    bolt12 TEXT NOT NULL,
    label TEXT,
    active INTEGER NOT NULL,
    single_use INTEGER NOT NULL,
    used INTEGER NOT NULL,
    force_paths INTEGER NOT NULL
  ) WITHOUT ROWID;

  -- The text of an invoice is of BOLT 11 or BOLT 12.
  ALTER TABLE invoices RENAME COLUMN bolt11 TO invstring;
  ALTER TABLE payments RENAME COLUMN bolt11 TO invstring;
  ALTER TABLE invoices ADD COLUMN offer_id BLOB;
  ALTER TABLE invoices ADD COLUMN payer_note TEXT;
  CREATE INDEX invoices_by_offer ON invoices (offer_id) WHERE offer_id IS NOT NULL;
  `,
  `
  -- Payments can be pending, and have several parts. route is JSON; reason is why and where a payment failed.
  CREATE TABLE new_payments (
    id INTEGER PRIMARY KEY,
    payment_hash BLOB NOT NULL,
    groupid INTEGER NOT NULL,
    partid INTEGER NOT NULL,
    destination TEXT NOT NULL,
    amount_msat INTEGER NOT NULL,
    total_msat INTEGER NOT NULL,
    sent_msat INTEGER NOT NULL,
    created_nsec INTEGER NOT NULL,
    completed_at INTEGER,
    updated_index INTEGER UNIQUE,
    status TEXT NOT NULL CHECK (status IN ('pending', 'complete', 'failed')),
    preimage BLOB,
    label TEXT,
    description TEXT,
    invstring TEXT,
    failure TEXT,
    reason TEXT,
    route TEXT NOT NULL,
    first_channel INTEGER,
    keysend_preimage BLOB,
    by_sendpay INTEGER NOT NULL,
    htlc_id INTEGER,
    expiry INTEGER
  );
  INSERT INTO new_payments
    SELECT id, payment_hash, groupid, partid, destination, amount_msat, amount_msat, sent_msat, created_nsec,
      completed_at, id, status, preimage, label, description, invstring, failure, NULL, '[]', NULL, NULL, partid = 0, NULL, NULL
    FROM payments;
  DROP TABLE payments;
  ALTER TABLE new_payments RENAME TO payments;
  CREATE INDEX payments_by_hash ON payments (payment_hash);
  CREATE INDEX payments_pending ON payments (first_channel, sent_msat) WHERE status = 'pending';
  INSERT INTO vars (name, value) SELECT 'payments_updated', value FROM vars WHERE name = 'payments_created';
  `,
  `
  -- All HTLCs of our channels. Older databases have only those of our payments. One is pending if its payment is.
  CREATE TABLE htlcs (
    id INTEGER PRIMARY KEY,
    channel INTEGER NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
    htlc_id INTEGER NOT NULL,
    amount_msat INTEGER NOT NULL,
    expiry INTEGER NOT NULL,
    payment_hash BLOB NOT NULL,
    updated_index INTEGER NOT NULL,
    UNIQUE (channel, direction, htlc_id)
  );
  CREATE INDEX htlcs_updated ON htlcs (updated_index);
  INSERT INTO htlcs (channel, direction, htlc_id, amount_msat, expiry, payment_hash, updated_index)
    SELECT first_channel, 'out', htlc_id, sent_msat, expiry, payment_hash, ROW_NUMBER() OVER (ORDER BY id)
    FROM payments WHERE first_channel IS NOT NULL AND htlc_id IS NOT NULL ORDER BY id;
  `,
  `
  -- Coin movements. Older programs numbered them without keeping them.
  CREATE TABLE chain_moves (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    credit_msat INTEGER NOT NULL,
    debit_msat INTEGER NOT NULL,
    timestamp INTEGER NOT NULL,
    tag TEXT NOT NULL,
    extra_tags TEXT NOT NULL,
    txid BLOB NOT NULL,
    vout INTEGER NOT NULL,
    peer_id TEXT,
    originating_account TEXT,
    spending_txid BLOB,
    output_msat INTEGER NOT NULL,
    output_count INTEGER,
    height INTEGER NOT NULL
  );
  CREATE TABLE channel_moves (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    credit_msat INTEGER NOT NULL,
    debit_msat INTEGER NOT NULL,
    timestamp INTEGER NOT NULL,
    tag TEXT NOT NULL,
    payment_hash BLOB,
    part_id INTEGER,
    group_id INTEGER,
    fees_msat INTEGER NOT NULL
  );
  `,
  `
  -- A transaction can fund several channels. setchannel changes fees and limits; without a value, a limit is the default.
  CREATE TABLE new_channels (
    id INTEGER PRIMARY KEY,
    opener INTEGER NOT NULL,
    other INTEGER NOT NULL,
    capacity_sat INTEGER NOT NULL,
    opener_msat INTEGER NOT NULL CHECK (opener_msat BETWEEN 0 AND capacity_sat * 1000),
    pushed_msat INTEGER NOT NULL,
    announced INTEGER NOT NULL,
    funding_txid BLOB NOT NULL,
    state TEXT NOT NULL,
    scid TEXT UNIQUE,
    closer TEXT,
    closing_txid BLOB UNIQUE,
    changes TEXT NOT NULL DEFAULT '[]',
    lowest_msat INTEGER NOT NULL,
    highest_msat INTEGER NOT NULL,
    in_offered INTEGER NOT NULL DEFAULT 0,
    in_offered_msat INTEGER NOT NULL DEFAULT 0,
    in_fulfilled INTEGER NOT NULL DEFAULT 0,
    in_fulfilled_msat INTEGER NOT NULL DEFAULT 0,
    out_offered INTEGER NOT NULL DEFAULT 0,
    out_offered_msat INTEGER NOT NULL DEFAULT 0,
    out_fulfilled INTEGER NOT NULL DEFAULT 0,
    out_fulfilled_msat INTEGER NOT NULL DEFAULT 0,
    key_address BLOB NOT NULL,
    funding_vout INTEGER NOT NULL DEFAULT 0,
    fee_base_msat INTEGER NOT NULL DEFAULT 1,
    fee_ppm INTEGER NOT NULL DEFAULT 10,
    htlc_min_msat INTEGER NOT NULL DEFAULT 0,
    htlc_max_msat INTEGER,
    ignores_fee_limits INTEGER NOT NULL DEFAULT 1,
    UNIQUE (funding_txid, funding_vout)
  );
  INSERT INTO new_channels (id, opener, other, capacity_sat, opener_msat, pushed_msat, announced, funding_txid, state,
      scid, closer, closing_txid, changes, lowest_msat, highest_msat, in_offered, in_offered_msat, in_fulfilled,
      in_fulfilled_msat, out_offered, out_offered_msat, out_fulfilled, out_fulfilled_msat, key_address)
    SELECT id, opener, other, capacity_sat, opener_msat, pushed_msat, announced, funding_txid, state,
      scid, closer, closing_txid, changes, lowest_msat, highest_msat, in_offered, in_offered_msat, in_fulfilled,
      in_fulfilled_msat, out_offered, out_offered_msat, out_fulfilled, out_fulfilled_msat, key_address
    FROM channels;
  DROP TABLE channels;
  ALTER TABLE new_channels RENAME TO channels;
  CREATE INDEX channels_living ON channels (state) WHERE state <> 'CLOSED';
  `,
  `
  -- Nodes of the shared world have an alias and a color. peer_script receives their balance when a channel closes.
  ALTER TABLE nodes ADD COLUMN alias TEXT;
  ALTER TABLE nodes ADD COLUMN color TEXT;
  ALTER TABLE channels ADD COLUMN peer_script BLOB;

  -- What this node has not written to the journal of the world yet.
  CREATE TABLE world_outbox (
    id INTEGER PRIMARY KEY,
    body TEXT NOT NULL
  );

  -- Payments between nodes of the world. hop is the newest HTLC; payment and forward are ours.
  CREATE TABLE world_parts (
    id TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    hop INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'settled', 'failed')),
    payment INTEGER UNIQUE,
    forward INTEGER UNIQUE,
    in_htlc INTEGER
  );
  CREATE INDEX world_parts_pending ON world_parts (status) WHERE status = 'pending';

  -- The pending HTLCs of these parts in our channels, except those of our own payments.
  CREATE TABLE world_htlcs (
    part TEXT NOT NULL,
    channel INTEGER NOT NULL,
    direction TEXT NOT NULL,
    htlc_id INTEGER NOT NULL,
    amount_msat INTEGER NOT NULL,
    PRIMARY KEY (channel, direction, htlc_id)
  ) WITHOUT ROWID;
  CREATE INDEX world_htlcs_of_part ON world_htlcs (part);

  -- A forward is offered until its HTLC is resolved.
  CREATE TABLE new_forwards (
    id INTEGER PRIMARY KEY,
    payment_hash BLOB NOT NULL,
    in_channel TEXT NOT NULL,
    in_htlc INTEGER NOT NULL,
    out_channel TEXT NOT NULL,
    out_htlc INTEGER,
    in_msat INTEGER NOT NULL,
    out_msat INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('offered', 'settled', 'failed', 'local_failed')),
    failure TEXT,
    received_nsec INTEGER NOT NULL,
    resolved_nsec INTEGER,
    updated_index INTEGER
  );
  INSERT INTO new_forwards
    SELECT id, payment_hash, in_channel, in_htlc, out_channel, out_htlc, in_msat, out_msat, status, failure,
      received_nsec, resolved_nsec, CASE status WHEN 'local_failed' THEN NULL ELSE id END
    FROM forwards;
  DROP TABLE forwards;
  ALTER TABLE new_forwards RENAME TO forwards;
  `,
  `
  -- Pending HTLCs of payments to us. held: a command decides, not the plugins. route is JSON. payment is ours, if we pay
  -- ourselves along a route.
  CREATE TABLE incoming_htlcs (
    channel INTEGER NOT NULL,
    htlc_id INTEGER NOT NULL,
    amount_msat INTEGER NOT NULL,
    total_msat INTEGER NOT NULL,
    secret BLOB,
    route TEXT NOT NULL,
    held INTEGER NOT NULL,
    payment INTEGER UNIQUE,
    PRIMARY KEY (channel, htlc_id)
  ) WITHOUT ROWID;
  `,
  `
  -- The invoices of other nodes for requests: lightningd's label, and the text (BOLT 12).
  ALTER TABLE asked ADD COLUMN label TEXT;
  ALTER TABLE asked ADD COLUMN invstring TEXT;
  CREATE INDEX asked_by_label ON asked (label) WHERE label IS NOT NULL;
  `,
  `
  -- lightningd counts 5 updates of an HTLC that is resolved.
  CREATE TRIGGER incoming_htlc_resolved AFTER DELETE ON incoming_htlcs BEGIN
    UPDATE htlcs SET updated_index = (SELECT MAX(updated_index) + 5 FROM htlcs)
    WHERE channel = OLD.channel AND direction = 'in' AND htlc_id = OLD.htlc_id;
  END;
  CREATE TRIGGER world_htlc_resolved AFTER DELETE ON world_htlcs BEGIN
    UPDATE htlcs SET updated_index = (SELECT MAX(updated_index) + 5 FROM htlcs)
    WHERE channel = OLD.channel AND direction = OLD.direction AND htlc_id = OLD.htlc_id;
  END;

  -- Connections, pings and failures to connect. type is lightningd's name.
  CREATE TABLE network_events (
    id INTEGER PRIMARY KEY,
    peer_id TEXT NOT NULL,
    type TEXT NOT NULL,
    timestamp INTEGER NOT NULL,
    reason TEXT,
    duration_nsec INTEGER NOT NULL,
    attempted INTEGER NOT NULL
  );
  `,
  `
  -- The price of 1 BTC, as a decimal number.
  CREATE TABLE currency_rates (
    currency TEXT NOT NULL,
    source TEXT NOT NULL,
    price TEXT NOT NULL,
    PRIMARY KEY (currency, source)
  ) WITHOUT ROWID;
  `,
  `
  -- The fees that an end of a channel has announced in a shared world: base in msat, and millionths.
  ALTER TABLE channels ADD COLUMN opener_fees TEXT;
  ALTER TABLE channels ADD COLUMN other_fees TEXT;
  `,
  `
  -- The limits of payments follow the fees in these columns; without a maximum, it is the default.
  ALTER TABLE channels RENAME COLUMN opener_fees TO opener_policy;
  ALTER TABLE channels RENAME COLUMN other_fees TO other_policy;
  -- The smallest HTLCs that our node and its peer accept.
  ALTER TABLE channels ADD COLUMN our_minimum_msat INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE channels ADD COLUMN peer_minimum_msat INTEGER NOT NULL DEFAULT 0;
  `,
];

/**
 * Runs the migrations that a database lacks.
 *
 * @param target - the version to migrate to; tests create older databases
 * @throws SandboxError `bad_database` if a newer program wrote it
 */
export function migrate(database: Database, target = STEPS.length): void {
  const version = database.prepare('PRAGMA user_version').one().number('user_version');
  if (version > STEPS.length) {
    throw new SandboxError(
      'bad_database',
      `The sandbox's database has version ${version}, but this program supports versions up to ${STEPS.length}. Use the program that wrote it, or another --lightning-dir.`,
    );
  }
  for (const [index, step] of STEPS.slice(0, target).entries()) {
    if (index < version) continue;
    database.transaction(() => {
      database.execute(step);
      database.execute(`PRAGMA user_version = ${index + 1}`);
    });
  }
}
