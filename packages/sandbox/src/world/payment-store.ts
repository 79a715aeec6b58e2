import type { Database, Statement } from '../database/database.ts';
import { fromUnsigned, type Row } from '../database/row.ts';
import type { Vars } from '../database/vars.ts';
import {
  combined,
  type CombinedPayment,
  type Payment,
  type PaymentFailure,
  type PaymentStatus,
} from './payment.ts';

const COLUMNS = `id, payment_hash, groupid, partid, destination, amount_msat, total_msat, sent_msat, created_nsec,
  completed_at, updated_index, status, preimage, label, description, invstring, failure, reason, route, first_channel,
  keysend_preimage, by_sendpay, htlc_id, expiry`;

/** Payments per database read of a list. */
const PAGE = 32n;

/** SQLite's largest integer. */
const MAX_SQL_INTEGER = (1n << 63n) - 1n;

interface PaymentQuery {
  readonly paymentHash?: Buffer | undefined;
  readonly start?: bigint;
  readonly limit?: bigint | undefined;
  readonly matches?: (payment: Payment) => boolean;
}

/** What is known of a payment when it is sent. */
type NewPayment = Pick<
  Payment,
  | 'paymentHash'
  | 'groupId'
  | 'partId'
  | 'destination'
  | 'amountMsat'
  | 'totalMsat'
  | 'sentMsat'
  | 'createdAt'
  | 'label'
  | 'description'
  | 'invstring'
  | 'route'
  | 'firstChannel'
  | 'keysendPreimage'
  | 'bySendpay'
  | 'htlc'
>;

type PaymentEnd = Pick<Payment, 'preimage' | 'failure' | 'reason'> & {
  readonly status: 'complete' | 'failed';
  readonly completedAt: bigint;
};

/** The payments in the database. */
export class PaymentStore {
  readonly #vars: Vars;
  readonly #insert: Statement;
  readonly #finish: Statement;
  readonly #touchHtlc: Statement;
  readonly #remove: Statement;
  readonly #byId: Statement;
  readonly #pending: Statement;
  readonly #byHash: Statement;
  readonly #page: Statement;
  readonly #later: Statement;

