import { randomBytes } from 'node:crypto';
import { seconds } from '../../clock.ts';
import { CommandError, ErrorCode } from '../../commands/errors.ts';
import type { Chain } from '../chain.ts';
import { channelId } from '../channel.ts';
import type { ChannelStore } from '../channel-store.ts';
import { inTransaction, type WorldContext } from '../context.ts';
import { failureCode, failureMessage, type WireFailure } from '../failures.ts';
import type { Movements } from '../movements.ts';
import { OURS, type WorldNode, type WorldNodes } from '../nodes.ts';
import type { Payment } from '../payment.ts';
import type { PaymentStore } from '../payment-store.ts';
import type { PeerInvoice, PeerInvoices } from '../peer-invoices.ts';
import { carriesMsat, type Hop } from '../routes.ts';
import { routeOfText } from './held-route.ts';
import type { IncomingHtlcStore } from './incoming-htlc-store.ts';
import type { PaymentNotices } from './payment-notices.ts';
import type { PartTimeouts } from './part-timeouts.ts';
import type { PaymentRecords } from './payment-records.ts';
import {
  type FailureAt,
  failedOutcome,
  type PaymentGroup,
  type PaymentOutcome,
  type PaymentRequest,
  type PlannedPart,
} from './payment-request.ts';
import { transfer } from './transfers.ts';

interface Parts {
  readonly context: WorldContext;
  readonly chain: Chain;
  readonly channels: ChannelStore;
  readonly nodes: WorldNodes;
  readonly movements: Movements;
  readonly store: PaymentStore;
  readonly peerInvoices: PeerInvoices;
  readonly records: PaymentRecords;
  readonly notices: PaymentNotices;
  /** The HTLCs of routes that return to us. */
  readonly arrived: IncomingHtlcStore;
  readonly partTimeouts: PartTimeouts;
}

/** Sends parts to nodes of the shared world, which decide about them. */
export interface PartOutlet {
  /** Call it within the transaction that records the payment. */
  send(payment: Payment, route: readonly Hop[], paymentSecret: Buffer | undefined): void;
}

const UNKNOWN_DETAILS: WireFailure = 'incorrect_or_unknown_payment_details';

/**
 * The parts of payments on their routes. A part is pending while its destination holds it, or waits for other parts of the
 * same payment.
 */
export class OutgoingParts {
  readonly #parts: Parts;
  /** Set in a shared world. */
  outlet: PartOutlet | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Sends the parts of one payment. All complete, all are pending, or all fail. */
  send(
    request: PaymentRequest,
    planned: readonly PlannedPart[],
    destination: WorldNode | undefined,
    group: PaymentGroup,
  ): PaymentOutcome {
    const { chain, channels, notices, records } = this.#parts;
    const payments = planned.map((part) => {
      notices.started(request, part, group);
      const [first] = part.route;
      // Our node offers no HTLC that it does not send.
      const isSent = request.failure?.index !== 0;
      if (first === undefined || !isSent) return records.begin(request, part, group);
      const { amountMsat, delay } = first;
      const expiry = chain.height + delay;
      const { paymentHash } = request;
      const id = channels.offered(first.channel, 'out', { amountMsat, expiry, paymentHash });
      const htlc = { id, expiry };
      return records.begin(request, part, group, htlc);
    });
    const isShared = destination?.member !== undefined;
    const failed =
      request.failure ??
      planned
        .map(({ route }) =>
          isShared ? closedChannelOn(route) : this.#failureOn(route, destination),
        )
        .find((each) => each !== undefined);
    if (failed !== undefined) return this.#failAll(payments, failed);
    const isToUs = request.destination === this.#parts.context.keys.id;
    if (isToUs && !planned.some(({ route }) => this.#crossesMember(route))) {
      for (const payment of payments) this.#arriveAtUs(payment, request.paymentSecret);
      return { status: 'pending', payments };
    }
    if (destination === undefined) {
      const index = planned[0]?.route.length ?? 0;
      return this.#failAll(payments, { failure: UNKNOWN_DETAILS, index });
    }
    if (destination.member !== undefined)
      return this.#sendToMember(payments, request.paymentSecret);
    if (destination.conduct === 'hold') return { status: 'pending', payments };
    return this.#arrive(payments, destination);
  }

  /** Whether a route passes another sandbox. One that returns to us cannot. */
  #crossesMember(route: readonly Hop[]): boolean {
    const { nodes } = this.#parts;
    return route.some(({ to }) => to !== OURS && nodes.byNumber(to).member !== undefined);
  }

  #sendToMember(payments: readonly Payment[], secret: Buffer | undefined): PaymentOutcome {
    const { outlet } = this;
    if (outlet === undefined) throw new Error('a node of the shared world needs an outlet');
    for (const payment of payments) outlet.send(payment, this.#routeOf(payment), secret);
    return { status: 'pending', payments };
  }

