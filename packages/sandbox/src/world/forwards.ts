import { randomBytes } from 'node:crypto';
import { withNanoseconds } from '../clock.ts';
import { CommandError, ErrorCode } from '../commands/errors.ts';
import type { Statement } from '../database/database.ts';
import type { Row } from '../database/row.ts';
import { RawJson } from '@clnrest/json';
import type { JsonObject } from '../json/output.ts';
import type { Chain } from './chain.ts';
import {
  channelId,
  CLTV_DELTA,
  isOurs,
  limitsOf,
  peerOf,
  routingFee,
  type Channel,
} from './channel.ts';
import type { ChannelStore } from './channel-store.ts';
import { failureCode, failureName, type WireFailure } from './failures.ts';
import type { Movements } from './movements.ts';
import { OURS } from './nodes.ts';
import { inTransaction, type WorldContext } from './context.ts';
import { hashOf } from './payments.ts';
import { carriesMsat } from './routes.ts';
import type { Waits } from './waits.ts';

type ForwardStatus = 'settled' | 'failed' | 'local_failed';

/** A payment that our node forwarded, or failed to forward. Times are nanoseconds since 1970. */
export interface Forward {
  readonly index: bigint;
  readonly paymentHash: Buffer;
  readonly inChannel: string;
  readonly inHtlc: bigint;
  readonly outChannel: string;
  readonly outHtlc: bigint | undefined;
  readonly inMsat: bigint;
  readonly outMsat: bigint;
  readonly status: ForwardStatus;
  readonly failure: WireFailure | undefined;
  readonly receivedAt: bigint;
  readonly resolvedAt: bigint;
}

const COLUMNS =
  'id, payment_hash, in_channel, in_htlc, out_channel, out_htlc, in_msat, out_msat, status, failure, received_nsec, resolved_nsec';

/** Blocks from the chain's height to the expiry of a forwarded HTLC at its next node. */
export const FINAL_DELAY = 10;

const PAGE = 32n;

/** SQLite's largest integer. */
const MAX_SQL_INTEGER = (1n << 63n) - 1n;

function failureJson(failure: WireFailure | undefined): JsonObject {
  return failure === undefined
    ? {}
    : { failcode: failureCode(failure), failreason: failureName(failure) };
}

/** A forward in the format of `listforwards`. */
export function forwardJson(forward: Forward): JsonObject {
  return {
    created_index: forward.index,
    updated_index: forward.status === 'local_failed' ? undefined : forward.index,
    in_channel: forward.inChannel,
    in_htlc_id: forward.inHtlc,
    out_channel: forward.outChannel,
    out_htlc_id: forward.outHtlc,
    in_msat: forward.inMsat,
    out_msat: forward.outMsat,
    fee_msat: forward.inMsat - forward.outMsat,
    status: forward.status,
    ...failureJson(forward.status === 'local_failed' ? forward.failure : undefined),
    style: 'tlv',
    received_time: RawJson.checked(withNanoseconds(forward.receivedAt)),
    resolved_time: RawJson.checked(withNanoseconds(forward.resolvedAt)),
  };
}

/** The payments that other nodes send through our channels. */
export class Forwards {
  readonly #context: WorldContext;
  readonly #chain: Chain;
  readonly #channels: ChannelStore;
  readonly #movements: Movements;
  readonly #waits: Waits;
  readonly #insert: Statement;
  readonly #page: Statement;
  readonly #find: Statement;
  readonly #remove: Statement;

