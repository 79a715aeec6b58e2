import type { Database, Statement } from '../database/database.ts';
import { fromUnsigned, type Row } from '../database/row.ts';
import type { Vars } from '../database/vars.ts';
import type { Payment, PaymentStatus } from './payment.ts';

const COLUMNS =
  'id, payment_hash, groupid, partid, destination, amount_msat, sent_msat, created_nsec, completed_at, status, preimage, label, description, bolt11, failure';

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

/** The payments in the database. */
export class PaymentStore {
  readonly #vars: Vars;
  readonly #insert: Statement;
  readonly #byHash: Statement;
  readonly #page: Statement;
  readonly #later: Statement;

  constructor(database: Database, vars: Vars) {
    this.#vars = vars;
    const select = (rest: string): Statement =>
      database.prepare(`SELECT ${COLUMNS} FROM payments ${rest}`);
    this.#insert = database.prepare(
      `INSERT INTO payments (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#byHash = select('WHERE payment_hash = ? ORDER BY id');
    this.#page = select('WHERE id >= ? AND id <= ? ORDER BY id LIMIT ?');
    this.#later = database.prepare(
      `SELECT 1 FROM payments WHERE payment_hash = ? AND groupid = ? AND id > ? AND id <= ? LIMIT 1`,
    );
  }

  add(payment: Omit<Payment, 'index'>): Payment {
    const index = this.#vars.next('payments_created');
    this.#insert.run(
      index,
      payment.paymentHash,
      payment.groupId,
      payment.partId,
      payment.destination,
      fromUnsigned(payment.amountMsat),
      fromUnsigned(payment.sentMsat),
      payment.createdAt,
      payment.completedAt,
      payment.status,
      payment.preimage ?? null,
      payment.label ?? null,
      payment.description ?? null,
      payment.bolt11 ?? null,
      payment.failure ?? null,
    );
    return { ...payment, index };
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

  /** Reads the last attempt of each payment. The attempts of one call of `pay` have one group. */
  *pays(query: PaymentQuery): Generator<Payment> {
    const end = this.#vars.integer('payments_created', 0n);
    let left = query.limit;
    for (const payment of this.#all(query)) {
      if (left === 0n) return;
      const { paymentHash, groupId, index } = payment;
      if (this.#later.first(paymentHash, groupId, index, end) !== undefined) continue;
      if (query.matches?.(payment) === false) continue;
      yield payment;
      if (left !== undefined) left--;
    }
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

function paymentOf(row: Row): Payment {
  return {
    index: row.integer('id'),
    paymentHash: row.bytes('payment_hash'),
    groupId: row.integer('groupid'),
    partId: row.integer('partid'),
    destination: row.text('destination'),
    amountMsat: row.unsigned('amount_msat'),
    sentMsat: row.unsigned('sent_msat'),
    createdAt: row.integer('created_nsec'),
    completedAt: row.integer('completed_at'),
    status: row.text('status') as PaymentStatus,
    preimage: row.optionalBytes('preimage'),
    label: row.optionalText('label'),
    description: row.optionalText('description'),
    bolt11: row.optionalText('bolt11'),
    failure: row.optionalText('failure'),
  };
}
