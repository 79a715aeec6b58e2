import { randomBytes } from 'node:crypto';
import { CommandError, ErrorCode } from '../commands/errors.ts';
import type { Statement } from '../database/database.ts';
import type { Row } from '../database/row.ts';
import type { Chain } from './chain.ts';
import {
  channelId,
  isOurs,
  limitsOf,
  peerOf,
  routingFee,
  type Channel,
  type Policy,
} from './channel.ts';
import type { ChannelStore } from './channel-store.ts';
import type { WireFailure } from './failures.ts';
import type { Forward, ForwardStatus } from './forward.ts';
import { ForwardNotices } from './forward-notices.ts';
import type { Movements } from './movements.ts';
import { OURS } from './nodes.ts';
import { inTransaction, type WorldContext } from './context.ts';
import { hashOf } from './payments.ts';
import { PreviousPolicies } from './previous-policies.ts';
import { carriesMsat } from './routes.ts';
import type { Waits } from './waits.ts';

/** A payment that another node sends through two of our channels. */
export interface ForwardRequest {
  readonly incoming: Channel;
  readonly outgoing: Channel;
  /** What the sender pays. The rest is our fee. */
  readonly inMsat: bigint;
  readonly outMsat: bigint;
  /** The recipient rejects the payment. */
  readonly refused: boolean;
}

/** A forward before it is resolved. */
interface OfferedForward {
  readonly paymentHash: Buffer;
  readonly inChannel: string;
  readonly inHtlc: bigint;
  readonly outChannel: string;
  readonly outHtlc: bigint;
  readonly inMsat: bigint;
  readonly outMsat: bigint;
}

const COLUMNS =
  'id, payment_hash, in_channel, in_htlc, out_channel, out_htlc, in_msat, out_msat, status, failure, received_nsec, resolved_nsec, updated_index';

/** Blocks from the chain's height to the expiry of a forwarded HTLC at its next node. */
export const FINAL_DELAY = 10;

const PAGE = 32n;

/** SQLite's largest integer. */
const MAX_SQL_INTEGER = (1n << 63n) - 1n;

