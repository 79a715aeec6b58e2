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
  /** The hops from the payer, as `routeText` writes them. */
  readonly route: string;
  /** A command decides about the payment. Otherwise the plugins do. */
  readonly isHeld: boolean;
}

type NewHtlc = Pick<IncomingHtlc, 'channel' | 'id' | 'amountMsat' | 'route' | 'isHeld'>;

/** The pending HTLCs of payments to us, from simulated nodes. */
export class IncomingHtlcStore {
  readonly #add: Statement;
  readonly #list: Statement;
  readonly #letGo: Statement;
  readonly #remove: Statement;

  constructor(database: Database) {
    this.#add = database.prepare(
      'INSERT INTO incoming_htlcs (channel, htlc_id, amount_msat, route, held) VALUES (?, ?, ?, ?, ?)',
    );
    this.#list = database.prepare(
      `SELECT i.channel, c.scid, i.htlc_id, i.amount_msat, h.expiry, h.payment_hash, i.route, i.held
       FROM incoming_htlcs i
       JOIN htlcs h ON h.channel = i.channel AND h.direction = 'in' AND h.htlc_id = i.htlc_id
       JOIN channels c ON c.id = i.channel
       ORDER BY h.id`,
    );
    this.#letGo = database.prepare(
      'UPDATE incoming_htlcs SET held = 0 WHERE channel = ? AND htlc_id = ?',
    );
    this.#remove = database.prepare('DELETE FROM incoming_htlcs WHERE channel = ? AND htlc_id = ?');
  }

  add({ channel, id, amountMsat, route, isHeld }: NewHtlc): IncomingHtlc {
    this.#add.run(channel, id, amountMsat, route, isHeld ? 1n : 0n);
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
}

function htlcOf(row: Row): IncomingHtlc {
  return {
    channel: row.integer('channel'),
    scid: row.text('scid'),
    id: row.integer('htlc_id'),
    amountMsat: row.integer('amount_msat'),
    expiry: row.number('expiry'),
    paymentHash: row.bytes('payment_hash'),
    route: row.text('route'),
    isHeld: row.integer('held') === 1n,
  };
}
