import { CommandError, ErrorCode } from '../../commands/errors.ts';
import type { StoredInvoice } from '../../invoices/invoice.ts';
import { type Invoices, paymentSecretOf } from '../../invoices/invoices.ts';
import type { Chain } from '../chain.ts';
import { channelId, isOurs, peerOf, type Channel } from '../channel.ts';
import type { ChannelStore } from '../channel-store.ts';
import { inTransaction, type WorldContext } from '../context.ts';
import type { Movements } from '../movements.ts';
import type { WireFailure } from '../failures.ts';
import { OURS, type WorldNode } from '../nodes.ts';
import type { Payment } from '../payment.ts';
import type { PaymentStore } from '../payment-store.ts';
import { carriesMsat, findRoute, type Hop } from '../routes.ts';
import { routeOfText, routeText } from './held-route.ts';
import type { IncomingHtlc, IncomingHtlcStore } from './incoming-htlc-store.ts';
import type { OutgoingParts } from './outgoing-parts.ts';
import type { PartTimeouts } from './part-timeouts.ts';
import { transfer } from './transfers.ts';

/** A payment of one of our invoices, from another node or from outside the world. */
export interface IncomingRequest {
  readonly from: WorldNode | undefined;
  readonly paymentHash: Buffer;
  /** By default the amount of the invoice. */
  readonly amountMsat: bigint | undefined;
}

/** A payment of one of our invoices. */
export interface IncomingPayment {
  readonly invoice: StoredInvoice;
  readonly amountMsat: bigint;
  /** Empty for a payment from outside that no channel can carry. */
  readonly route: readonly Hop[];
}

/** A payment whose last HTLC is pending. */
interface ArrivedPayment extends IncomingPayment {
  readonly htlc: IncomingHtlc;
}

/** The CLTV delta of the last hop of a payment to us, in blocks. */
const FINAL_DELAY = 10;

interface Parts {
  readonly context: WorldContext;
  readonly chain: Chain;
  readonly channels: ChannelStore;
  readonly movements: Movements;
  readonly invoices: Invoices;
  readonly arrived: IncomingHtlcStore;
  readonly partTimeouts: PartTimeouts;
  /** Our own payments, whose routes can return to us. */
  readonly parts: Pick<OutgoingParts, 'complete' | 'fail'>;
  readonly store: PaymentStore;
  /** The channels that can carry payments now. */
  readonly usable: () => Channel[];
}

/** The invoice settles a payment, or a plugin with its preimage, which does not pay the invoice. */
type SettledBy = 'invoice' | Buffer;

