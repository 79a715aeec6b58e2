import { createHash, randomBytes } from 'node:crypto';
import type { RouteHop } from '@clnrest/runes/bolt11';
import { CommandError, ErrorCode } from '../commands/errors.ts';
import { NANOSECONDS_PER_SECOND, seconds, type Clock } from '../clock.ts';
import { FEATURES } from '../features.ts';
import type { JsonObject } from '../json/output.ts';
import type { PublishedStore } from '../bolt12/published-store.ts';
import type { NodeKeys } from '../keys/node-keys.ts';
import type { Notifier } from '../notifications/notifier.ts';
import type { Network } from '../options/network.ts';
import { Waiters } from '../waiters.ts';
import type { Waits } from '../world/waits.ts';
import { encodeBolt11 } from './bolt11.ts';
import type { FallbackAddress } from './fallback-address.ts';
import { invstringJson, labelJson, type StoredInvoice } from './invoice.ts';
import type { InvoiceStore, NewInvoice } from './invoice-store.ts';

/** The parameters of a new invoice. */
interface InvoiceRequest {
  readonly amountMsat: bigint | undefined;
  readonly label: string;
  readonly description: string;
  readonly hashOnly: boolean;
  /** In seconds from now. */
  readonly expiry: bigint;
  readonly fallbacks: readonly FallbackAddress[];
  /** Route hints. Default: none */
  readonly routes?: readonly (readonly RouteHop[])[];
  /** Default: random. */
  readonly preimage: Buffer | undefined;
  /** In blocks. */
  readonly cltv: bigint;
}

