import type { Database, Statement } from '../database/database.ts';
import type { Row } from '../database/row.ts';
import type { Part } from './records.ts';

/** A part of a payment, as far as our node has read the journal. */
export interface StoredPart extends Part {
  /** The hop whose HTLC is the newest, from 0. */
  readonly hop: number;
  readonly status: 'pending' | 'settled' | 'failed';
  /** The index of our payment, if we are the sender. */
  readonly payment: bigint | undefined;
  /** The index of our forward, if we are on the way. */
  readonly forward: bigint | undefined;
  /** The id of the HTLC that arrived in our channel. */
  readonly inHtlc: bigint | undefined;
}

/** An HTLC of a pending part in one of our channels, except those of our own payments. */
export interface PendingHtlc {
  readonly channel: bigint;
  readonly direction: 'in' | 'out';
  readonly id: bigint;
  readonly amountMsat: bigint;
}

const COLUMNS = 'id, body, hop, status, payment, forward, in_htlc';

/** The parts of all payments of the world. */
export class PartStore {
  readonly #statements: Record<
    | 'add'
    | 'byId'
    | 'pending'
    | 'hop'
    | 'status'
    | 'forward'
    | 'inHtlc'
    | 'addHtlc'
    | 'removeHtlcs'
    | 'ofPayment',
    Statement
  >;

  constructor(database: Database) {
    const select = (rest: string): Statement =>
      database.prepare(`SELECT ${COLUMNS} FROM world_parts ${rest}`);
    this.#statements = {
      add: database.prepare(
        "INSERT INTO world_parts (id, body, hop, status, payment) VALUES (?, ?, 0, 'pending', ?)",
      ),
      byId: select('WHERE id = ?'),
      pending: select("WHERE status = 'pending' ORDER BY rowid"),
      ofPayment: select('WHERE payment = ?'),
      hop: database.prepare('UPDATE world_parts SET hop = ? WHERE id = ?'),
      status: database.prepare('UPDATE world_parts SET status = ? WHERE id = ?'),
      forward: database.prepare('UPDATE world_parts SET forward = ? WHERE id = ?'),
      inHtlc: database.prepare('UPDATE world_parts SET in_htlc = ? WHERE id = ?'),
      addHtlc: database.prepare(
        'INSERT INTO world_htlcs (part, channel, direction, htlc_id, amount_msat) VALUES (?, ?, ?, ?, ?)',
      ),
      removeHtlcs: database.prepare('DELETE FROM world_htlcs WHERE part = ?'),
    };
  }

  add(part: Part, payment: bigint | undefined): void {
    this.#statements.add.run(part.id, JSON.stringify(part), payment ?? null);
  }

  byId(id: string): StoredPart | undefined {
    const row = this.#statements.byId.first(id);
    return row && partOf(row);
  }

  /** In the order in which the node has read them. */
  pending(): StoredPart[] {
    return this.#statements.pending.all().map(partOf);
  }

  /** Whether another node decides about our payment. */
  isShared(payment: bigint): boolean {
    return this.#statements.ofPayment.first(payment) !== undefined;
  }

  advance(id: string, hop: number): void {
    this.#statements.hop.run(BigInt(hop), id);
  }

  setForward(id: string, forward: bigint): void {
    this.#statements.forward.run(forward, id);
  }

  addHtlc(part: string, { channel, direction, id, amountMsat }: PendingHtlc): void {
    this.#statements.addHtlc.run(part, channel, direction, id, amountMsat);
    if (direction === 'in') this.#statements.inHtlc.run(id, part);
  }

  finish(id: string, status: 'settled' | 'failed'): void {
    this.#statements.status.run(status, id);
    this.#statements.removeHtlcs.run(id);
  }
}

function partOf(row: Row): StoredPart {
  return {
    ...(JSON.parse(row.text('body')) as Part),
    hop: row.number('hop'),
    status: row.text('status') as StoredPart['status'],
    payment: row.optionalInteger('payment'),
    forward: row.optionalInteger('forward'),
    inHtlc: row.optionalInteger('in_htlc'),
  };
}
