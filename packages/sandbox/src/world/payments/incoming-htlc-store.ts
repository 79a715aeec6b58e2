import type { Database, Statement } from '../../database/database.ts';
import type { Row } from '../../database/row.ts';

/** The last HTLC of a payment to us that is not settled or failed yet. */
export interface IncomingHtlc {
  /** The key of the channel. */
  readonly channel: bigint;
  readonly scid: string;
  readonly id: bigint;
  readonly amountMsat: bigint;
  /** The height at which the HTLC times out. */
  readonly expiry: number;
  readonly paymentHash: Buffer;
  /** The amount of all parts. */
  readonly totalMsat: bigint;
  /** The payment secret that the payer knows. */
  readonly secret: Buffer | undefined;
  /** The hops from the payer, as `routeText` writes them. */
  readonly route: string;
  /** A command decides about the payment. Otherwise the plugins do. */
  readonly isHeld: boolean;
  /** The index of our own payment, whose route returns to us. */
  readonly payment: bigint | undefined;
}

type NewHtlc = Omit<IncomingHtlc, 'scid' | 'expiry' | 'paymentHash'>;

/** The pending HTLCs of payments to us, from simulated nodes. */
export class IncomingHtlcStore {
  readonly #add: Statement;
  readonly #list: Statement;
  readonly #letGo: Statement;
  readonly #remove: Statement;
  readonly #removeOf: Statement;

  constructor(database: Database) {
    this.#add = database.prepare(
      `INSERT INTO incoming_htlcs (channel, htlc_id, amount_msat, total_msat, secret, route, held, payment)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#list = database.prepare(
      `SELECT i.channel, c.scid, i.htlc_id, i.amount_msat, h.expiry, h.payment_hash, i.total_msat, i.secret,
         i.route, i.held, i.payment
       FROM incoming_htlcs i
       JOIN htlcs h ON h.channel = i.channel AND h.direction = 'in' AND h.htlc_id = i.htlc_id
       JOIN channels c ON c.id = i.channel
       ORDER BY h.id`,
    );
    this.#letGo = database.prepare(
      'UPDATE incoming_htlcs SET held = 0 WHERE channel = ? AND htlc_id = ?',
    );
    this.#removeOf = database.prepare('DELETE FROM incoming_htlcs WHERE payment = ?');
    this.#remove = database.prepare('DELETE FROM incoming_htlcs WHERE channel = ? AND htlc_id = ?');
  }

  add(htlc: NewHtlc): IncomingHtlc {
    const { channel, id, amountMsat, totalMsat, secret = null, route, payment = null } = htlc;
    const held = htlc.isHeld ? 1n : 0n;
    this.#add.run(channel, id, amountMsat, totalMsat, secret, route, held, payment);
    const added = this.all().find((each) => each.channel === channel && each.id === id);
    if (added === undefined) throw new Error('the HTLC is missing');
    return added;
  }

  /** In the order of their arrival. */
  all(): IncomingHtlc[] {
    return this.#list.all().map(htlcOf);
  }

  /** Lets the plugins decide about a payment that was held. */
  letGo({ channel, id }: IncomingHtlc): void {
    this.#letGo.run(channel, id);
  }

  /** @returns false if the HTLC is not pending any more */
  remove({ channel, id }: IncomingHtlc): boolean {
    return this.#remove.run(channel, id) > 0;
  }

  /** Removes the HTLC of a payment of ours that has ended. */
  removeOf(payment: bigint): void {
    this.#removeOf.run(payment);
  }
}

function htlcOf(row: Row): IncomingHtlc {
  return {
    channel: row.integer('channel'),
    scid: row.text('scid'),
    id: row.integer('htlc_id'),
    amountMsat: row.integer('amount_msat'),
    expiry: row.number('expiry'),
    paymentHash: row.bytes('payment_hash'),
    totalMsat: row.integer('total_msat'),
    secret: row.optionalBytes('secret'),
    route: row.text('route'),
    isHeld: row.integer('held') === 1n,
    payment: row.optionalInteger('payment'),
  };
}
