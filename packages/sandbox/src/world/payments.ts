import { createHash } from 'node:crypto';
import type { StoredInvoice } from '../invoices/invoice.ts';
import type { Invoices } from '../invoices/invoices.ts';
import type { Chain } from './chain.ts';
import { isOurs, peerOf, type Channel } from './channel.ts';
import type { ChannelStore } from './channel-store.ts';
import type { Connections } from './connections.ts';
import { inTransaction, type WorldContext } from './context.ts';
import type { Movements } from './movements.ts';
import type { WorldNode, WorldNodes } from './nodes.ts';
import { type CombinedPayment, combined, type Payment } from './payment.ts';
import type { PaymentStore } from './payment-store.ts';
import { IncomingHtlcStore } from './payments/incoming-htlc-store.ts';
import { IncomingPayments } from './payments/incoming-payments.ts';
import { OutgoingParts } from './payments/outgoing-parts.ts';
import { OutgoingPayments } from './payments/outgoing-payments.ts';
import type { PartTimeouts } from './payments/part-timeouts.ts';
import { PaymentNotices } from './payments/payment-notices.ts';
import { PaymentRecords } from './payments/payment-records.ts';
import type { PaymentOutcome, PaymentRequest } from './payments/payment-request.ts';
import { SelfPayments } from './payments/self-payments.ts';
import type { PeerInvoices } from './peer-invoices.ts';
import type { Hop } from './routes.ts';
import type { Waits } from './waits.ts';

export type { IncomingPayment, IncomingRequest } from './payments/incoming-payments.ts';
export type { PaymentOutcome, PaymentRequest } from './payments/payment-request.ts';

interface PaymentsDependencies {
  readonly world: WorldContext;
  readonly chain: Chain;
  readonly channels: ChannelStore;
  readonly nodes: WorldNodes;
  readonly connections: Connections;
  readonly movements: Movements;
  readonly store: PaymentStore;
  readonly peerInvoices: PeerInvoices;
  readonly invoices: Invoices;
  readonly waits: Waits;
  readonly partTimeouts: PartTimeouts;
}

/** Sends and receives payments. */
export class Payments {
  readonly #dependencies: PaymentsDependencies;
  readonly #outgoing: OutgoingPayments;
  readonly records: PaymentRecords;
  readonly parts: OutgoingParts;
  readonly incoming: IncomingPayments;

  constructor(dependencies: PaymentsDependencies) {
    this.#dependencies = dependencies;
    const { world: context, nodes, store, waits } = dependencies;
    const usable = (): Channel[] => this.usable();
    const notices = new PaymentNotices(context, nodes, waits);
    const records = new PaymentRecords(context, store, notices);
    const arrived = new IncomingHtlcStore(context.database);
    const shared = { ...dependencies, context, usable, notices, records, arrived };
    const parts = new OutgoingParts(shared);
    this.records = records;
    this.parts = parts;
    this.incoming = new IncomingPayments({ ...shared, parts });
    this.#outgoing = new OutgoingPayments({ ...shared, parts, self: new SelfPayments(shared) });
  }

  /** The completed payment with that hash. */
  paid(paymentHash: Buffer): CombinedPayment | undefined {
    const parts = this.#dependencies.store.ofHash(paymentHash);
    const last = parts.findLast(({ status }) => status === 'complete');
    return last && this.combined(last);
  }

  /** The parts of a payment with the status of one of them, as one payment. */
  combined({ paymentHash, groupId, status }: Payment): CombinedPayment {
    const all = this.#dependencies.store.ofHash(paymentHash);
    return combined(all.filter((each) => each.groupId === groupId && each.status === status));
  }

  /** The parts that were sent together. */
  partsOf({ paymentHash, groupId }: Payment): Payment[] {
    const all = this.#dependencies.store.ofHash(paymentHash);
    return all.filter((each) => each.groupId === groupId);
  }

  /** The number of parts that failed before others completed the payment. */
  failedParts(payment: Payment): number {
    return this.partsOf(payment).filter(({ status }) => status === 'failed').length;
  }

  /** True if the hash belongs to one of our invoices. */
  isOurs(paymentHash: Buffer): boolean {
    return this.#dependencies.invoices.byHash(paymentHash) !== undefined;
  }

  /** Our unpaid invoice with that hash. */
  unpaid(paymentHash: Buffer): StoredInvoice | undefined {
    const invoice = this.#dependencies.invoices.byHash(paymentHash);
    return invoice?.status === 'unpaid' ? invoice : undefined;
  }

  /** The channels that can carry payments now. */
  usable(): Channel[] {
    const { channels, nodes, connections } = this.#dependencies;
    return channels.living().filter((channel) => {
      if (channel.state !== 'CHANNELD_NORMAL' || channel.closingTxid !== undefined) return false;
      if (!isOurs(channel)) return true;
      return connections.has(nodes.idOf(peerOf(channel)));
    });
  }

  /** Sends a payment through our channels. */
  send(request: PaymentRequest): PaymentOutcome {
    return inTransaction(this.#dependencies.world, () => this.#outgoing.send(request));
  }

  /** Sends a part along a route that the caller chose. @returns the part as it was when it left */
  sendAlong(
    request: PaymentRequest,
    route: readonly Hop[],
    { partId, groupId }: { readonly partId: bigint; readonly groupId: bigint },
  ): Payment {
    const { world, nodes, store } = this.#dependencies;
    return inTransaction(world, () => {
      const part = { route, amountMsat: request.amountMsat, partId };
      const group = { started: world.clock.now(), groupId };
      this.parts.send(request, [part], nodes.byId(request.destination), group);
      const sent = store
        .ofHash(request.paymentHash)
        .findLast((each) => each.groupId === groupId && each.partId === partId);
      if (sent === undefined) throw new Error('the sent part is missing');
      return { ...sent, status: 'pending' };
    });
  }

  /** Lets a node decide about the payments that it holds. */
  release(node: WorldNode): void {
    inTransaction(this.#dependencies.world, () => this.parts.release(node));
  }

  /** Fails the pending payments through a channel that closes. */
  failThrough(channel: Channel): void {
    const { key } = channel;
    this.incoming.failThrough(channel);
    for (const payment of this.#dependencies.store.pending()) {
      if (payment.firstChannel !== key) continue;
      this.parts.fail(payment, { failure: 'temporary_channel_failure', index: 1 });
    }
  }
}

/** The payment hash of a preimage. */
export function hashOf(preimage: Buffer): Buffer {
  return createHash('sha256').update(preimage).digest();
}