  constructor(
    context: WorldContext,
    dependencies: { chain: Chain; store: ChannelStore; movements: Movements; waits: Waits },
  ) {
    this.#context = context;
    this.#chain = dependencies.chain;
    this.#channels = dependencies.store;
    this.#movements = dependencies.movements;
    this.#waits = dependencies.waits;
    this.#insert = context.database.prepare(
      `INSERT INTO forwards (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#page = context.database.prepare(
      `SELECT ${COLUMNS} FROM forwards WHERE id >= ? AND id <= ? ORDER BY id LIMIT ?`,
    );
    this.#find = context.database.prepare(
      'SELECT id FROM forwards WHERE in_channel = ? AND in_htlc = ? AND status = ?',
    );
    this.#remove = context.database.prepare('DELETE FROM forwards WHERE id = ?');
  }

  get collectedMsat(): bigint {
    return this.#context.vars.integer('fees_collected_msat', 0n);
  }

  /**
   * Forwards a payment from one of our channels to another.
   *
   * @param refused - true if the recipient rejects the payment
   * @throws CommandError if the sender's balance is too low
   */
  forward(
    incoming: Channel,
    outgoing: Channel,
    outMsat: bigint,
    refused: boolean,
    preimage = randomBytes(32),
  ): Forward {
    return inTransaction(this.#context, () => {
      const inMsat = outMsat + routingFee(outMsat, outgoing.policy);
      const sender = peerOf(incoming);
      if (carriesMsat(incoming, sender) < inMsat) {
        throw new CommandError(
          ErrorCode.payNoRoute,
          `The sender can send ${carriesMsat(incoming, sender)}msat through ${incoming.scid}, not ${inMsat}msat`,
        );
      }
      const receivedAt = this.#context.clock.now();
      const paymentHash = hashOf(preimage);
      const expiry = this.#chain.height + FINAL_DELAY;
      const inHtlc = this.#channels.offered(incoming, 'in', {
        amountMsat: inMsat,
        expiry: expiry + CLTV_DELTA,
        paymentHash,
      });
      const { minimumMsat, maximumMsat } = limitsOf(outgoing);
      const isWithin = outMsat >= minimumMsat && outMsat <= maximumMsat;
      const hasRoom = isWithin && carriesMsat(outgoing, OURS) >= outMsat;
      const out = { amountMsat: outMsat, expiry, paymentHash };
      const outHtlc = hasRoom ? this.#channels.offered(outgoing, 'out', out) : undefined;
      const status = hasRoom ? (refused ? 'failed' : 'settled') : 'local_failed';
      if (status === 'settled') {
        for (const [channel, from, way, amount] of [
          [incoming, sender, 'in', inMsat],
          [outgoing, OURS, 'out', outMsat],
        ] as const) {
          this.#channels.move(channel, from, amount);
          this.#channels.fulfilled(channel, way, amount);
        }
        const collected = this.collectedMsat + inMsat - outMsat;
        this.#context.vars.setInteger('fees_collected_msat', collected);
      }
      const forward = this.#add({
        paymentHash,
        inChannel: incoming.scid ?? '',
        inHtlc,
        outChannel: outgoing.scid ?? '',
        outHtlc,
        inMsat,
        outMsat,
        status,
        failure: hasRoom ? undefined : 'temporary_channel_failure',
        receivedAt,
        resolvedAt: this.#context.clock.now(),
      });
      this.#notifyForward(forward, preimage);
      if (status === 'settled') this.#recordMovements(forward, incoming, outgoing);
      return forward;
    });
  }

  /** Reads the forwards lazily, a page at a time. Later forwards are not included. */
  *list(start: bigint): Generator<Forward> {
    const end = this.#context.vars.integer('forwards_created', 0n);
    let from = start;
    while (from <= end) {
      const page = this.#page.all(from, end, PAGE).map(forwardOf);
      for (const forward of page) {
        from = forward.index + 1n;
        yield forward;
      }
      if (page.length < PAGE) return;
    }
  }

  /** Deletes a forward. The collected fees stay. @returns whether it existed */
  remove(inChannel: string, inHtlc: bigint, status: ForwardStatus): boolean {
    if (inHtlc > MAX_SQL_INTEGER) return false;
    const found = this.#find.first(inChannel, inHtlc, status);
    if (found === undefined) return false;
    return inTransaction(this.#context, () => {
      const deleted = this.#context.vars.next('forwards_deleted');
      this.#remove.run(found.integer('id'));
      this.#waits.counted('forwards', 'deleted', deleted, () => ({
        status,
        in_channel: inChannel,
        in_htlc_id: inHtlc,
      }));
      return true;
    });
  }

  #add(forward: Omit<Forward, 'index'>): Forward {
    const index = this.#context.vars.next('forwards_created');
    this.#insert.run(
      index,
      forward.paymentHash,
      forward.inChannel,
      forward.inHtlc,
      forward.outChannel,
      forward.outHtlc ?? null,
      forward.inMsat,
      forward.outMsat,
      forward.status,
      forward.failure ?? null,
      forward.receivedAt,
      forward.resolvedAt,
    );
    if (forward.status !== 'local_failed') {
      this.#context.vars.setInteger('forwards_updated', index);
    }
    return { ...forward, index };
  }

  #notifyForward(forward: Forward, preimage: Buffer): void {
    const { index, status } = forward;
    const details = (current: string) => (): JsonObject => ({
      status: current,
      in_channel: forward.inChannel,
      in_htlc_id: forward.inHtlc,
      in_msat: forward.inMsat,
      out_channel: forward.outChannel,
    });
    const event = (json: JsonObject): void =>
      this.#context.notifier.native('forward_event', () => json);
    const amounts = {
      payment_hash: forward.paymentHash.toString('hex'),
      in_channel: forward.inChannel,
      in_htlc_id: forward.inHtlc,
      out_channel: forward.outChannel,
      in_msat: forward.inMsat,
      out_msat: forward.outMsat,
      fee_msat: forward.inMsat - forward.outMsat,
    };
    const received_time = RawJson.checked(withNanoseconds(forward.receivedAt));
    const resolved_time = RawJson.checked(withNanoseconds(forward.resolvedAt));
    if (status === 'local_failed') {
      const failure = failureJson(forward.failure);
      event({ created_index: index, ...amounts, status, ...failure, style: 'tlv', received_time });
      this.#waits.counted('forwards', 'created', index, details(status));
      return;
    }
    event({ created_index: index, ...amounts, status: 'offered', style: 'tlv', received_time });
    this.#waits.counted('forwards', 'created', index, details('offered'));
    event({
      updated_index: index,
      ...amounts,
      status,
      style: 'tlv',
      received_time,
      resolved_time,
      preimage: status === 'settled' ? preimage.toString('hex') : undefined,
    });
    this.#waits.counted('forwards', 'updated', index, details(status));
  }

  #recordMovements(forward: Forward, incoming: Channel, outgoing: Channel): void {
    const { paymentHash, inMsat, outMsat } = forward;
    const common = { tag: 'routed', paymentHash, feesMsat: inMsat - outMsat } as const;
    this.#movements.inChannel({ ...common, account: channelId(outgoing), debitMsat: outMsat });
    this.#movements.inChannel({ ...common, account: channelId(incoming), creditMsat: inMsat });
  }
}

/** Selects the channels of a forward: those with the largest balances. */
export function forwardChannels(
  usable: readonly Channel[],
  from: bigint,
  to: bigint,
  outMsat: bigint,
): { incoming: Channel; outgoing: Channel } | undefined {
  const channelsWith = (node: bigint): Channel[] =>
    usable.filter((channel) => isOurs(channel) && peerOf(channel) === node);
  const byCapacity = (a: Channel, b: Channel): number =>
    Number(carriesMsat(b, OURS) - carriesMsat(a, OURS));
  for (const incoming of channelsWith(from).toSorted((a, b) =>
    Number(carriesMsat(b, from) - carriesMsat(a, from)),
  )) {
    if (carriesMsat(incoming, from) < outMsat) continue;
    const [outgoing] = channelsWith(to)
      .filter(({ key }) => key !== incoming.key)
      .toSorted(byCapacity);
    if (outgoing === undefined) continue;
    const inMsat = outMsat + routingFee(outMsat, outgoing.policy);
    if (carriesMsat(incoming, from) >= inMsat) return { incoming, outgoing };
  }
  return undefined;
}

function forwardOf(row: Row): Forward {
  return {
    index: row.integer('id'),
    paymentHash: row.bytes('payment_hash'),
    inChannel: row.text('in_channel'),
    inHtlc: row.integer('in_htlc'),
    outChannel: row.text('out_channel'),
    outHtlc: row.optionalInteger('out_htlc'),
    inMsat: row.unsigned('in_msat'),
    outMsat: row.unsigned('out_msat'),
    status: row.text('status') as ForwardStatus,
    failure: row.optionalText('failure') as WireFailure | undefined,
    receivedAt: row.integer('received_nsec'),
    resolvedAt: row.integer('resolved_nsec'),
  };
}
