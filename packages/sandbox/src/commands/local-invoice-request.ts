import type { Published } from '../bolt12/published-store.ts';
import type { NodeWith } from '../node.ts';
import type { PayableInvoice } from '../world/invoice-cache.ts';
import type { CombinedPayment } from '../world/payment.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { isBolt12Currency } from './pay-invoice.ts';

type Parts = NodeWith<'invoiceRequests' | 'world'>;

/** Pays an invoice for an invoice request of ours (`localinvreqid`), which is used from then on. */
export async function payingFor(
  id: Buffer | undefined,
  invoice: PayableInvoice,
  node: Parts,
  pay: () => Promise<CombinedPayment>,
): Promise<CombinedPayment> {
  const request = id && activeRequest(id, invoice, node);
  const payment = await pay();
  if (request !== undefined) node.invoiceRequests.markUsed(request);
  return payment;
}

/** lightningd first looks whether the invoice is paid, and forwards the error of another command. */
function activeRequest(
  id: Buffer,
  { paymentHash }: PayableInvoice,
  { invoiceRequests, world }: Parts,
): Published | undefined {
  if (world.payments.paid(Buffer.from(paymentHash, 'hex')) !== undefined) return undefined;
  const request = invoiceRequests.byId(id);
  if (request?.active === true) return request;
  const problem = request === undefined ? 'Unknown' : 'Inactive';
  const message = `${problem} invoice_request ${id.toString('hex')}`;
  const error = JSON.stringify({ code: ErrorCode.payInvoiceRequestInvalid, message });
  throw new CommandError(
    ErrorCode.pluginFailed,
    `Unexpected injectpaymentonion error ${ErrorCode.payInvoiceRequestInvalid}: ${error}`,
  );
}

/** @throws CommandError if the parameter is set, which needs a BOLT 12 invoice */
export function rejectInvoiceRequest(
  localinvreqid: Buffer | undefined,
  invoice: PayableInvoice,
): void {
  if (localinvreqid === undefined || isBolt12Currency(invoice)) return;
  const message = 'Cannot use localinvreqid with BOLT11 payment';
  throw new CommandError(ErrorCode.invalidParams, message);
}
