import { createHash, randomBytes } from 'node:crypto';
import { CommandError, ErrorCode } from '../commands/errors.ts';
import { NANOSECONDS_PER_SECOND, seconds, type Clock } from '../clock.ts';
import { FEATURES } from '../features.ts';
import type { NodeKeys } from '../keys/node-keys.ts';
import type { Notifier } from '../notifications/notifier.ts';
import type { Network } from '../options/network.ts';
import { Waiters } from '../waiters.ts';
import type { IndexName, Waits } from '../world/waits.ts';
import { encodeBolt11 } from './bolt11.ts';
import type { FallbackAddress } from './fallback-address.ts';
import { labelJson, type StoredInvoice } from './invoice.ts';
import type { InvoiceStore } from './invoice-store.ts';

/** What someone wants an invoice to say. */
interface InvoiceRequest {
  readonly amountMsat: bigint | undefined;
  readonly label: string;
  readonly description: string;
  readonly hashOnly: boolean;
  /** Seconds from now. */
  readonly expiry: bigint;
  readonly fallbacks: readonly FallbackAddress[];
  /** Made up if undefined. */
  readonly preimage: Buffer | undefined;
  /** Blocks. */
  readonly cltv: bigint;
}

/** Node's timers count in 31 bits: longer waits are made of several. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export const paymentSecretOf = (preimage: Buffer): Buffer => {
  // lightningd's way to have a secret that need not be stored: a second hash of the preimage.
  const changed = Buffer.from(preimage);
  changed[0] = (changed[0] ?? 0) ^ 1;
  return createHash('sha256').update(changed).digest();
};

/** The node's invoices: made, paid, expired, waited for. */
export class Invoices {
  readonly #store: InvoiceStore;
  readonly #keys: NodeKeys;
  readonly #network: Network;
  readonly #clock: Clock;
  readonly #notifier: Notifier;
  readonly #waits: Waits;
  /** They wait for something to happen to an invoice, or, `undefined`, for any invoice's payment. */
  readonly #waiters = new Waiters<bigint | undefined, StoredInvoice | 'deleted'>();
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: {
    store: InvoiceStore;
    keys: NodeKeys;
    network: Network;
    clock: Clock;
    notifier: Notifier;
    waits: Waits;
  }) {
    this.#store = parts.store;
    this.#keys = parts.keys;
    this.#network = parts.network;
    this.#clock = parts.clock;
    this.#notifier = parts.notifier;
    this.#waits = parts.waits;
    this.#expire();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  /** @throws CommandError when the label or the preimage was used before */
  create(request: InvoiceRequest): StoredInvoice {
    const preimage = request.preimage ?? randomBytes(32);
    const paymentHash = createHash('sha256').update(preimage).digest();
    if (this.#store.byHash(paymentHash) !== undefined) {
      throw new CommandError(ErrorCode.preimageExists, 'preimage already used');
    }
    if (this.#store.byLabel(request.label) !== undefined) {
      throw new CommandError(ErrorCode.labelExists, `Duplicate label '${request.label}'`);
    }
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
        features: FEATURES.invoiceBits,
      },
      (hash) => this.#keys.signRecoverable(hash),
    );
    const invoice = this.#store.add({
      label: request.label,
      bolt11,
      paymentHash,
      preimage,
      amountMsat: request.amountMsat,
      description: request.description,
      expiresAt: createdAt + request.expiry,
    });
    this.#notifier.native('invoice_creation', () => ({
      msat: invoice.amountMsat,
      preimage: preimage.toString('hex'),
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

  list(...query: Parameters<InvoiceStore['list']>): Generator<StoredInvoice> {
    this.#expire();
    return this.#store.list(...query);
  }

  /**
   * Has an unpaid invoice paid.
   *
   * @throws CommandError when it can't be: paid or expired already, or the amount is not between
   *   what was asked for and twice that (BOLT 4)
   */
  pay(invoice: StoredInvoice, amountMsat: bigint | undefined): StoredInvoice {
    const amount = this.payableAmount(invoice, amountMsat);
    const paid = this.#store.markPaid(invoice.createdIndex, amount, seconds(this.#clock));
    this.#notifier.native('invoice_payment', () => ({
      msat: amount,
      preimage: paid.preimage.toString('hex'),
      label: labelJson(paid.label),
    }));
    this.#updated(paid);
    this.#notifier.whenCommitted(() => this.#notifyWaiters(paid.createdIndex, paid, true));
    return paid;
  }

  /**
   * What an invoice would be paid with.
   *
   * @throws CommandError as `pay`
   */
  payableAmount(invoice: StoredInvoice, amountMsat: bigint | undefined): bigint {
    if (invoice.status !== 'unpaid') throw unexpectedStatus(invoice, 'unpaid');
    const asked = invoice.amountMsat;
    const amount = amountMsat ?? asked;
    const refuse = (why: string): CommandError => new CommandError(ErrorCode.invalidParams, why);
    if (amount === undefined) {
      throw refuse('amount_msat: an invoice for any amount must be paid some amount');
    }
    if (asked !== undefined && (amount < asked || amount > asked * 2n)) {
      const hash = invoice.paymentHash.toString('hex');
      throw refuse(
        amount < asked
          ? `Attempt to pay ${hash} with amount ${amount}msat < ${asked}msat`
          : `Attempt to pay ${hash} with amount ${amount}msat > ${asked * 2n}msat`,
      );
    }
    return amount;
  }

  remove(invoice: StoredInvoice): void {
    const deleted = this.#store.remove(invoice.createdIndex);
    this.#counted('deleted', deleted, invoice);
    this.#notifyWaiters(invoice.createdIndex, 'deleted', false);
  }

  removeDescription(invoice: StoredInvoice): void {
    this.#updated(this.#store.removeDescription(invoice.createdIndex));
  }

  /** Waits until an invoice is paid, expired or deleted. */
  settled(invoice: StoredInvoice, signal: AbortSignal): Promise<StoredInvoice | 'deleted'> {
    if (invoice.status !== 'unpaid') return Promise.resolve(invoice);
    return this.#waiters.wait(invoice.createdIndex, signal);
  }

  /** Waits for the first payment after the one with that pay index. */
  paidAfter(payIndex: bigint, signal: AbortSignal): Promise<StoredInvoice | 'deleted'> {
    const paid = this.#store.paidAfter(payIndex);
    return paid === undefined ? this.#waiters.wait(undefined, signal) : Promise.resolve(paid);
  }

  #updated(invoice: StoredInvoice): void {
    if (invoice.updatedIndex !== undefined) this.#counted('updated', invoice.updatedIndex, invoice);
  }

  #counted(index: IndexName, value: bigint, invoice: StoredInvoice): void {
    this.#waits.counted('invoices', index, value, () => ({
      status: invoice.status,
      label: labelJson(invoice.label),
      description: invoice.description,
      bolt11: invoice.bolt11,
    }));
  }

  /** Whoever waits for any invoice hears of payments only. */
  #notifyWaiters(id: bigint, outcome: StoredInvoice | 'deleted', wasPaid: boolean): void {
    this.#waiters.resolveWhere(
      () => outcome,
      (awaited) => awaited === id || (awaited === undefined && wasPaid),
    );
  }

  /** Marks what expired; looked at before invoices are, so that no timer can be late. */
  #expire(): void {
    for (const invoice of this.#store.expireDue(seconds(this.#clock))) {
      this.#updated(invoice);
      this.#notifyWaiters(invoice.createdIndex, invoice, false);
    }
    this.#schedule();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const next = this.#store.nextExpiry();
    if (next === undefined) return;
    const wait = (next * NANOSECONDS_PER_SECOND - this.#clock.now()) / 1_000_000n + 1n;
    const milliseconds = wait > BigInt(MAX_TIMER_MS) ? MAX_TIMER_MS : Math.max(1, Number(wait));
    this.#timer = setTimeout(() => this.#expire(), milliseconds);
    // An invoice that will expire is no reason for the process to stay.
    this.#timer.unref();
  }
}

/** The refusal where an invoice is not in the state that was asked for. */
export const unexpectedStatus = (invoice: StoredInvoice, expected: string): CommandError =>
  new CommandError(
    ErrorCode.invoiceStatusUnexpected,
    `Invoice status is ${invoice.status} not ${expected}`,
    { current_status: invoice.status, expected_status: expected },
  );