/** The payments that other nodes send through our channels. */
export class Forwards {
  readonly previousPolicies = new PreviousPolicies();
  readonly #context: WorldContext;
  readonly #chain: Chain;
  readonly #channels: ChannelStore;
  readonly #movements: Movements;
  readonly #waits: Waits;
  readonly #notices: ForwardNotices;
  readonly #insert: Statement;
  readonly #page: Statement;
  readonly #find: Statement;
  readonly #byIndex: Statement;
  readonly #resolve: Statement;
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
    this.#notices = new ForwardNotices(context, dependencies.waits);
    this.#insert = context.database.prepare(
      `INSERT INTO forwards (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#page = context.database.prepare(
      `SELECT ${COLUMNS} FROM forwards WHERE id >= ? AND id <= ? ORDER BY id LIMIT ?`,
    );
    this.#find = context.database.prepare(
      'SELECT id FROM forwards WHERE in_channel = ? AND in_htlc = ? AND status = ?',
    );
    this.#byIndex = context.database.prepare(`SELECT ${COLUMNS} FROM forwards WHERE id = ?`);
    this.#resolve = context.database.prepare(
      'UPDATE forwards SET status = ?, resolved_nsec = ?, updated_index = ? WHERE id = ?',
    );
    this.#remove = context.database.prepare('DELETE FROM forwards WHERE id = ?');
  }

  get collectedMsat(): bigint {
    return this.#context.vars.integer('fees_collected_msat', 0n);
  }

  /**
   * Forwards a payment from one of our channels to another.
   *
   * @throws CommandError if the sender's balance is too low
   */
  forward(request: ForwardRequest, preimage = randomBytes(32)): Forward {
    const { incoming, outgoing, inMsat, outMsat, refused } = request;
    return inTransaction(this.#context, () => {
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
        expiry: expiry + this.#context.channelDefaults.cltvDelta,
        paymentHash,
      });
      const failure = this.#failureOf(request);
      const out = { amountMsat: outMsat, expiry, paymentHash };
      const isSent = failure === undefined;
      const outHtlc = isSent ? this.#channels.offered(outgoing, 'out', out) : undefined;
      const status = isSent ? (refused ? 'failed' : 'settled') : 'local_failed';
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
        failure,
        receivedAt,
        resolvedAt: this.#context.clock.now(),
      });
      this.#notices.created(forward);
      if (status !== 'local_failed') this.#notices.resolved(forward, preimage);
      if (status === 'settled') this.#recordMovements(forward, incoming, outgoing);
      this.#channels.resolved(incoming, 'in', inHtlc);
      if (outHtlc !== undefined) this.#channels.resolved(outgoing, 'out', outHtlc);
      return forward;
    });
  }

  /** Why we fail a forward, in the order of lightningd's checks. */
  #failureOf(request: ForwardRequest): WireFailure | undefined {
    const { outgoing, outMsat } = request;
    const failure = this.policyFailure(request);
    if (failure !== undefined || carriesMsat(outgoing, OURS) >= outMsat) return failure;
    return 'temporary_channel_failure';
  }

  /** The failure of a forward that does not fulfil our fees and limits, or those before the last `setchannel`. */
  policyFailure({
    outgoing,
    inMsat,
    outMsat,
  }: Pick<ForwardRequest, 'outgoing' | 'inMsat' | 'outMsat'>): WireFailure | undefined {
    const previous = this.previousPolicies.get(outgoing, this.#context.clock.now());
    const accepted = previous === undefined ? [outgoing.policy] : [outgoing.policy, previous];
    const feeMsat = inMsat - outMsat;
    if (!accepted.some((policy) => feeMsat >= routingFee(outMsat, policy))) {
      return 'fee_insufficient';
    }
    const isWithin = (policy: Policy): boolean => {
      const { minimumMsat, maximumMsat } = limitsOf(outgoing, policy);
      return outMsat >= minimumMsat && outMsat <= maximumMsat;
    };
    return accepted.some(isWithin) ? undefined : 'temporary_channel_failure';
  }

  /** Records a forward whose HTLC waits at the next node. */
  offer(offered: OfferedForward): Forward {
    const forward = this.#add({
      ...offered,
      status: 'offered',
      failure: undefined,
      receivedAt: this.#context.clock.now(),
      resolvedAt: undefined,
    });
    this.#notices.created(forward);
    return forward;
  }

  /** Records a forward that we fail. It has no HTLC in the next channel. */
  failLocally(offered: Omit<OfferedForward, 'outHtlc'>, failure: WireFailure): void {
    const now = this.#context.clock.now();
    const times = { receivedAt: now, resolvedAt: now };
    const status = 'local_failed';
    const outHtlc = undefined;
    this.#notices.created(this.#add({ ...offered, ...times, outHtlc, status, failure }));
  }

  /** Settles an offered forward, whose amounts have moved. */
  settle(index: bigint, preimage: Buffer, incoming: Channel, outgoing: Channel): void {
    const forward = this.#resolved(index, 'settled');
    const { vars } = this.#context;
    vars.setInteger('fees_collected_msat', this.collectedMsat + forward.inMsat - forward.outMsat);
    this.#notices.resolved(forward, preimage);
    this.#recordMovements(forward, incoming, outgoing);
  }

  /** The next node has failed an offered forward. */
  fail(index: bigint): void {
    this.#notices.resolved(this.#resolved(index, 'failed'), undefined);
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

  #add(forward: Omit<Forward, 'index' | 'updatedIndex'>): Forward {
    const index = this.#context.vars.next('forwards_created');
    const isResolved = forward.status === 'settled' || forward.status === 'failed';
    const updatedIndex = isResolved ? this.#context.vars.next('forwards_updated') : undefined;
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
      forward.resolvedAt ?? null,
      updatedIndex ?? null,
    );
    return { ...forward, index, updatedIndex };
  }

  #resolved(index: bigint, status: 'settled' | 'failed'): Forward {
    const { clock, vars } = this.#context;
    this.#resolve.run(status, clock.now(), vars.next('forwards_updated'), index);
    return forwardOf(this.#byIndex.one(index));
  }

  #recordMovements(forward: Forward, incoming: Channel, outgoing: Channel): void {
    const { paymentHash, inMsat, outMsat } = forward;
    const common = { tag: 'routed', paymentHash, feesMsat: inMsat - outMsat } as const;
    this.#movements.inChannel({ ...common, account: channelId(outgoing), debitMsat: outMsat });
    this.#movements.inChannel({ ...common, account: channelId(incoming), creditMsat: inMsat });
  }
}

/**
 * Selects the channels of a forward: those with the largest balances.
 *
 * @param feeMsat - what the sender pays. Default: our fee
 */
export function forwardChannels(
  usable: readonly Channel[],
  from: bigint,
  to: bigint,
  outMsat: bigint,
  feeMsat?: bigint,
): Pick<ForwardRequest, 'incoming' | 'outgoing' | 'inMsat'> | undefined {
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
    const inMsat = outMsat + (feeMsat ?? routingFee(outMsat, outgoing.policy));
    if (carriesMsat(incoming, from) >= inMsat) return { incoming, outgoing, inMsat };
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
    resolvedAt: row.optionalInteger('resolved_nsec'),
    updatedIndex: row.optionalInteger('updated_index'),
  };
}