  constructor(database: Database, vars: Vars) {
    this.#vars = vars;
    const select = (rest: string): Statement =>
      database.prepare(`SELECT ${COLUMNS} FROM payments ${rest}`);
    this.#insert = database.prepare(
      `INSERT INTO payments (id, payment_hash, groupid, partid, destination, amount_msat, total_msat, sent_msat,
         created_nsec, status, label, description, invstring, route, first_channel, keysend_preimage, by_sendpay, htlc_id,
         expiry)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#finish = database.prepare(
      `UPDATE payments SET status = ?, completed_at = ?, updated_index = ?, preimage = ?, failure = ?, reason = ?
       WHERE id = ?`,
    );
    this.#touchHtlc = database.prepare(
      `UPDATE htlcs SET updated_index = (SELECT MAX(updated_index) + 5 FROM htlcs)
       WHERE channel = ? AND direction = 'out' AND htlc_id = ?`,
    );
    this.#remove = database.prepare('DELETE FROM payments WHERE id = ?');
    this.#byId = select('WHERE id = ?');
    this.#pending = select("WHERE status = 'pending' ORDER BY id");
    this.#byHash = select('WHERE payment_hash = ? ORDER BY id');
    this.#page = select('WHERE id >= ? AND id <= ? ORDER BY id LIMIT ?');
    this.#later = database.prepare(
      `SELECT 1 FROM payments WHERE payment_hash = ? AND groupid = ? AND id > ? AND id <= ? LIMIT 1`,
    );
  }

  /** Adds a pending payment. */
  add(payment: NewPayment): Payment {
    const index = this.#vars.next('payments_created');
    this.#insert.run(
      index,
      payment.paymentHash,
      fromUnsigned(payment.groupId),
      fromUnsigned(payment.partId),
      payment.destination,
      fromUnsigned(payment.amountMsat),
      fromUnsigned(payment.totalMsat),
      fromUnsigned(payment.sentMsat),
      payment.createdAt,
      payment.label ?? null,
      payment.description ?? null,
      payment.invstring ?? null,
      payment.route,
      payment.firstChannel ?? null,
      payment.keysendPreimage ?? null,
      payment.bySendpay ? 1n : 0n,
      payment.htlc?.id ?? null,
      payment.htlc === undefined ? null : BigInt(payment.htlc.expiry),
    );
    return paymentOf(this.#byId.one(index));
  }

  /** Ends a pending payment. */
  finish({ index, firstChannel, htlc }: Payment, end: PaymentEnd): Payment {
    this.#finish.run(
      end.status,
      end.completedAt,
      this.#vars.next('payments_updated'),
      end.preimage ?? null,
      end.failure ?? null,
      end.reason === undefined ? null : JSON.stringify(end.reason),
      index,
    );
    if (firstChannel !== undefined && htlc !== undefined) {
      this.#touchHtlc.run(firstChannel, htlc.id);
    }
    return paymentOf(this.#byId.one(index));
  }

  remove({ index }: Payment): void {
    this.#vars.next('payments_deleted');
    this.#remove.run(index);
  }

  /** The pending payments, the oldest first. */
  pending(): Payment[] {
    return this.#pending.all().map(paymentOf);
  }

  /** The group of the next payment by `sendpay`: the next number. lightningd's database has signed numbers. */
  nextGroupId(paymentHash: Buffer): bigint {
    const used = this.ofHash(paymentHash).map(({ groupId }) => BigInt.asIntN(64, groupId));
    const [first = 0n, ...others] = used;
    const highest = others.reduce((most, each) => (each > most ? each : most), first);
    return BigInt.asUintN(64, highest + 1n);
  }

  /** The number of the next part of a payment. */
  nextPartId(paymentHash: Buffer, groupId: bigint): bigint {
    const used = this.ofHash(paymentHash).filter((each) => each.groupId === groupId);
    return used.reduce((highest, { partId }) => (partId > highest ? partId : highest), 0n) + 1n;
  }

  ofHash(paymentHash: Buffer): Payment[] {
    return this.#byHash.all(paymentHash).map(paymentOf);
  }

  /** Reads the attempts lazily, a page at a time. Later attempts are not included. */
  *attempts(query: PaymentQuery): Generator<Payment> {
    let left = query.limit;
    for (const payment of this.#all(query)) {
      if (left === 0n) return;
      if (query.matches?.(payment) === false) continue;
      yield payment;
      if (left !== undefined) left--;
    }
  }

  /** Reads the parts of each payment as one: those with the status of the last part. One call of `pay` has one group. */
  *pays(query: PaymentQuery): Generator<CombinedPayment> {
    const end = this.#vars.integer('payments_created', 0n);
    let left = query.limit;
    for (const payment of this.#all(query)) {
      if (left === 0n) return;
      const { paymentHash, groupId, index } = payment;
      if (this.#later.first(paymentHash, fromUnsigned(groupId), index, end) !== undefined) continue;
      if (query.matches?.(payment) === false) continue;
      yield this.#combined(payment);
      if (left !== undefined) left--;
    }
  }

  #combined(last: Payment): CombinedPayment {
    if (last.status === 'failed') return combined([last]);
    const { groupId, status } = last;
    const all = this.ofHash(last.paymentHash);
    const parts = all.filter((each) => each.groupId === groupId && each.status === status);
    return { ...last, ...sums(combined(parts)) };
  }

  *#all({ paymentHash, start = 0n }: PaymentQuery): Generator<Payment> {
    if (paymentHash !== undefined) {
      yield* this.ofHash(paymentHash).filter(({ index }) => index >= start);
      return;
    }
    const end = this.#vars.integer('payments_created', 0n);
    let from = start > MAX_SQL_INTEGER ? MAX_SQL_INTEGER : start;
    while (from <= end) {
      const page = this.#page.all(from, end, PAGE).map(paymentOf);
      for (const payment of page) {
        from = payment.index + 1n;
        yield payment;
      }
      if (page.length < PAGE) return;
    }
  }
}

function sums({ amountMsat, sentMsat, parts }: CombinedPayment) {
  return { amountMsat, sentMsat, parts };
}

function paymentOf(row: Row): Payment {
  return {
    index: row.integer('id'),
    paymentHash: row.bytes('payment_hash'),
    groupId: row.unsigned('groupid'),
    partId: row.unsigned('partid'),
    destination: row.text('destination'),
    amountMsat: row.unsigned('amount_msat'),
    totalMsat: row.unsigned('total_msat'),
    sentMsat: row.unsigned('sent_msat'),
    createdAt: row.integer('created_nsec'),
    completedAt: row.optionalInteger('completed_at'),
    updatedIndex: row.optionalInteger('updated_index'),
    status: row.text('status') as PaymentStatus,
    preimage: row.optionalBytes('preimage'),
    label: row.optionalText('label'),
    description: row.optionalText('description'),
    invstring: row.optionalText('invstring'),
    failure: row.optionalText('failure'),
    reason: reasonOf(row.optionalText('reason')),
    route: row.text('route'),
    firstChannel: row.optionalInteger('first_channel'),
    keysendPreimage: row.optionalBytes('keysend_preimage'),
    bySendpay: row.integer('by_sendpay') === 1n,
    htlc: htlcOf(row),
  };
}

function htlcOf(row: Row): Payment['htlc'] {
  const id = row.optionalInteger('htlc_id');
  return id === undefined ? undefined : { id, expiry: row.number('expiry') };
}

function reasonOf(text: string | undefined): PaymentFailure | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as PaymentFailure);
}
