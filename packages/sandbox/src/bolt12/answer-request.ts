import { type InvoiceRequest, offerId } from '@clnrest/runes/bolt12';
import { seconds } from '../clock.ts';
import type { Invoices } from '../invoices/invoices.ts';
import { inTransaction } from '../world/context.ts';
import type { World } from '../world/world.ts';
import { invoiceForRequest } from './invoice-for-request.ts';
import type { Offers } from './offers.ts';
import { type Answer, requestProblem } from './request-problem.ts';

interface AnsweringNode {
  readonly world: World;
  readonly offers: Offers;
  readonly invoices: Invoices;
}

/** Replies to a request for one of our offers with an invoice (`lni1…`). */
export function answerRequest(
  { world: { context, currencyRates: rates }, offers, invoices }: AnsweringNode,
  request: InvoiceRequest,
): Answer<string> {
  const problem = requestProblem(request, context.network);
  if (problem !== undefined) return { problem };
  const offer = offers.byId(Buffer.from(offerId(request.tlvs)));
  if (offer === undefined) return { problem: 'Unknown offer' };
  if (!offer.active) return { problem: 'Offer no longer available' };
  return inTransaction(context, () =>
    invoiceForRequest(request, {
      keys: context.keys,
      now: seconds(context.clock),
      rates,
      invoiceByLabel: (label) => invoices.byLabel(label),
      addInvoice: (invoice) => void invoices.add(invoice),
    }),
  );
}