  /** Adds the pending HTLC of a route that returns to us. */
  #arriveAtUs(payment: Payment, secret: Buffer | undefined): void {
    const { arrived, chain, channels } = this.#parts;
    const last = this.#routeOf(payment).at(-1);
    if (last === undefined) throw new Error('a route to us without a hop');
    const { amountMsat, delay } = last;
    const expiry = chain.height + delay;
    const { paymentHash, totalMsat, route, index } = payment;
    const id = channels.offered(last.channel, 'in', { amountMsat, expiry, paymentHash });
    const channel = last.channel.key;
    const isHeld = false;
    arrived.add({ channel, id, amountMsat, totalMsat, secret, route, isHeld, payment: index });
  }

  /** Starts the time of the incomplete payments. Call it once, after the start. */
  resume(): void {
    const { nodes, store } = this.#parts;
    for (const payment of store.pending()) {
      const destination = nodes.byId(payment.destination);
      if (destination !== undefined && destination.member === undefined) {
        this.#failLater(payment, destination);
      }
    }
  }

  /** Lets a node decide about the parts that it holds, as its conduct is now. */
  release(node: WorldNode): void {
    for (const payments of this.#heldBy(node)) {
      const [first] = payments;
      if (first === undefined || node.conduct === 'hold') continue;
      const failed = this.#failureOn(this.#routeOf(first), node);
      if (failed === undefined) this.#arrive(payments, node);
      else this.#failAll(payments, failed);
    }
  }

  /** Completes a pending part, whatever its destination does. */
  settle(payment: Payment): Payment {
    const blocked = this.#routeOf(payment).some(
      ({ channel, from, amountMsat }) => from !== OURS && carriesMsat(channel, from) < amountMsat,
    );
    return blocked
      ? this.fail(payment, { failure: 'temporary_channel_failure', index: 1 })
      : this.complete(payment);
  }

  /** Fails a pending part at its destination, or where the caller says. */
  fail(payment: Payment, at?: FailureAt): Payment {
    const { arrived, chain, context, nodes, notices, records } = this.#parts;
    const route = this.#routeOf(payment);
    const { failure, index, next, detail }: FailureAt = at ?? {
      failure: UNKNOWN_DETAILS,
      index: route.length,
    };
    const erring = route[index - 1];
    const nextHop = route[index];
    const shown = nextHop ?? route.at(-1);
    const direction = next?.direction ?? (shown && notices.direction(shown));
    const height = chain.height + (failure === 'incorrect_cltv_expiry' ? (erring?.delay ?? 0) : 0);
    arrived.removeOf(payment.index);
    // lightningd reports the encrypted onion of the failing node; the sandbox uses random bytes.
    const onion = payment.bySendpay ? {} : { failure: randomBytes(292).toString('hex') };
    const failed = records.finish(payment, {
      ...onion,
      reason: {
        failure,
        index,
        node: erring === undefined ? detail && context.keys.id : nodes.idOf(erring.to),
        channel: next?.channel ?? shown?.channel.scid,
        direction,
        detail,
        message: failureMessage(failure, erring?.amountMsat ?? payment.amountMsat, height),
      },
    });
    this.#stopTimeout(failed);
    notices.failed(failed);
    notices.ended(failed, 'failure', {
      failed_msg: failureMessage(failure, payment.totalMsat, chain.height),
      failed_node_id: erring === undefined ? undefined : nodes.idOf(erring.to),
      failed_short_channel_id: nextHop?.channel.scid,
      failed_direction: nextHop === undefined ? undefined : notices.direction(nextHop),
      error_code: failureCode(failure),
      error_message: failure,
    });
    return failed;
  }

  /** The parts of a payment at their destination, which accepts them when all have arrived. */
  #arrive(payments: readonly Payment[], destination: WorldNode): PaymentOutcome {
    const { context, peerInvoices } = this.#parts;
    const [first] = payments;
    if (first === undefined) throw new Error('a payment without parts arrived');
    const invoice = peerInvoices.byHash(first.paymentHash);
    const isKnown =
      first.keysendPreimage !== undefined ||
      acceptsPayment(invoice, first.totalMsat, destination, seconds(context.clock));
    if (!isKnown) {
      const route = this.#routeOf(first);
      return this.#failAll(payments, { failure: UNKNOWN_DETAILS, index: route.length });
    }
    const set = this.#pendingTogether(first);
    const arrived = set.reduce((sum, { amountMsat }) => sum + amountMsat, 0n);
    if (arrived < first.totalMsat) {
      this.#failLater(first, destination);
      return { status: 'pending', payments };
    }
    const sent = new Set(payments.map(({ index }) => index));
    const completed = set.map((each) => this.complete(each));
    return { status: 'complete', payments: completed.filter(({ index }) => sent.has(index)) };
  }

  /** Fails the parts of a payment if others stay away, unless the node holds them. */
  #failLater({ paymentHash }: Payment, { number }: WorldNode): void {
    const { context, nodes, partTimeouts } = this.#parts;
    partTimeouts.start(timeoutOf(paymentHash), () => {
      const { conduct, id } = nodes.byNumber(number);
      if (conduct === 'hold') return;
      inTransaction(context, () => {
        for (const part of this.#pendingTogether({ paymentHash })) {
          if (part.destination !== id) continue;
          this.fail(part, { failure: 'mpp_timeout', index: this.#routeOf(part).length });
        }
      });
    });
  }

  /** No time runs for a payment without pending parts. */
  #stopTimeout({ paymentHash }: Payment): void {
    if (this.#pendingTogether({ paymentHash }).length > 0) return;
    this.#parts.partTimeouts.stop(timeoutOf(paymentHash));
  }

  /** Completes a pending part. @param given - the preimage, from a node of the shared world */
  complete(payment: Payment, given?: Buffer): Payment {
    const { channels, movements, notices, peerInvoices, records } = this.#parts;
    const route = this.#routeOf(payment);
    const invoice = peerInvoices.byHash(payment.paymentHash);
    const preimage = given ?? payment.keysendPreimage ?? invoice?.preimage;
    if (preimage === undefined) return this.fail(payment);
    this.#parts.arrived.removeOf(payment.index);
    transfer(channels, route);
    const last = route.at(-1);
    if (invoice !== undefined) {
      peerInvoices.markPaid(invoice, (invoice.receivedMsat ?? 0n) + payment.amountMsat);
    } else if (last !== undefined && given === undefined) {
      peerInvoices.addKeysend(last.to, preimage, payment.amountMsat);
    }
    const completed = records.finish(payment, { preimage });
    this.#stopTimeout(completed);
    notices.completed(completed);
    const [first] = route;
    if (first !== undefined) {
      movements.inChannel({
        account: channelId(first.channel),
        debitMsat: payment.sentMsat,
        tag: 'invoice',
        paymentHash: payment.paymentHash,
        part: { partId: payment.partId, groupId: payment.groupId },
        feesMsat: payment.sentMsat - payment.amountMsat,
      });
    }
    return completed;
  }

  #failAll(payments: readonly Payment[], at: FailureAt): PaymentOutcome {
    for (const payment of payments) this.fail(payment, at);
    return failedOutcome(failureError(at.failure));
  }

  /** The failure of a payment on a route, if a node on the way or the destination refuses it. */
  #failureOn(route: readonly Hop[], destination: WorldNode | undefined): FailureAt | undefined {
    for (const [index, { channel, from, amountMsat }] of route.entries()) {
      if (from === OURS) continue;
      if (this.#parts.nodes.byNumber(from).conduct === 'fail') {
        return { failure: 'temporary_node_failure', index };
      }
      if (carriesMsat(channel, from) < amountMsat) {
        return { failure: 'temporary_channel_failure', index };
      }
    }
    const index = route.length;
    if (destination?.conduct === 'fail') return { failure: 'temporary_node_failure', index };
    return destination?.conduct === 'reject' ? { failure: UNKNOWN_DETAILS, index } : undefined;
  }

  /** The pending parts of the same payment, also those of other calls that each sent a part of the amount. */
  #pendingTogether({ paymentHash }: Pick<Payment, 'paymentHash'>): Payment[] {
    return this.#parts.store.ofHash(paymentHash).filter(({ status }) => status === 'pending');
  }

  /** The pending payments to a node, by payment. */
  #heldBy({ id }: WorldNode): Payment[][] {
    const groups = new Map<string, Payment[]>();
    for (const payment of this.#parts.store.pending()) {
      if (payment.destination !== id) continue;
      const key = `${payment.paymentHash.toString('hex')} ${payment.groupId}`;
      groups.set(key, [...(groups.get(key) ?? []), payment]);
    }
    return [...groups.values()];
  }

  #routeOf({ route }: Payment): Hop[] {
    return routeOfText(route, this.#parts.channels);
  }
}

