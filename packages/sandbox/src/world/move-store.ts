import type { Database, Statement } from '../database/database.ts';
import { fromUnsigned, type Row } from '../database/row.ts';
import type { Outpoint } from './transaction.ts';

export type ChainTag =
  | 'deposit'
  | 'withdrawal'
  | 'channel_open'
  | 'channel_close'
  | 'to_them'
  | 'delayed_to_us'
  | 'to_wallet'
  | 'anchor';

/** A credit or debit of an account on the chain. */
export interface ChainMove {
  readonly index: bigint;
  /** `wallet`, `external` or a channel's id. */
  readonly account: string;
  readonly creditMsat: bigint;
  readonly debitMsat: bigint;
  /** Seconds since 1970. */
  readonly timestamp: bigint;
  readonly tag: ChainTag;
  readonly extraTags: readonly string[];
  readonly outpoint: Outpoint;
  readonly peerId?: string | undefined;
  readonly originatingAccount?: string | undefined;
  readonly spendingTxid?: Buffer | undefined;
  readonly outputMsat: bigint;
  readonly outputCount?: number | undefined;
  readonly height: number;
}

/** A credit or debit of a channel account. */
export interface ChannelMove {
  readonly index: bigint;
  readonly account: string;
  readonly creditMsat: bigint;
  readonly debitMsat: bigint;
  /** Seconds since 1970. */
  readonly timestamp: bigint;
  readonly tag: 'invoice' | 'routed' | 'pushed';
  readonly paymentHash?: Buffer | undefined;
  /** Present for a payment that our node sent. */
  readonly part?: { readonly partId: bigint; readonly groupId: bigint } | undefined;
  readonly feesMsat: bigint;
}

/** SQLite's largest integer. */
const MAX_SQL_INTEGER = (1n << 63n) - 1n;

/** The moves of our accounts, in the order of their numbers. They are never changed or deleted. */
export class MoveStore {
  readonly #statements: Record<'addChain' | 'addChannel' | 'chain' | 'channel', Statement>;

  constructor(database: Database) {
    const select = (table: string): Statement =>
      database.prepare(`SELECT * FROM ${table} WHERE id >= ? ORDER BY id LIMIT ?`);
    const insert = (table: string, columns: number): Statement =>
      database.prepare(`INSERT INTO ${table} VALUES (${Array(columns).fill('?').join(', ')})`);
    this.#statements = {
      addChain: insert('chain_moves', 15),
      addChannel: insert('channel_moves', 10),
      chain: select('chain_moves'),
      channel: select('channel_moves'),
    };
  }

  addChain(move: ChainMove): void {
    this.#statements.addChain.run(
      ...commonValues(move),
      move.extraTags.join(' '),
      move.outpoint.txid,
      BigInt(move.outpoint.vout),
      move.peerId ?? null,
      move.originatingAccount ?? null,
      move.spendingTxid ?? null,
      fromUnsigned(move.outputMsat),
      move.outputCount === undefined ? null : BigInt(move.outputCount),
      BigInt(move.height),
    );
  }

  addChannel(move: ChannelMove): void {
    this.#statements.addChannel.run(
      ...commonValues(move),
      move.paymentHash ?? null,
      move.part?.partId ?? null,
      move.part?.groupId === undefined ? null : fromUnsigned(move.part.groupId),
      fromUnsigned(move.feesMsat),
    );
  }

  chain(start: bigint, limit = MAX_SQL_INTEGER): ChainMove[] {
    if (start > MAX_SQL_INTEGER) return [];
    return this.#statements.chain.all(start, limit).map(chainMoveOf);
  }

  channel(start: bigint, limit = MAX_SQL_INTEGER): ChannelMove[] {
    if (start > MAX_SQL_INTEGER) return [];
    return this.#statements.channel.all(start, limit).map(channelMoveOf);
  }
}

function commonValues(move: ChainMove | ChannelMove) {
  return [
    move.index,
    move.account,
    fromUnsigned(move.creditMsat),
    fromUnsigned(move.debitMsat),
    move.timestamp,
    move.tag,
  ] as const;
}

function commonOf(row: Row) {
  return {
    index: row.integer('id'),
    account: row.text('account'),
    creditMsat: row.unsigned('credit_msat'),
    debitMsat: row.unsigned('debit_msat'),
    timestamp: row.integer('timestamp'),
  };
}

function chainMoveOf(row: Row): ChainMove {
  return {
    ...commonOf(row),
    tag: row.text('tag') as ChainTag,
    extraTags: row.text('extra_tags').split(' ').filter(Boolean),
    outpoint: { txid: row.bytes('txid'), vout: row.number('vout') },
    peerId: row.optionalText('peer_id'),
    originatingAccount: row.optionalText('originating_account'),
    spendingTxid: row.optionalBytes('spending_txid'),
    outputMsat: row.unsigned('output_msat'),
    outputCount: row.optionalNumber('output_count'),
    height: row.number('height'),
  };
}

function channelMoveOf(row: Row): ChannelMove {
  const partId = row.optionalInteger('part_id');
  const groupId = row.optionalUnsigned('group_id');
  return {
    ...commonOf(row),
    tag: row.text('tag') as ChannelMove['tag'],
    paymentHash: row.optionalBytes('payment_hash'),
    part: partId === undefined || groupId === undefined ? undefined : { partId, groupId },
    feesMsat: row.unsigned('fees_msat'),
  };
}
