import type { Database, Statement } from '../database/database.ts';
import { fromUnsigned, type Row } from '../database/row.ts';
import type { Vars } from '../database/vars.ts';
import type { StoredInvoice, InvoiceStatus } from './invoice.ts';

/** The fields of a new invoice; the store adds the others. */
export interface NewInvoice {
  readonly label: string;
  readonly invstring: string;
  readonly paymentHash: Buffer;
  readonly preimage: Buffer;
  readonly amountMsat: bigint | undefined;
  readonly description: string | undefined;
  readonly expiresAt: bigint;
  /** The offer of this node that the invoice is for. */
  readonly offerId?: Buffer | undefined;
  readonly payerNote?: string | undefined;
}

/** The index that orders a list of invoices. */
type InvoiceIndex = 'created' | 'updated';

/** The order of a database read. An invoice that never changed has no updated index. */
type Order = InvoiceIndex | 'unchanged';

const COLUMNS =
  'id, label, invstring, payment_hash, preimage, amount_msat, status, pay_index, received_msat, paid_at, description, expires_at, updated_index, offer_id, payer_note';

/** Invoices per database read of a list. */
const PAGE = 32n;

const MAX_SQL_INTEGER = (1n << 63n) - 1n;

/** The invoices in the database. */
export class InvoiceStore {
  readonly #database: Database;
  readonly #vars: Vars;
  readonly #statements: Record<
    | 'insert'
    | 'byId'
    | 'byLabel'
    | 'byHash'
    | 'nextPaid'
    | 'pay'
    | 'expire'
    | 'due'
    | 'nextExpiry'
    | 'unpaidOfOffer'
    | 'byOffer'
    | 'remove'
    | 'forget',
    Statement
  >;
  readonly #ordered: Record<Order, Statement>;