/** The limit of `setTimeout`. A longer wait uses several timers. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export function paymentSecretOf(preimage: Buffer): Buffer {
  // lightningd derives the secret from the preimage in the same way, so that it need not be stored.
  const changed = Buffer.from(preimage);
  changed[0] = (changed[0] ?? 0) ^ 1;
  return createHash('sha256').update(changed).digest();
}

/** Creates, pays, expires and deletes the invoices of the node, and resolves the waits for them. */
export class Invoices {
  readonly #store: InvoiceStore;
  readonly #keys: NodeKeys;
  readonly #network: Network;
  readonly #clock: Clock;
  readonly #notifier: Notifier;
  readonly #waits: Waits;
  readonly #offers: PublishedStore;
  /** Callers that wait for a change of the invoice with that index, or (`undefined`) for any payment. */
  readonly #waiters = new Waiters<bigint | undefined, StoredInvoice | 'deleted'>();
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: {
    store: InvoiceStore;
    keys: NodeKeys;
    network: Network;
    clock: Clock;
    notifier: Notifier;
    waits: Waits;
    offers: PublishedStore;
  }) {
    this.#store = parts.store;
    this.#keys = parts.keys;
    this.#network = parts.network;
    this.#clock = parts.clock;
    this.#notifier = parts.notifier;
    this.#waits = parts.waits;
    this.#offers = parts.offers;
    this.#expire();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  /** @throws CommandError if the label or the preimage is already used */
  create(request: InvoiceRequest): StoredInvoice {
    const preimage = request.preimage ?? randomBytes(32);
    const paymentHash = createHash('sha256').update(preimage).digest();
    this.checkNew(paymentHash, request.label);
    const createdAt = seconds(this.#clock);
    const bolt11 = encodeBolt11(
      {
        prefix: this.#network.invoicePrefix,
        amountMsat: request.amountMsat,
        createdAt,
        expiry: request.expiry,
        paymentHash,
        paymentSecret: paymentSecretOf(preimage),
        description: request.description,
        hashOnly: request.hashOnly,
        minFinalCltvExpiry: request.cltv,
        fallbacks: request.fallbacks,
        routes: request.routes ?? [],
        features: FEATURES.invoiceBits,
      },
      (hash) => this.#keys.signRecoverable(hash),
    );
    return this.add({
      label: request.label,
      invstring: bolt11,
      paymentHash,
      preimage,
      amountMsat: request.amountMsat,
      description: request.description,
      expiresAt: createdAt + request.expiry,
    });
  }

  /** @throws CommandError if the label or the preimage is already used */
  checkNew(paymentHash: Buffer, label: string): void {
    if (this.#store.byHash(paymentHash) !== undefined) {
      throw new CommandError(ErrorCode.preimageExists, 'preimage already used');
    }
    if (this.#store.byLabel(label) !== undefined) {
      throw new CommandError(ErrorCode.labelExists, `Duplicate label '${label}'`);
    }
  }

  /** Adds a signed invoice, whose label and preimage must be new. */
  add(signed: NewInvoice): StoredInvoice {
    const invoice = this.#store.add(signed);
    this.#notifier.native('invoice_creation', () => ({
      msat: invoice.amountMsat,
      preimage: invoice.preimage.toString('hex'),
      label: labelJson(invoice.label),
    }));
    this.#counted('created', invoice.createdIndex, invoice);
    this.#schedule();
    return invoice;
  }

  byLabel(label: string): StoredInvoice | undefined {
    this.#expire();
    return this.#store.byLabel(label);
  }

  byHash(paymentHash: Buffer): StoredInvoice | undefined {
    this.#expire();
    return this.#store.byHash(paymentHash);
  }

  /** The invoices for one of our offers. */
  ofOffer(offerId: Buffer): StoredInvoice[] {
    this.#expire();
    return this.#store.ofOffer(offerId);
  }

  /** Expires the unpaid invoices for an offer that is no longer active. */
  expireOffer(offerId: Buffer): void {
    for (const invoice of this.#store.expireOffer(offerId)) this.#expired(invoice);
  }

  list(...query: Parameters<InvoiceStore['list']>): Generator<StoredInvoice> {
    this.#expire();
    return this.#store.list(...query);
  }

  /**
   * Marks an unpaid invoice as paid.
   *
   * @throws CommandError if the invoice is paid or expired, or if the amount is not between the
   *   amount of the invoice and twice that amount (BOLT 4)
   */
  pay(invoice: StoredInvoice, amountMsat: bigint | undefined): StoredInvoice {
    return this.payAccepted(invoice, this.payableAmount(invoice, amountMsat));
  }

  /** Marks an invoice as paid whose payment the node has accepted, also if the invoice has expired since. */
  payAccepted(invoice: StoredInvoice, amount: bigint): StoredInvoice {
    if (invoice.status === 'paid') return invoice;
    const paid = this.#store.markPaid(invoice.createdIndex, amount, seconds(this.#clock));
    if (paid.offerId !== undefined) this.#useOffer(paid.offerId);
    this.#notifier.native('invoice_payment', () => ({
      msat: amount,
      preimage: paid.preimage.toString('hex'),
      label: labelJson(paid.label),
    }));
    this.#updated(paid, { status: 'paid', label: labelJson(paid.label) });
    this.#notifier.whenCommitted(() => this.#notifyWaiters(paid.createdIndex, paid, true));
    return paid;
  }

  /**
   * The amount that a payment of the invoice has.
   *
   * @throws CommandError under the same conditions as `pay`
   */
  payableAmount(invoice: StoredInvoice, amountMsat: bigint | undefined): bigint {
    if (invoice.status !== 'unpaid') throw unexpectedStatus(invoice, 'unpaid');
    const requested = invoice.amountMsat;
    const amount = amountMsat ?? requested;
    const invalid = (message: string): CommandError =>
      new CommandError(ErrorCode.invalidParams, message);
    if (amount === undefined) {
      throw invalid('amount_msat: required, because the invoice has no amount');
    }
    if (requested !== undefined && (amount < requested || amount > requested * 2n)) {
      const hash = invoice.paymentHash.toString('hex');
      throw invalid(
        amount < requested
          ? `Attempt to pay ${hash} with amount ${amount}msat < ${requested}msat`
          : `Attempt to pay ${hash} with amount ${amount}msat > ${requested * 2n}msat`,
      );
    }
    return amount;
  }

  #useOffer(id: Buffer): void {
    const offer = this.#offers.byId(id);
    if (offer === undefined || offer.used) return;
    if (!this.#offers.markUsed(offer).active) this.expireOffer(id);
  }

  remove(invoice: StoredInvoice): void {
    const deleted = this.#store.remove(invoice.createdIndex);
    this.#counted('deleted', deleted, invoice);
    this.#notifyWaiters(invoice.createdIndex, 'deleted', false);
  }

  removeDescription(invoice: StoredInvoice): void {
    const { label, description } = invoice;
    const details = { label: labelJson(label), description };
    this.#updated(this.#store.removeDescription(invoice.createdIndex), details);
  }

  /** Waits until an invoice is paid, expired or deleted. */
  settled(invoice: StoredInvoice, signal: AbortSignal): Promise<StoredInvoice | 'deleted'> {
    if (invoice.status !== 'unpaid') return Promise.resolve(invoice);
    return this.#waiters.wait(invoice.createdIndex, signal);
  }

  /** Waits for the first payment with a higher pay index. */
  paidAfter(payIndex: bigint, signal: AbortSignal): Promise<StoredInvoice | 'deleted'> {
    const paid = this.#store.paidAfter(payIndex);
    return paid === undefined ? this.#waiters.wait(undefined, signal) : Promise.resolve(paid);
  }

  /** @param details - what `wait` returns, which differs from event to event as in lightningd */
  #updated({ updatedIndex }: StoredInvoice, details: JsonObject): void {
    if (updatedIndex === undefined) return;
    this.#waits.counted('invoices', 'updated', updatedIndex, () => details);
  }

  #counted(index: 'created' | 'deleted', value: bigint, invoice: StoredInvoice): void {
    this.#waits.counted('invoices', index, value, () => ({
      status: invoice.status,
      label: labelJson(invoice.label),
      ...invstringJson(invoice.invstring),
    }));
  }

  /** Resolves the waits for an invoice. Waits for any invoice resolve on a payment only. */
  #notifyWaiters(id: bigint, outcome: StoredInvoice | 'deleted', wasPaid: boolean): void {
    this.#waiters.resolveWhere(
      () => outcome,
      (awaited) => awaited === id || (awaited === undefined && wasPaid),
    );
  }

  /** Marks expired invoices. Every read calls it first, so a late timer has no effect. */
  #expire(): void {
    for (const invoice of this.#store.expireDue(seconds(this.#clock))) {
      this.#expired(invoice);
    }
    this.#schedule();
  }

  #expired(invoice: StoredInvoice): void {
    this.#updated(invoice, { status: 'expired' });
    this.#notifier.whenCommitted(() => this.#notifyWaiters(invoice.createdIndex, invoice, false));
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const next = this.#store.nextExpiry();
    if (next === undefined) return;
    const wait = (next * NANOSECONDS_PER_SECOND - this.#clock.now()) / 1_000_000n + 1n;
    const milliseconds = wait > BigInt(MAX_TIMER_MS) ? MAX_TIMER_MS : Math.max(1, Number(wait));
    this.#timer = setTimeout(() => this.#expire(), milliseconds);
    // A pending expiry must not keep the process alive.
    this.#timer.unref();
  }
}

/** The error for an invoice whose status is not the expected one. */
export function unexpectedStatus(invoice: StoredInvoice, expected: string): CommandError {
  return new CommandError(
    ErrorCode.invoiceStatusUnexpected,
    `Invoice status is ${invoice.status} not ${expected}`,
    { current_status: invoice.status, expected_status: expected },
  );
}