/** Receives payments of our invoices. Their HTLCs are pending until we settle or fail them. */
export class IncomingPayments {
  readonly #parts: Parts;
  readonly #pending: IncomingHtlcStore;
  /** The parts that plugins continue while others are missing. The hooks are called again after a restart. */
  readonly #accepted = new Set<string>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#pending = parts.arrived;
  }

  /**
   * Plans a payment of one of our invoices.
   *
   * @throws CommandError if the invoice cannot be paid, or the sender has no route
   */
  plan({ from, paymentHash, amountMsat }: IncomingRequest): IncomingPayment {
    const { invoice, amount } = this.#payableInvoice(paymentHash, amountMsat);
    if (from === undefined) {
      return { invoice, amountMsat: amount, route: this.#routeFromOutside(amount) };
    }
    const routeRequest = {
      from: from.number,
      to: OURS,
      amountMsat: amount,
      finalDelay: FINAL_DELAY,
    };
    const route = findRoute(this.#parts.usable(), routeRequest);
    if (route !== undefined) return { invoice, amountMsat: amount, route };
    throw new CommandError(ErrorCode.payNoRoute, `${from.name} found no route to this node`);
  }

  /** Receives a payment of one of our invoices at once, through the channels that `plan` finds. */
  receive(request: IncomingRequest): IncomingPayment {
    const { invoices, context } = this.#parts;
    return inTransaction(context, () => {
      const arrived = this.arrive(request, false);
      if ('htlc' in arrived) {
        this.settle([arrived.htlc], 'invoice');
        return { ...arrived, invoice: invoices.byHash(request.paymentHash) ?? arrived.invoice };
      }
      return { ...arrived, invoice: invoices.pay(arrived.invoice, arrived.amountMsat) };
    });
  }

  /**
   * Adds the pending HTLC of a payment. A payment from outside that no channel can carry has no HTLC.
   *
   * @param isHeld - the payment waits for a command
   */
  arrive(request: IncomingRequest, isHeld: boolean): ArrivedPayment | IncomingPayment {
    return inTransaction(this.#parts.context, () => {
      const plan = this.plan(request);
      const last = plan.route.at(-1);
      if (last === undefined) return plan;
      const id = this.#offer(last, plan.invoice.paymentHash);
      const { amountMsat } = last;
      const htlc = this.#pending.add({
        channel: last.channel.key,
        id,
        amountMsat,
        totalMsat: amountMsat,
        secret: paymentSecretOf(plan.invoice.preimage),
        route: routeText(plan.route),
        isHeld,
        payment: undefined,
      });
      return { ...plan, htlc };
    });
  }

  /** The payments that are pending, in the order of their arrival. */
  pending(): IncomingHtlc[] {
    return this.#pending.all();
  }

  /** Lets the plugins decide about a payment that was held. */
  letGo(htlc: IncomingHtlc): void {
    this.#pending.letGo(htlc);
  }

  /** The HTLC of a payment of ours whose route returns to us. */
  ofPayment({ index }: Payment): IncomingHtlc | undefined {
    return this.#pending.all().find(({ payment }) => payment === index);
  }

  /**
   * Accepts an HTLC that the plugins continue.
   *
   * @returns the accepted parts of its payment when all have arrived; undefined while others are missing
   */
  accept(htlc: IncomingHtlc): IncomingHtlc[] | undefined {
    this.#accepted.add(nameOf(htlc));
    const parts = this.#pending
      .all()
      .filter(
        (each) => each.paymentHash.equals(htlc.paymentHash) && this.#accepted.has(nameOf(each)),
      );
    const set = htlc.amountMsat >= htlc.totalMsat ? [htlc] : parts;
    const arrived = set.reduce((sum, { amountMsat }) => sum + amountMsat, 0n);
    const timeout = `received ${htlc.paymentHash.toString('hex')}`;
    if (arrived < htlc.totalMsat && this.problem(set, 'invoice') === undefined) {
      this.#parts.partTimeouts.start(timeout, () => this.#failLate(htlc));
      return undefined;
    }
    this.#parts.partTimeouts.stop(timeout);
    for (const each of set) this.#accepted.delete(nameOf(each));
    return set;
  }

  /** Fails the accepted parts of a payment of which others stay away. */
  #failLate({ paymentHash }: IncomingHtlc): void {
    for (const each of this.#pending.all()) {
      if (!each.paymentHash.equals(paymentHash) || !this.#accepted.delete(nameOf(each))) continue;
      this.fail(each, 'mpp_timeout');
    }
  }

  /** Why the parts of a payment cannot be settled: the invoice or the channels have changed. */
  problem(htlcs: readonly IncomingHtlc[], settledBy: SettledBy): CommandError | undefined {
    const pending = new Set(this.#pending.all().map(nameOf));
    if (!htlcs.every((htlc) => pending.has(nameOf(htlc)))) {
      return new CommandError(ErrorCode.payNoSuchPayment, 'The HTLC is not pending any more');
    }
    if (htlcs.some((htlc) => this.#isBlocked(htlc))) {
      return new CommandError(ErrorCode.payNoRoute, 'Failed: temporary_channel_failure');
    }
    return settledBy === 'invoice' ? this.#invoiceProblem(htlcs) : undefined;
  }

  /** Whether a channel of other nodes on the way does not have the amount any more. */
  #isBlocked({ route }: IncomingHtlc): boolean {
    return routeOfText(route, this.#parts.channels).some(
      ({ channel, from, amountMsat }) =>
        !isOurs(channel) && carriesMsat(channel, from) < amountMsat,
    );
  }

  #invoiceProblem(htlcs: readonly IncomingHtlc[]): CommandError | undefined {
    try {
      for (const { paymentHash, totalMsat, secret } of htlcs) {
        const { invoice } = this.#payableInvoice(paymentHash, totalMsat);
        if (secret?.equals(paymentSecretOf(invoice.preimage)) === true) continue;
        return new CommandError(ErrorCode.invoiceNotFound, 'Unknown invoice');
      }
      return undefined;
    } catch (error) {
      if (error instanceof CommandError) return error;
      throw error;
    }
  }

  /**
   * Settles the parts of a payment.
   *
   * @throws CommandError if the payment has failed, because of its `problem`
   */
  settle(htlcs: readonly IncomingHtlc[], settledBy: SettledBy): void {
    const problem = this.problem(htlcs, settledBy);
    if (problem !== undefined) {
      for (const htlc of htlcs) this.fail(htlc);
      throw problem;
    }
    inTransaction(this.#parts.context, () => {
      const preimage = settledBy === 'invoice' ? this.#pay(htlcs) : settledBy;
      for (const htlc of htlcs) this.#settleOne(htlc, preimage);
    });
  }

  /** Pays the invoice. @returns its preimage */
  #pay(htlcs: readonly IncomingHtlc[]): Buffer {
    const { invoices } = this.#parts;
    const [first] = htlcs;
    const invoice = first && invoices.byHash(first.paymentHash);
    if (invoice === undefined) throw new Error('the invoice of the payment is missing');
    const received = htlcs.reduce((sum, { amountMsat }) => sum + amountMsat, 0n);
    return invoices.pay(invoice, received).preimage;
  }

  #settleOne(htlc: IncomingHtlc, preimage: Buffer): void {
    const { channels, parts } = this.#parts;
    const route = routeOfText(htlc.route, channels);
    this.#pending.remove(htlc);
    this.#record(route, htlc.paymentHash, htlc.amountMsat);
    const own = this.#ownPayment(htlc);
    if (own === undefined) transfer(channels, route);
    else parts.complete(own, preimage);
  }

  /** Fails a pending payment. */
  fail(htlc: IncomingHtlc, failure?: WireFailure): void {
    const { context, parts, channels } = this.#parts;
    inTransaction(context, () => {
      const own = this.#ownPayment(htlc);
      if (!this.#pending.remove(htlc) || own === undefined) return;
      const index = routeOfText(htlc.route, channels).length;
      parts.fail(own, failure && { failure, index });
    });
  }

  /** Our own payment, if its route returns to us. */
  #ownPayment({ payment, paymentHash }: IncomingHtlc): Payment | undefined {
    if (payment === undefined) return undefined;
    return this.#parts.store.ofHash(paymentHash).find(({ index }) => index === payment);
  }

  /** Fails the pending payments in a channel that closes. */
  failThrough({ key }: Channel): void {
    for (const htlc of this.#pending.all()) if (htlc.channel === key) this.fail(htlc);
  }

  /** Adds an incoming HTLC that a plugin has failed. */
  refuse(hop: Hop, paymentHash: Buffer): void {
    inTransaction(this.#parts.context, () => {
      this.#parts.channels.resolved(hop.channel, 'in', this.#offer(hop, paymentHash));
    });
  }

  #offer({ channel, amountMsat, delay }: Hop, paymentHash: Buffer): bigint {
    const { chain, channels } = this.#parts;
    return channels.offered(channel, 'in', {
      amountMsat,
      expiry: chain.height + delay,
      paymentHash,
    });
  }

  /** The last hop through one of our channels with the capacity, or no hop. */
  #routeFromOutside(amountMsat: bigint): Hop[] {
    const channel = this.#parts
      .usable()
      // Another sandbox decides about what it sends.
      .find(
        (each) =>
          isOurs(each) &&
          each.peerScript === undefined &&
          carriesMsat(each, peerOf(each)) >= amountMsat,
      );
    if (channel === undefined) return [];
    return [{ channel, from: peerOf(channel), to: OURS, amountMsat, delay: FINAL_DELAY }];
  }

  /** One of our unpaid invoices, and the amount to pay. */
  #payableInvoice(paymentHash: Buffer, amountMsat: bigint | undefined) {
    const { invoices } = this.#parts;
    const invoice = invoices.byHash(paymentHash);
    if (invoice === undefined) throw new CommandError(ErrorCode.invoiceNotFound, 'Unknown invoice');
    return { invoice, amount: invoices.payableAmount(invoice, amountMsat) };
  }

  #record(route: readonly Hop[], paymentHash: Buffer, amountMsat: bigint): void {
    const last = route.at(-1);
    if (last === undefined) return;
    this.#parts.movements.inChannel({
      account: channelId(last.channel),
      creditMsat: amountMsat,
      tag: 'invoice',
      paymentHash,
      feesMsat: 0n,
    });
  }
}

function nameOf({ channel, id }: IncomingHtlc): string {
  return `${channel} ${id}`;
}