  constructor(database: Database, vars: Vars) {
    this.#database = database;
    this.#vars = vars;
    const select = (rest: string): Statement =>
      database.prepare(`SELECT ${COLUMNS} FROM invoices ${rest}`);
    this.#statements = {
      insert: database.prepare(
        `INSERT INTO invoices (id, label, invstring, payment_hash, preimage, amount_msat, status, description, expires_at, offer_id, payer_note)
         VALUES (?, ?, ?, ?, ?, ?, 'unpaid', ?, ?, ?, ?)`,
      ),
      byId: select('WHERE id = ?'),
      byLabel: select('WHERE label = ?'),
      byHash: select('WHERE payment_hash = ?'),
      nextPaid: select('WHERE pay_index > ? ORDER BY pay_index LIMIT 1'),
      pay: database.prepare(
        `UPDATE invoices SET status = 'paid', pay_index = ?, received_msat = ?, paid_at = ?, updated_index = ? WHERE id = ?`,
      ),
      expire: database.prepare(
        `UPDATE invoices SET status = 'expired', updated_index = ? WHERE id = ?`,
      ),
      due: database.prepare(
        `SELECT id FROM invoices WHERE status = 'unpaid' AND expires_at <= ? ORDER BY expires_at, id`,
      ),
      nextExpiry: database.prepare(
        `SELECT MIN(expires_at) AS next FROM invoices WHERE status = 'unpaid'`,
      ),
      unpaidOfOffer: database.prepare(
        `SELECT id FROM invoices WHERE status = 'unpaid' AND offer_id = ? ORDER BY id`,
      ),
      byOffer: select('WHERE offer_id = ? ORDER BY id'),
      remove: database.prepare('DELETE FROM invoices WHERE id = ?'),
      forget: database.prepare(
        'UPDATE invoices SET description = NULL, updated_index = ? WHERE id = ?',
      ),
    };
    this.#ordered = {
      created: select('WHERE id >= ? AND id <= ? ORDER BY id LIMIT ?'),
      unchanged: select('WHERE id >= ? AND id <= ? AND updated_index IS NULL ORDER BY id LIMIT ?'),
      updated: select(
        'WHERE updated_index >= ? AND updated_index <= ? ORDER BY updated_index LIMIT ?',
      ),
    };
  }

  add(invoice: NewInvoice): StoredInvoice {
    return this.#database.transaction(() => {
      const id = this.#vars.next('invoices_created');
      this.#statements.insert.run(
        id,
        invoice.label,
        invoice.invstring,
        invoice.paymentHash,
        invoice.preimage,
        invoice.amountMsat === undefined ? null : fromUnsigned(invoice.amountMsat),
        invoice.description ?? null,
        invoice.expiresAt,
        invoice.offerId ?? null,
        invoice.payerNote ?? null,
      );
      return this.byId(id);
    });
  }

  byId(id: bigint): StoredInvoice {
    const row = this.#statements.byId.first(id);
    if (row === undefined) throw new Error(`Invoice ${id} is missing from the database`);
    return invoiceOf(row);
  }

  byLabel(label: string): StoredInvoice | undefined {
    return found(this.#statements.byLabel.first(label));
  }

  byHash(paymentHash: Buffer): StoredInvoice | undefined {
    return found(this.#statements.byHash.first(paymentHash));
  }

  /** The first invoice with a higher pay index. */
  paidAfter(payIndex: bigint): StoredInvoice | undefined {
    // A larger number does not fit into an SQLite integer.
    return payIndex > MAX_SQL_INTEGER
      ? undefined
      : found(this.#statements.nextPaid.first(payIndex));
  }

  markPaid(id: bigint, receivedMsat: bigint, paidAt: bigint): StoredInvoice {
    return this.#database.transaction(() => {
      const payIndex = this.#vars.next('invoices_paid');
      const updated = this.#vars.next('invoices_updated');
      this.#statements.pay.run(payIndex, fromUnsigned(receivedMsat), paidAt, updated, id);
      return this.byId(id);
    });
  }

  /** Marks the invoices that have expired. */
  expireDue(now: bigint): StoredInvoice[] {
    return this.#expireAll(this.#statements.due.all(now));
  }

  /** Marks the unpaid invoices for an offer as expired. */
  expireOffer(offerId: Buffer): StoredInvoice[] {
    return this.#expireAll(this.#statements.unpaidOfOffer.all(offerId));
  }

  /** The invoices for an offer. */
  ofOffer(offerId: Buffer): StoredInvoice[] {
    return this.#statements.byOffer.all(offerId).map(invoiceOf);
  }

  #expireAll(rows: readonly Row[]): StoredInvoice[] {
    if (rows.length === 0) return [];
    return this.#database.transaction(() =>
      rows.map((row) => {
        const id = row.integer('id');
        this.#statements.expire.run(this.#vars.next('invoices_updated'), id);
        return this.byId(id);
      }),
    );
  }

  /** The next expiry of an unpaid invoice, in seconds since 1970. */
  nextExpiry(): bigint | undefined {
    return this.#statements.nextExpiry.one().optionalInteger('next');
  }

  /** @returns the total number of deleted invoices */
  remove(id: bigint): bigint {
    return this.#database.transaction(() => {
      this.#statements.remove.run(id);
      return this.#vars.next('invoices_deleted');
    });
  }

  removeDescription(id: bigint): StoredInvoice {
    return this.#database.transaction(() => {
      this.#statements.forget.run(this.#vars.next('invoices_updated'), id);
      return this.byId(id);
    });
  }

  /**
   * Lists invoices lazily, a page at a time, so that a list of any length needs the memory of one
   * page. Invoices that are created or changed while the list is read do not extend the list. In the
   * order of updates, invoices without an update come first, as in lightningd.
   */
  list(index: InvoiceIndex, start: bigint, limit: bigint | undefined): Generator<StoredInvoice> {
    const created = this.#vars.integer('invoices_created', 0n);
    const updated = this.#vars.integer('invoices_updated', 0n);
    const ordered =
      index === 'created'
        ? this.#pages('created', start, created)
        : concatenated(
            start === 0n ? this.#pages('unchanged', 0n, created) : [],
            this.#pages('updated', start, updated),
          );
    return limit === undefined ? ordered : limited(ordered, limit);
  }

  *#pages(order: Order, start: bigint, end: bigint): Generator<StoredInvoice> {
    let from = start;
    while (from <= end) {
      const page = this.#ordered[order].all(from, end, PAGE);
      for (const row of page) {
        const invoice = invoiceOf(row);
        from = 1n + (order === 'updated' ? (invoice.updatedIndex ?? end) : invoice.createdIndex);
        yield invoice;
      }
      if (page.length < PAGE) return;
    }
  }
}

function* concatenated<T>(...lists: readonly Iterable<T>[]): Generator<T> {
  for (const list of lists) yield* list;
}

function* limited<T>(list: Iterable<T>, limit: bigint): Generator<T> {
  let left = limit;
  if (left === 0n) return;
  for (const item of list) {
    yield item;
    if (--left === 0n) return;
  }
}

function found(row: Row | undefined): StoredInvoice | undefined {
  return row === undefined ? undefined : invoiceOf(row);
}

function invoiceOf(row: Row): StoredInvoice {
  const payIndex = row.optionalInteger('pay_index');
  return {
    createdIndex: row.integer('id'),
    label: row.text('label'),
    invstring: row.text('invstring'),
    paymentHash: row.bytes('payment_hash'),
    preimage: row.bytes('preimage'),
    amountMsat: row.optionalUnsigned('amount_msat'),
    status: row.text('status') as InvoiceStatus,
    payment:
      payIndex === undefined
        ? undefined
        : { payIndex, receivedMsat: row.unsigned('received_msat'), paidAt: row.integer('paid_at') },
    description: row.optionalText('description'),
    expiresAt: row.integer('expires_at'),
    updatedIndex: row.optionalInteger('updated_index'),
    offerId: row.optionalBytes('offer_id'),
    payerNote: row.optionalText('payer_note'),
  };
}