function timeoutOf(paymentHash: Buffer): string {
  return `sent ${paymentHash.toString('hex')}`;
}

/** A route can have been chosen before a channel of it closed. Other nodes of the world discard such a part. */
function closedChannelOn(route: readonly Hop[]): FailureAt | undefined {
  const index = route.findIndex(({ channel }) => channel.closingTxid !== undefined);
  return index === -1
    ? undefined
    : { failure: 'temporary_channel_failure', index: Math.max(1, index) };
}

/** The error of a payment that failed with a message of a node. */
export function failureError(failure: WireFailure): CommandError {
  return failure === UNKNOWN_DETAILS
    ? new CommandError(
        ErrorCode.payDestinationFailed,
        `Destination said it doesn't know invoice: ${failure}`,
      )
    : new CommandError(ErrorCode.payNoRoute, `Failed: ${failure}`);
}

/** A node accepts one payment of an invoice before it expires, up to twice the amount (BOLT 4). */
function acceptsPayment(
  invoice: PeerInvoice | undefined,
  totalMsat: bigint,
  { number }: WorldNode,
  now: bigint,
): boolean {
  if (invoice === undefined || invoice.node !== number || invoice.receivedMsat !== undefined) {
    return false;
  }
  if (now >= invoice.expiresAt) return false;
  const wanted = invoice.amountMsat ?? totalMsat;
  return totalMsat >= wanted && totalMsat <= wanted * 2n;
}
