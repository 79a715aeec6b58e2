import { decodeBolt12Invoice, invoiceRequestId } from '@clnrest/runes/bolt12';
import type { PublishedStore } from '../bolt12/published-store.ts';
import type { Invoices } from '../invoices/invoices.ts';
import { type Chain, outpointOf } from '../world/chain.ts';
import { type Channel, channelId } from '../world/channel.ts';
import type { ChannelStore } from '../world/channel-store.ts';
import type { WorldContext } from '../world/context.ts';
import type { WireFailure } from '../world/failures.ts';
import type { Forwards } from '../world/forwards.ts';
import type { Movements } from '../world/movements.ts';
import { OURS, type WorldNodes } from '../world/nodes.ts';
import type { Payment } from '../world/payment.ts';
import type { OutgoingParts } from '../world/payments/outgoing-parts.ts';
import type { PaymentStore } from '../world/payment-store.ts';
import { transfer } from '../world/payments/transfers.ts';
import type { Hop } from '../world/routes.ts';
import type { PartStore, StoredPart } from './part-store.ts';
import type { FailRecord, ForwardRecord, Part, PartHop, SettleRecord } from './records.ts';

interface Parts {
  readonly context: WorldContext;
  readonly chain: Chain;
  readonly store: ChannelStore;
  readonly nodes: WorldNodes;
  readonly outgoing: OutgoingParts;
  readonly payments: PaymentStore;
  readonly forwards: Forwards;
  readonly invoices: Invoices;
  readonly movements: Movements;
  readonly parts: PartStore;
  readonly invoiceRequests: PublishedStore;
}

/** Applies the records of payments: each node keeps all parts, and changes what it takes part in. */
export class PartRecords {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Another node has sent a part. A part through a channel that an earlier record closes fails at once. */
  sent(part: Part): void {
    const { parts } = this.#parts;
    parts.add(part, undefined);
    if (part.hops.some((hop) => this.#isClosed(hop))) parts.finish(part.id, 'failed');
    else this.#receive(part, 0);
  }

  forwarded({ part: id, hop: index }: ForwardRecord): void {
    const { forwards, parts, store } = this.#parts;
    const part = parts.byId(id);
    const incoming = part?.hops[index - 1];
    const outgoing = part?.hops[index];
    if (part?.status !== 'pending' || incoming === undefined || outgoing === undefined) return;
    parts.advance(id, index);
    if (this.#isOurs(outgoing.from)) {
      const [from, to] = [this.#channel(incoming), this.#channel(outgoing)];
      if (from === undefined || to === undefined) return;
      const paymentHash = Buffer.from(part.paymentHash, 'hex');
      const amountMsat = BigInt(outgoing.amountMsat);
      const htlc = { amountMsat, expiry: outgoing.expiry, paymentHash };
      const outHtlc = store.offered(to, 'out', htlc);
      parts.addHtlc(id, { channel: to.key, direction: 'out', id: outHtlc, amountMsat });
      const forward = forwards.offer({
        paymentHash,
        inChannel: from.scid ?? '',
        inHtlc: part.inHtlc ?? 0n,
        outChannel: to.scid ?? '',
        outHtlc,
        inMsat: BigInt(incoming.amountMsat),
        outMsat: amountMsat,
      });
      parts.setForward(id, forward.index);
    }
    this.#receive(part, index);
  }

  settled({ parts: ids, preimage: hex, by }: SettleRecord): void {
    const preimage = Buffer.from(hex, 'hex');
    const parts = ids.flatMap((id) => {
      const part = this.#parts.parts.byId(id);
      return part?.status === 'pending' ? [part] : [];
    });
    for (const part of parts) this.#settle(part, preimage);
    const [first] = parts;
    if (first !== undefined && by === 'invoice' && this.#isOurs(first.hops.at(-1)?.to)) {
      this.#payInvoice(first);
    }
  }

  failed({ part: id, failure, index }: FailRecord): void {
    const part = this.#parts.parts.byId(id);
    if (part?.status === 'pending') this.#fail(part, failure as WireFailure, index);
  }

  /** Fails the pending parts through a channel that closes. @param outpoint - of its funding, as `txid:vout` */
  failThrough(outpoint: string): void {
    for (const part of this.#parts.parts.pending()) {
      const index = part.hops.findIndex(({ channel }) => channel === outpoint);
      if (index !== -1) this.#fail(part, 'temporary_channel_failure', Math.max(1, index));
    }
  }

  /** Adds the HTLC of a hop to us. */
  #receive(part: Part, index: number): void {
    const hop = part.hops[index];
    if (!this.#isOurs(hop?.to) || hop === undefined) return;
    const channel = this.#channel(hop);
    if (channel === undefined) return;
    const amountMsat = BigInt(hop.amountMsat);
    const paymentHash = Buffer.from(part.paymentHash, 'hex');
    const id = this.#parts.store.offered(channel, 'in', {
      amountMsat,
      expiry: hop.expiry,
      paymentHash,
    });
    this.#parts.parts.addHtlc(part.id, { channel: channel.key, direction: 'in', id, amountMsat });
  }

  #settle(part: StoredPart, preimage: Buffer): void {
    const { forwards, movements, outgoing, parts, store } = this.#parts;
    parts.finish(part.id, 'settled');
    if (part.payment !== undefined) {
      const payment = this.#paymentOf(part);
      if (payment !== undefined) {
        outgoing.complete(payment, preimage);
        this.#useRequest(payment);
      }
      return;
    }
    transfer(store, this.#route(part));
    if (part.forward !== undefined) {
      const [incoming, own] = this.#ownHops(part);
      if (incoming !== undefined && own !== undefined) {
        forwards.settle(part.forward, preimage, incoming, own);
      }
    }
    const last = part.hops.at(-1);
    const channel = last && this.#channel(last);
    if (channel === undefined || !this.#isOurs(last?.to)) return;
    movements.inChannel({
      account: channelId(channel),
      creditMsat: BigInt(part.amountMsat),
      tag: 'invoice',
      paymentHash: Buffer.from(part.paymentHash, 'hex'),
      feesMsat: 0n,
    });
  }

  /** Marks the invoice request that we have paid as used, in the transaction of the payment. */
  #useRequest({ invstring }: Payment): void {
    if (invstring?.startsWith('lni') !== true) return;
    const { invoiceRequests } = this.#parts;
    const id = Buffer.from(invoiceRequestId(decodeBolt12Invoice(invstring).tlvs));
    const request = invoiceRequests.byId(id);
    if (request !== undefined) invoiceRequests.markUsed(request);
  }

  #payInvoice({ paymentHash, totalMsat }: StoredPart): void {
    const { invoices } = this.#parts;
    const invoice = invoices.byHash(Buffer.from(paymentHash, 'hex'));
    // The invoice can have expired while the node did not run: the money has moved.
    if (invoice !== undefined) invoices.payAccepted(invoice, BigInt(totalMsat));
  }

