import { seconds } from '../clock.ts';
import type { Statement } from '../database/database.ts';
import type { Row } from '../database/row.ts';
import { inTransaction, type WorldContext } from './context.ts';
import type { Waits } from './waits.ts';

/** An event of a connection, as lightningd records it. */
export interface NetworkEvent {
  readonly index: bigint;
  readonly peerId: string;
  readonly type: 'connect' | 'connect_fail' | 'ping' | 'disconnect';
  /** Seconds since 1970. */
  readonly timestamp: bigint;
  /** Why we connected, or could not. */
  readonly reason: string | undefined;
  /** How long the attempt, the ping or the connection took; 0 if unknown. */
  readonly durationNsec: bigint;
  /** Of `connect_fail`: whether an address was known. */
  readonly isAttempted: boolean;
}

type NewEvent = Pick<NetworkEvent, 'peerId' | 'type'> & Partial<NetworkEvent>;

interface EventQuery {
  readonly peerId?: string | undefined;
  readonly start: bigint;
  readonly limit?: bigint | undefined;
}

const COLUMNS = 'id, peer_id, type, timestamp, reason, duration_nsec, attempted';

/** SQLite's largest integer. */
const MAX_SQL_INTEGER = (1n << 63n) - 1n;

/** The connections, failures to connect, pings and disconnections of peers. */
export class NetworkEvents {
  readonly #context: WorldContext;
  readonly #waits: Waits;
  readonly #insert: Statement;
  readonly #list: Statement;
  readonly #remove: Statement;

  constructor(context: WorldContext, waits: Waits) {
    const { database } = context;
    this.#context = context;
    this.#waits = waits;
    this.#insert = database.prepare(
      `INSERT INTO network_events (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#list = database.prepare(
      `SELECT ${COLUMNS} FROM network_events WHERE id >= ? AND (?2 IS NULL OR peer_id = ?2) ORDER BY id LIMIT ?3`,
    );
    this.#remove = database.prepare('DELETE FROM network_events WHERE id = ?');
  }

  add({ peerId, type, reason, durationNsec = 0n, isAttempted = false }: NewEvent): void {
    const { clock, vars } = this.#context;
    inTransaction(this.#context, () => {
      const index = vars.next('network_events_created');
      this.#insert.run(
        index,
        peerId,
        type,
        seconds(clock),
        reason ?? null,
        durationNsec,
        isAttempted ? 1n : 0n,
      );
      const details = { created_index: index, type, peer_id: peerId };
      this.#waits.counted('networkevents', 'created', index, () => details);
    });
  }

  list({ peerId, start, limit = MAX_SQL_INTEGER }: EventQuery): NetworkEvent[] {
    if (start > MAX_SQL_INTEGER) return [];
    return this.#list.all(start, peerId ?? null, limit).map(eventOf);
  }

  /** @returns whether the event existed */
  remove(index: bigint): boolean {
    if (index > MAX_SQL_INTEGER) return false;
    return inTransaction(this.#context, () => {
      if (this.#remove.run(index) === 0) return false;
      const deleted = this.#context.vars.next('network_events_deleted');
      this.#waits.counted('networkevents', 'deleted', deleted, () => ({ created_index: index }));
      return true;
    });
  }
}

function eventOf(row: Row): NetworkEvent {
  return {
    index: row.integer('id'),
    peerId: row.text('peer_id'),
    type: row.text('type') as NetworkEvent['type'],
    timestamp: row.integer('timestamp'),
    reason: row.optionalText('reason'),
    durationNsec: row.integer('duration_nsec'),
    isAttempted: row.integer('attempted') === 1n,
  };
}
