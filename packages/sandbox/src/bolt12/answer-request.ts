import { createHash, randomBytes } from 'node:crypto';
import { encodeBolt12Invoice, type InvoiceRequest, offerId } from '@clnrest/runes/bolt12';
import { seconds } from '../clock.ts';
import type { StoredInvoice } from '../invoices/invoice.ts';
import type { Invoices } from '../invoices/invoices.ts';
import { inTransaction } from '../world/context.ts';
import type { World } from '../world/world.ts';
import { expectedAmount } from './expected-amount.ts';
import { DEFAULT_RELATIVE_EXPIRY } from './invoice-json.ts';
import { newInvoiceValues } from './new-invoice.ts';
import type { Offers } from './offers.ts';
import { type Answer, requestProblem } from './request-problem.ts';

interface AnsweringNode {
  readonly world: World;
  readonly offers: Offers;
  readonly invoices: Invoices;
}

/** Replies to a request for one of our offers. The same payer gets the same invoice again while it is unpaid. */
export function answerRequest(
  { world, offers, invoices }: AnsweringNode,
  request: InvoiceRequest,
): Answer<StoredInvoice> {
  const id = Buffer.from(offerId(request.tlvs));
  const offer = offers.byId(id);
  if (offer === undefined) return { problem: 'Unknown offer' };
  if (!offer.active) return { problem: 'Offer no longer available' };
  const { context } = world;
  const now = seconds(context.clock);
  const problem = requestProblem(request, now);
  if (problem !== undefined) return { problem };
  if (request.values.offerCurrency !== undefined) {
    return { problem: 'the sandbox converts no currencies' };
  }
  const amount = expectedAmount(request);
  if ('problem' in amount) return amount;
  const payer = Buffer.from(request.values.invreqPayerId ?? []).toString('hex');
  const label = `${id.toString('hex')}-${payer}-0`;
  const existing = invoices.byLabel(label);
  if (existing?.status === 'unpaid') return { sent: existing };
  if (existing !== undefined) return { problem: `invoice ${existing.status}` };
  const preimage = randomBytes(32);
  const paymentHash = createHash('sha256').update(preimage).digest();
  const { keys } = context;
  const values = newInvoiceValues(keys, paymentHash, amount.msat, now);
  const invoice = {
    label,
    invstring: encodeBolt12Invoice(values, keys.schnorr.sign, request.tlvs),
    paymentHash,
    preimage,
    amountMsat: amount.msat,
    description: request.values.offerDescription,
    expiresAt: now + BigInt(DEFAULT_RELATIVE_EXPIRY),
    offerId: id,
    payerNote: request.values.invreqPayerNote,
  };
  return { sent: inTransaction(context, () => invoices.add(invoice)) };
}