  #fail(part: StoredPart, failure: WireFailure, index: number): void {
    const { forwards, outgoing, parts } = this.#parts;
    parts.finish(part.id, 'failed');
    const payment = this.#paymentOf(part);
    if (payment !== undefined) outgoing.fail(payment, { failure, index });
    if (part.forward !== undefined) forwards.fail(part.forward);
  }

  /** Our payment, if we have sent the part. */
  #paymentOf({ payment, paymentHash }: StoredPart): Payment | undefined {
    if (payment === undefined) return undefined;
    const all = this.#parts.payments.ofHash(Buffer.from(paymentHash, 'hex'));
    return all.find(({ index, status }) => index === payment && status === 'pending');
  }

  /** The channels through which a part comes to us and leaves us. */
  #ownHops(part: Part): [Channel | undefined, Channel | undefined] {
    const at = part.hops.findIndex(({ to }) => this.#isOurs(to));
    const [incoming, outgoing] = [part.hops[at], part.hops[at + 1]];
    return [incoming && this.#channel(incoming), outgoing && this.#channel(outgoing)];
  }

  /** The hops through channels that we know. */
  #route(part: Part): Hop[] {
    return part.hops.flatMap((hop) => {
      const channel = this.#channel(hop);
      if (channel === undefined) return [];
      const from = this.#numberOf(hop.from);
      const to = this.#numberOf(hop.to);
      return [{ channel, from, to, amountMsat: BigInt(hop.amountMsat), delay: 0 }];
    });
  }

  #channel({ channel }: PartHop): Channel | undefined {
    return this.#parts.store.byFunding(outpointOf(channel));
  }

  /** The chain knows the funding also of channels that are private. */
  #isClosed({ channel }: PartHop): boolean {
    return this.#parts.chain.output(outpointOf(channel))?.spentBy !== undefined;
  }

  #isOurs(id: string | undefined): boolean {
    return id === this.#parts.context.keys.id;
  }

  #numberOf(id: string): bigint {
    return this.#isOurs(id) ? OURS : (this.#parts.nodes.byId(id)?.number ?? -1n);
  }
}
