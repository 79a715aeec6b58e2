import { CommandError, ErrorCode } from '../../commands/errors.ts';
import type { StoredInvoice } from '../../invoices/invoice.ts';
import type { Invoices } from '../../invoices/invoices.ts';
import type { Chain } from '../chain.ts';
import { channelId, isOurs, peerOf, type Channel } from '../channel.ts';
import type { ChannelStore } from '../channel-store.ts';
import { inTransaction, type WorldContext } from '../context.ts';
import type { Movements } from '../movements.ts';
import { OURS, type WorldNode } from '../nodes.ts';
import { carriesMsat, findRoute, type Hop } from '../routes.ts';
import { routeOfText, routeText } from './held-route.ts';
import { type IncomingHtlc, IncomingHtlcStore } from './incoming-htlc-store.ts';
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
  /** The channels that can carry payments now. */
  readonly usable: () => Channel[];
}

/** Receives payments of our invoices. Each is a single part, whose HTLC is pending until we settle or fail it. */
export class IncomingPayments {
  readonly #parts: Parts;
  readonly #pending: IncomingHtlcStore;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#pending = new IncomingHtlcStore(parts.context.database);
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
      if ('htlc' in arrived) return this.settle(arrived.htlc, 'invoice');
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
      const route = routeText(plan.route);
      const channel = last.channel.key;
      return { ...plan, htlc: this.#pending.add({ channel, id, amountMsat, route, isHeld }) };
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

  /** Why a pending payment cannot be settled: the invoice or the channels have changed. */
  problem(htlc: IncomingHtlc, settledBy: 'invoice' | 'plugin'): CommandError | undefined {
    if (
      !this.#pending.all().some(({ channel, id }) => channel === htlc.channel && id === htlc.id)
    ) {
      return new CommandError(ErrorCode.payNoSuchPayment, 'The HTLC is not pending any more');
    }
    const hops = routeOfText(htlc.route, this.#parts.channels).slice(0, -1);
    const blocked = hops.find(
      ({ channel, from, amountMsat }) => carriesMsat(channel, from) < amountMsat,
    );
    if (blocked !== undefined) {
      return new CommandError(ErrorCode.payNoRoute, 'Failed: temporary_channel_failure');
    }
    if (settledBy === 'plugin') return undefined;
    try {
      this.#payableInvoice(htlc.paymentHash, htlc.amountMsat);
      return undefined;
    } catch (error) {
      if (error instanceof CommandError) return error;
      throw error;
    }
  }

  /**
   * Settles a pending payment.
   *
   * @param settledBy - a plugin can settle the payment, which does not pay the invoice
   * @throws CommandError if the payment has failed, because of its `problem`
   */
  settle(htlc: IncomingHtlc, settledBy: 'invoice' | 'plugin'): IncomingPayment {
    const problem = this.problem(htlc, settledBy);
    if (problem !== undefined) {
      this.fail(htlc);
      throw problem;
    }
    const { channels, invoices, context } = this.#parts;
    return inTransaction(context, () => {
      this.#pending.remove(htlc);
      const route = routeOfText(htlc.route, channels);
      transfer(channels, route);
      const { amountMsat, paymentHash } = htlc;
      const unpaid = invoices.byHash(paymentHash);
      if (unpaid === undefined)
        throw new CommandError(ErrorCode.invoiceNotFound, 'Unknown invoice');
      const invoice = settledBy === 'invoice' ? invoices.pay(unpaid, amountMsat) : unpaid;
      this.#record(route, paymentHash, amountMsat);
      return { invoice, amountMsat, route };
    });
  }

  /** Fails a pending payment. */
  fail(htlc: IncomingHtlc): void {
    inTransaction(this.#parts.context, () => this.#pending.remove(htlc));
  }

  /** Fails the pending payments in a channel that closes. */
  failThrough({ key }: Channel): void {
    for (const htlc of this.#pending.all()) if (htlc.channel === key) this.fail(htlc);
  }

  /** Adds an incoming HTLC that a plugin has failed. */
  refuse(hop: Hop, paymentHash: Buffer): void {
    inTransaction(this.#parts.context, () => this.#offer(hop, paymentHash));
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
