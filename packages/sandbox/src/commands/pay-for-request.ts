import { type Bolt12Invoice, decodeBolt12Invoice, invoiceRequestId } from '@clnrest/runes/bolt12';
import type { NodeWith } from '../node.ts';
import type { Published } from '../bolt12/published-store.ts';
import type { CombinedPayment } from '../world/payment.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { checkPayable, feeLimit, payInvoice, readInvoice } from './pay-invoice.ts';

type PayingNode = NodeWith<'clock' | 'identity' | 'invoiceRequests' | 'log' | 'plugins' | 'world'>;

const ONE_PERCENT = 10_000n;
const EXEMPT_MSAT = 5000n;
const MAX_DELAY = 2016;
const RETRY_FOR_SECONDS = 60;

/**
 * Pays an invoice that a node sends for one of our invoice requests, as lightningd does without being asked.
 *
 * @throws CommandError with lightningd's reason to refuse the invoice, or if the payment fails
 */
export async function payForRequest(
  text: string,
  node: PayingNode,
  signal: AbortSignal,
): Promise<CombinedPayment> {
  const request = requestFor(decodeBolt12Invoice(text), text, node);
  const { invoice, invstring } = readInvoice(text, node.world);
  checkPayable(invoice, node);
  const amountMsat = invoice.amountMsat ?? 0n;
  const payment = await payInvoice(
    node,
    {
      invoice,
      invstring,
      amountMsat,
      maxFeeMsat: feeLimit(amountMsat, ONE_PERCENT, EXEMPT_MSAT),
      maxDelay: MAX_DELAY,
      retryFor: RETRY_FOR_SECONDS,
      label: undefined,
      description: undefined,
    },
    signal,
  );
  node.invoiceRequests.markUsed(request);
  return payment;
}

function requestFor({ values, tlvs }: Bolt12Invoice, text: string, node: PayingNode): Published {
  const refused = (problem: string): CommandError => failure(text, problem);
  const id = Buffer.from(invoiceRequestId(tlvs));
  const request = node.invoiceRequests.byId(id);
  if (request === undefined) throw refused(`Unknown invoice_request ${id.toString('hex')}`);
  if (!request.active) throw refused('invoice_request no longer available');
  if ((values.invoiceAmount ?? 0n) > (values.invreqAmount ?? 0n)) {
    throw refused('invoice amount is too large');
  }
  return request;
}

/** lightningd's error quotes the invoice. */
function failure(text: string, problem: string): CommandError {
  return new CommandError(ErrorCode.offerBadReply, 'Remote node sent failure message', {
    error: `Failed invoice ${text}: ${problem}`,
  });
}
