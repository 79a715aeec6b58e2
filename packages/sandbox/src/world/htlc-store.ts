import type { Database, Statement } from '../database/database.ts';
import type { Row } from '../database/row.ts';

/** An HTLC in one of our channels. Amounts are in msat. */
export interface Htlc {
  readonly createdIndex: bigint;
  readonly updatedIndex: bigint;
  readonly scid: string;
  readonly direction: 'in' | 'out';
  readonly id: bigint;
  readonly amountMsat: bigint;
  /** The height at which the HTLC times out. */
  readonly expiry: bigint;
  readonly paymentHash: Buffer;
  readonly isPending: boolean;
  /** The reason why an incoming HTLC is pending, if a plugin decides about it. */
  readonly status: string | undefined;
}

type HtlcIndex = 'created' | 'updated' | 'deleted';

type HtlcName = Pick<Htlc, 'scid' | 'direction' | 'id'>;

interface HtlcQuery {
  /** Only those of a channel. */
  readonly channel?: bigint | undefined;
  /** Compares `start` with this index, and sorts by it. */
  readonly index: 'created' | 'updated';
  readonly start: bigint;
  readonly limit?: bigint | undefined;
}

/** SQLite's largest integer. */
const MAX_SQL_INTEGER = (1n << 63n) - 1n;

/** The HTLCs of our channels, except those of forgotten channels. */
export class HtlcStore {
  readonly #by: Readonly<Record<HtlcQuery['index'], Statement>>;
  readonly #pending: Statement;
  readonly #last: Readonly<Record<HtlcQuery['index'], Statement>>;
  readonly #values: Readonly<Record<HtlcIndex, Statement>>;
  readonly #forgotten: Statement;
  /** lightningd does not store them either. */
  readonly #statuses = new Map<string, string>();

  constructor(database: Database) {
    const select = (column: string, where = ''): Statement =>
      database.prepare(
        `SELECT h.id, h.updated_index, c.scid, h.direction, h.htlc_id, h.amount_msat, h.expiry, h.payment_hash,
           EXISTS (SELECT 1 FROM payments p WHERE p.status = 'pending' AND h.direction = 'out'
             AND p.first_channel = h.channel AND p.htlc_id = h.htlc_id)
           OR EXISTS (SELECT 1 FROM world_htlcs w WHERE w.channel = h.channel AND w.direction = h.direction
             AND w.htlc_id = h.htlc_id)
           OR EXISTS (SELECT 1 FROM incoming_htlcs i WHERE h.direction = 'in' AND i.channel = h.channel
             AND i.htlc_id = h.htlc_id) AS pending
         FROM htlcs h JOIN channels c ON c.id = h.channel
         WHERE c.state <> 'CLOSED' AND ${column} >= ?1 AND (?2 IS NULL OR h.channel = ?2) ${where}
         ORDER BY ${column} LIMIT ?3`,
      );
    this.#by = { created: select('h.id'), updated: select('h.updated_index') };
    this.#pending = select('h.id', 'AND pending');
    this.#last = {
      created: select('h.id', 'AND h.id = (SELECT MAX(id) FROM htlcs)'),
      updated: select(
        'h.updated_index',
        'AND h.updated_index = (SELECT MAX(updated_index) FROM htlcs)',
      ),
    };
    const ofForgotten = "FROM channels c JOIN htlcs h ON h.channel = c.id WHERE c.state = 'CLOSED'";
    this.#values = {
      created: database.prepare('SELECT COALESCE(MAX(id), 0) AS value FROM htlcs'),
      updated: database.prepare('SELECT COALESCE(MAX(updated_index), 0) AS value FROM htlcs'),
      deleted: database.prepare(`SELECT COUNT(*) AS value ${ofForgotten}`),
    };
    this.#forgotten = database.prepare(`SELECT c.scid ${ofForgotten} ORDER BY c.id DESC LIMIT 1`);
  }

  /** The value of an index of `wait`. The HTLCs of forgotten channels count as deleted. */
  value(index: HtlcIndex): bigint {
    return this.#values[index].one().integer('value');
  }

  /** The HTLC that was created or updated last, unless its channel is forgotten. */
  last(index: 'created' | 'updated'): Htlc | undefined {
    const row = this.#last[index].first(0n, null, 1n);
    return row && this.#htlcOf(row);
  }

  /** The short channel id of a forgotten channel that had HTLCs. */
  lastForgotten(): string | undefined {
    return this.#forgotten.first()?.optionalText('scid');
  }

  /** The pending HTLCs of a channel: those that the peer has offered come first, as in lightningd. */
  pending(channel: bigint): Htlc[] {
    const all = this.#pending.all(0n, channel, MAX_SQL_INTEGER).map((row) => this.#htlcOf(row));
    return ['in', 'out'].flatMap((way) => all.filter(({ direction }) => direction === way));
  }

  /** Sets why an HTLC is pending. */
  setStatus(htlc: HtlcName, status: string | undefined): void {
    if (status === undefined) this.#statuses.delete(keyOf(htlc));
    else this.#statuses.set(keyOf(htlc), status);
  }

  list({ channel, index, start, limit = MAX_SQL_INTEGER }: HtlcQuery): Htlc[] {
    if (start > MAX_SQL_INTEGER) return [];
    return this.#by[index].all(start, channel ?? null, limit).map((row) => this.#htlcOf(row));
  }

  #htlcOf(row: Row): Htlc {
    const htlc = htlcOf(row);
    return { ...htlc, status: this.#statuses.get(keyOf(htlc)) };
  }
}

function keyOf({ scid, direction, id }: HtlcName): string {
  return `${scid} ${direction} ${id}`;
}

function htlcOf(row: Row): Omit<Htlc, 'status'> {
  return {
    createdIndex: row.integer('id'),
    updatedIndex: row.integer('updated_index'),
    scid: row.text('scid'),
    direction: row.text('direction') as Htlc['direction'],
    id: row.integer('htlc_id'),
    amountMsat: row.integer('amount_msat'),
    expiry: row.integer('expiry'),
    paymentHash: row.bytes('payment_hash'),
    isPending: row.integer('pending') === 1n,
  };
}

/** The last state of an HTLC: the sandbox skips those between (lightningd's htlc_state.h). */
export function stateName({ direction, isPending }: Pick<Htlc, 'direction' | 'isPending'>): string {
  if (isPending) return direction === 'out' ? 'SENT_ADD_ACK_REVOCATION' : 'RCVD_ADD_ACK_REVOCATION';
  return direction === 'out' ? 'RCVD_REMOVE_ACK_REVOCATION' : 'SENT_REMOVE_ACK_REVOCATION';
}
