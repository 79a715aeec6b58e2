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
import { offer, transfer } from './transfers.ts';

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

/** Receives payments of our invoices. Each is a single part that completes or fails at once. */
export class IncomingPayments {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
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

  /**
   * Receives a payment of one of our invoices through the channels that `plan` finds.
   *
   * @param settledBy - a plugin can settle the payment, which does not pay the invoice
   */
  receive(request: IncomingRequest, settledBy: 'invoice' | 'plugin'): IncomingPayment {
    const { chain, channels, invoices, context } = this.#parts;
    return inTransaction(context, () => {
      const plan = this.plan(request);
      offer(channels, plan.route, plan.invoice.paymentHash, chain.height);
      transfer(channels, plan.route);
      const invoice =
        settledBy === 'invoice' ? invoices.pay(plan.invoice, plan.amountMsat) : plan.invoice;
      this.#record(plan.route, invoice.paymentHash, plan.amountMsat);
      return { ...plan, invoice };
    });
  }

  /** Adds an incoming HTLC that a plugin has failed. */
  refuse(hop: Hop, paymentHash: Buffer): void {
    const { chain, channels, context } = this.#parts;
    inTransaction(context, () => offer(channels, [hop], paymentHash, chain.height));
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
