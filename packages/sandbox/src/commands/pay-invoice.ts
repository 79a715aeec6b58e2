import { Bolt11Error } from '@clnrest/runes/bolt11';
import {
  Bolt12Error,
  decodeBolt12Invoice,
  decodeUnsignedBolt12Invoice,
} from '@clnrest/runes/bolt12';
import { hasChain } from '../bolt12/chain.ts';
import { INVOICE_FEATURES } from '../bolt12/decode.ts';
import { seconds } from '../clock.ts';
import { isHooked } from '../hooks/chain.ts';
import { callInvoicePayment } from '../hooks/invoice-payment.ts';
import { rejectUnknownFeatures } from '../invoices/unknown-feature.ts';
import type { NodeWith } from '../node.ts';
import type { Network } from '../options/network.ts';
import type { PayableInvoice } from '../world/invoice-cache.ts';
import { combined, type CombinedPayment } from '../world/payment.ts';
import type { PaymentRequest } from '../world/payments.ts';
import type { World } from '../world/world.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { FurtherAttempts } from './further-attempts.ts';
import { withTimeout } from './with-timeout.ts';

/** An invoice to pay, with the payer's limits. */
interface PayRequest {
  readonly invoice: PayableInvoice;
  readonly invstring: string;
  readonly amountMsat: bigint;
  /** The part of the amount to send; undefined for the whole. */
  readonly partialMsat?: bigint | undefined;
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
  problem = ' invoice',
): { invoice: PayableInvoice; invstring: string } {
  const invstring = text.replace(/^lightning:/i, '').toLowerCase();
  try {
    return { invoice: world.invoices.read(invstring), invstring };
  } catch (error) {
    if (error instanceof Bolt11Error) throw invalid(`Invalid bolt11${problem}: ${error.message}`);
    if (error instanceof Bolt12Error) throw invalid(`Invalid bolt12${problem}: ${error.message}`);
    throw error;
  }
}

/** The same, with the errors of lists: lightningd reads a malformed invoice as one of BOLT 12. */
export function readListedInvoice(text: string, world: World): { invoice: PayableInvoice } {
  const { network } = world.context;
  try {
    const read = readInvoice(text, world);
    if (!isBolt12Currency(read.invoice) || read.invoice.currency === network.chainHash) return read;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
  }
  throw invalid(`Invalid invstring: ${bolt12Problem(text, network)}`);
}

/** Why a text that is not a BOLT 11 invoice is not a BOLT 12 invoice of the chain either. */
function bolt12Problem(text: string, network: Network): string {
  const canonical = text.replace(/^lightning:/i, '');
  try {
    const { invreqChain: chain } = decodeUnsignedBolt12Invoice(canonical).values;
    if (!hasChain(chain && [chain], network)) return 'wrong chain';
    decodeBolt12Invoice(canonical, INVOICE_FEATURES);
    return '';
  } catch (error) {
    if (!(error instanceof Bolt12Error)) throw error;
    return error.message;
  }
}

/** Whether the invoice is one of BOLT 12, which names its chain by the hash of the first block. */
export function isBolt12Currency({ currency }: PayableInvoice): boolean {
  return currency.length === 64;
}

/** The amount to pay. @throws CommandError if it is missing, or given for an invoice with an amount */
export function amountFor(invoice: PayableInvoice, given: bigint | undefined): bigint {
  if (invoice.amountMsat === undefined) {
    if (given === undefined || given === 0n) throw invalid('amount_msat required');
    return given;
  }
  if (isBolt12Currency(invoice)) {
    if (given !== undefined) throw invalid('Cannot override amount for bolt12 invoices');
    if (invoice.amountMsat === 0n) throw invalid('Invalid bolt12 invoice with zero amount');
  }
  if (given !== undefined) throw invalid('amount_msat unnecessary');
  return invoice.amountMsat;
}

/** The amount to send: a part of the whole amount, if the caller sends the rest otherwise. */
export function partOf(partial: bigint | undefined, amountMsat: bigint): bigint {
  if (partial === undefined) return amountMsat;
  if (partial === 0n) throw invalid('partial_msat must be non-zero');
  if (partial <= amountMsat) return partial;
  throw invalid(`partial_msat must be less or equal to total amount ${amountMsat}msat`);
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
  checkUsable(invoice, node);
  const expiredFor = seconds(node.clock) - (invoice.createdAt + invoice.expiry);
  if (expiredFor >= 0n) {
    throw new CommandError(
      ErrorCode.payInvoiceExpired,
      expired ?? `Invoice expired ${expiredFor} seconds ago`,
    );
  }
}

/**
 * @param problem - a word of the error about BOLT 11
 * @throws CommandError if the invoice is for another network or requires an unknown feature
 */
export function checkUsable(
  invoice: PayableInvoice,
  { identity: { network } }: NodeWith<'identity'>,
  problem = ' invoice',
): void {
  if (isBolt12Currency(invoice)) {
    if (invoice.currency === network.chainHash) return;
    throw invalid('Invalid bolt12 invoice: wrong chain');
  }
  if (invoice.currency !== network.invoicePrefix) {
    throw invalid(
      `Invalid bolt11${problem}: Prefix ${invoice.currency} is not for ${network.name}`,
    );
  }
  try {
    rejectUnknownFeatures(invoice.features ?? '');
  } catch (error) {
    if (!(error instanceof Bolt11Error)) throw error;
    throw invalid(`Invalid bolt11${problem}: ${error.message}`);
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
): Promise<CombinedPayment> {
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
      amountMsat: partOf(request.partialMsat, request.amountMsat),
      totalMsat: request.amountMsat,
      maxFeeMsat: request.maxFeeMsat,
      maxDelay: request.maxDelay,
      finalDelay: invoice.minFinalCltvExpiry,
      paymentSecret: paymentSecretOf(invoice),
      invstring: request.invstring,
      label: request.label,
      description: request.description,
      selfPayment: request.selfPayment,
    },
    request.retryFor,
    signal,
  );
}

/** An invoice of BOLT 12 has a blinded path in place of a secret. */
function paymentSecretOf({ paymentSecret }: PayableInvoice): Buffer | undefined {
  return paymentSecret === undefined ? undefined : Buffer.from(paymentSecret, 'hex');
}

/**
 * Sends a payment, and waits while it is pending. After the timeout, or if the caller disconnects, it stays pending.
 *
 * @throws CommandError if the payment fails, or is still pending after the timeout
 */
export async function pay(
  world: World,
  request: PaymentRequest,
  retryFor: number,
  signal: AbortSignal,
): Promise<CombinedPayment> {
  const { payments } = world;
  const outcome = payments.send(request);
  if (outcome.status === 'failed') throw outcome.error;
  const sent = combined(outcome.payments);
  if (outcome.status === 'complete') return sent;
  await withTimeout(
    retryFor,
    signal,
    (either) => new FurtherAttempts(world, request, either).finish(outcome.payments),
    () => new CommandError(ErrorCode.payStoppedRetrying, 'Timed out'),
  );
  return combined(payments.partsOf(sent).filter(({ status }) => status === 'complete'));
}

/** The maximum fee: a share of the amount in millionths, but at least the exempt amount. */
export function feeLimit(amountMsat: bigint, millionths: bigint, exemptMsat: bigint): bigint {
  const share = (amountMsat * millionths) / 1_000_000n;
  return share > exemptMsat ? share : exemptMsat;
}
