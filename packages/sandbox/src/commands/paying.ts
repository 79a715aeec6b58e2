import { Bolt11Error } from '@clnrest/runes/bolt11';
import { seconds } from '../clock.ts';
import type { NodeWith } from '../node.ts';
import type { PayableInvoice } from '../world/invoice-cache.ts';
import type { Payment } from '../world/payment.ts';
import type { PaymentRequest } from '../world/payments.ts';
import type { World } from '../world/world.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { waitAtMost } from './wait-at-most.ts';

/** An invoice that is to be paid, and what its payer allows. */
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
}

function invalid(message: string): CommandError {
  return new CommandError(ErrorCode.invalidParams, message);
}

export function readInvoice(
  text: string,
  world: World,
): { invoice: PayableInvoice; bolt11: string } {
  const bolt11 = text.replace(/^lightning:/i, '').toLowerCase();
  try {
    return { invoice: world.invoices.read(bolt11), bolt11 };
  } catch (error) {
    if (!(error instanceof Bolt11Error)) throw error;
    throw invalid(`Invalid bolt11 invoice: ${error.message}`);
  }
}

/** What an invoice is paid with. @throws CommandError when it must, or must not, be said */
export function amountFor(invoice: PayableInvoice, given: bigint | undefined): bigint {
  if (invoice.amountMsat === undefined) {
    if (given === undefined || given === 0n) throw invalid('amount_msat required');
    return given;
  }
  if (given !== undefined && given !== invoice.amountMsat) throw invalid('amount_msat unnecessary');
  return invoice.amountMsat;
}

/** What is wrong with an invoice before anything is tried. */
export function checkPayable(invoice: PayableInvoice, node: NodeWith<'clock' | 'identity'>): void {
  if (invoice.currency !== node.identity.network.invoicePrefix) {
    throw invalid(
      `Invalid bolt11 invoice: Prefix ln${invoice.currency} is not for ${node.identity.network.name}`,
    );
  }
  const late = seconds(node.clock) - (invoice.createdAt + invoice.expiry);
  if (late >= 0n) {
    throw new CommandError(ErrorCode.payInvoiceExpired, `Invoice expired ${late} seconds ago`);
  }
}

/** Pays. @throws CommandError when it can't be */
export async function payInvoice(
  world: World,
  request: PayRequest,
  signal: AbortSignal,
): Promise<Payment> {
  const { invoice } = request;
  return pay(
    world,
    {
      destination: invoice.payee,
      paymentHash: Buffer.from(invoice.paymentHash, 'hex'),
      amountMsat: request.amountMsat,
      maxFeeMsat: request.maxFeeMsat,
      maxDelay: request.maxDelay,
      finalDelay: invoice.minFinalCltvExpiry,
      bolt11: request.bolt11,
      label: request.label,
      description: request.description,
    },
    request.retryFor,
    signal,
  );
}

/** Pays once whoever is paid lets it: until then, it is as if the payment was on its way. */
export async function pay(
  world: World,
  request: PaymentRequest,
  retryFor: number,
  signal: AbortSignal,
): Promise<Payment> {
  if (world.nodes.byId(request.destination)?.conduct === 'hold') {
    await waitAtMost(
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

/** At most this share of the amount, in millionths, or as much as is small enough not to matter. */
export function feeLimit(amountMsat: bigint, millionths: bigint, exemptMsat: bigint): bigint {
  const share = (amountMsat * millionths) / 1_000_000n;
  return share > exemptMsat ? share : exemptMsat;
}
