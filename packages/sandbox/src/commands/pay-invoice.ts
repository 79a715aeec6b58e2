import { Bolt11Error } from '@clnrest/runes/bolt11';
import { seconds } from '../clock.ts';
import { isHooked } from '../hooks/chain.ts';
import { callInvoicePayment } from '../hooks/invoice-payment.ts';
import type { NodeWith } from '../node.ts';
import type { PayableInvoice } from '../world/invoice-cache.ts';
import type { Payment } from '../world/payment.ts';
import type { PaymentRequest } from '../world/payments.ts';
import type { World } from '../world/world.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { withTimeout } from './with-timeout.ts';

/** An invoice to pay, with the payer's limits. */
interface PayRequest {
  readonly invoice: PayableInvoice;
  readonly bolt11: string;
  readonly amountMsat: bigint;
  readonly maxFeeMsat: bigint;
  readonly maxDelay: number;
  /** Seconds. */
  readonly retryFor: number;
  readonly label: string | undefined;
  readonly description: string | undefined;
  /** How a payment to ourselves is recorded. Defaults to `injectpaymentonion`, which `xpay` uses. */
  readonly selfPayment?: PaymentRequest['selfPayment'];
}

function invalid(message: string): CommandError {
  return new CommandError(ErrorCode.invalidParams, message);
}

export function readInvoice(
  text: string,
  world: World,
  problem = 'Invalid bolt11 invoice',
): { invoice: PayableInvoice; bolt11: string } {
  const bolt11 = text.replace(/^lightning:/i, '').toLowerCase();
  try {
    return { invoice: world.invoices.read(bolt11), bolt11 };
  } catch (error) {
    if (!(error instanceof Bolt11Error)) throw error;
    throw invalid(`${problem}: ${error.message}`);
  }
}

/** The same, with the errors of lists: lightningd reads a malformed invoice as one of BOLT 12. */
export function readListedInvoice(text: string, world: World): { invoice: PayableInvoice } {
  try {
    return readInvoice(text, world);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw invalid(`Invalid invstring: ${bolt12Problem(text)}`);
  }
}

const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const BITS_PER_LETTER = 5;

/** Why a text that is not a BOLT 11 invoice is not a BOLT 12 invoice either, which has no checksum. */
function bolt12Problem(text: string): string {
  const [, prefix, data = ''] = /^([^1]+)1([^1]*)$/.exec(text.toLowerCase()) ?? [];
  const letters = [...data].map((letter) => BECH32.indexOf(letter));
  // The bits after the last byte must be zero, and fewer than a letter has.
  const padding = (letters.length * BITS_PER_LETTER) % 8;
  const isPadded = padding < BITS_PER_LETTER && (letters.at(-1) ?? 0) % 2 ** padding === 0;
  return prefix === undefined || letters.includes(-1) || !isPadded
    ? 'invalid bech32 string'
    : `unexpected prefix ${prefix}`;
}

/** The amount to pay. @throws CommandError if it is missing, or given for an invoice with an amount */
export function amountFor(invoice: PayableInvoice, given: bigint | undefined): bigint {
  if (invoice.amountMsat === undefined) {
    if (given === undefined || given === 0n) throw invalid('amount_msat required');
    return given;
  }
  if (given !== undefined) throw invalid('amount_msat unnecessary');
  return invoice.amountMsat;
}

/** Rejects partial payments: the sandbox pays in one part. */
export function checkSinglePart(partial: bigint | undefined, amountMsat: bigint): void {
  if (partial === undefined || partial === amountMsat) return;
  if (partial === 0n) throw invalid('partial_msat must be non-zero');
  throw invalid(
    partial > amountMsat
      ? `partial_msat must be less or equal to total amount ${amountMsat}msat`
      : 'partial_msat: the sandbox pays in one part',
  );
}

/**
 * @param expired - the text for an expired invoice; by default it says since when
 * @throws CommandError if the invoice is for another network or has expired
 */
export function checkPayable(
  invoice: PayableInvoice,
  node: NodeWith<'clock' | 'identity'>,
  expired?: string,
): void {
  if (invoice.currency !== node.identity.network.invoicePrefix) {
    throw invalid(
      `Invalid bolt11 invoice: Prefix ln${invoice.currency} is not for ${node.identity.network.name}`,
    );
  }
  const expiredFor = seconds(node.clock) - (invoice.createdAt + invoice.expiry);
  if (expiredFor >= 0n) {
    throw new CommandError(
      ErrorCode.payInvoiceExpired,
      expired ?? `Invoice expired ${expiredFor} seconds ago`,
    );
  }
}

/**
 * Pays an invoice. A payment to ourselves has no HTLC, so of the hooks only `invoice_payment` decides about it.
 *
 * @throws CommandError if the payment fails
 */
export async function payInvoice(
  node: NodeWith<'log' | 'plugins' | 'world'>,
  request: PayRequest,
  signal: AbortSignal,
): Promise<Payment> {
  const { invoice } = request;
  const paymentHash = Buffer.from(invoice.paymentHash, 'hex');
  const own = isHooked(node, 'invoice_payment')
    ? node.world.payments.unpaid(paymentHash)
    : undefined;
  const rejected =
    own !== undefined && (await callInvoicePayment(node, own, request.amountMsat)) !== undefined;
  return pay(
    node.world,
    {
      destination: invoice.payee,
      paymentHash,
      rejected,
      amountMsat: request.amountMsat,
      maxFeeMsat: request.maxFeeMsat,
      maxDelay: request.maxDelay,
      finalDelay: invoice.minFinalCltvExpiry,
      bolt11: request.bolt11,
      label: request.label,
      description: request.description,
      selfPayment: request.selfPayment,
    },
    request.retryFor,
    signal,
  );
}

/** Sends a payment. While the destination holds payments, it waits, as if the payment was pending. */
export async function pay(
  world: World,
  request: PaymentRequest,
  retryFor: number,
  signal: AbortSignal,
): Promise<Payment> {
  if (world.nodes.byId(request.destination)?.conduct === 'hold') {
    await withTimeout(
      retryFor,
      signal,
      (either) => world.released(request.destination, either),
      () => new CommandError(ErrorCode.payStoppedRetrying, 'Timed out'),
    );
    const before = world.payments.paid(request.paymentHash);
    if (before !== undefined) return before;
  }
  const outcome = world.payments.send(request);
  if (outcome.status === 'failed') throw outcome.error;
  return outcome.payment;
}

/** The maximum fee: a share of the amount in millionths, but at least the exempt amount. */
export function feeLimit(amountMsat: bigint, millionths: bigint, exemptMsat: bigint): bigint {
  const share = (amountMsat * millionths) / 1_000_000n;
  return share > exemptMsat ? share : exemptMsat;
}
