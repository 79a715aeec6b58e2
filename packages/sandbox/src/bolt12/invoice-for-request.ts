import { createHash, randomBytes } from 'node:crypto';
import { encodeBolt12Invoice, type InvoiceRequest, offerId } from '@clnrest/runes/bolt12';
import type { NewInvoice } from '../invoices/invoice-store.ts';
import type { NodeKeys } from '../keys/node-keys.ts';
import type { CurrencyRates } from '../world/currency-rates.ts';
import { expectedAmount } from './expected-amount.ts';
import { DEFAULT_RELATIVE_EXPIRY } from './invoice-json.ts';
import { hexOf } from './message-json.ts';
import { newInvoiceValues } from './new-invoice.ts';
import { type IssuedInvoice, periodValues } from './period-values.ts';
import { recurrenceOf } from './recurrence.ts';
import { type Answer, INTERNAL_ERROR, offerRequestProblem } from './request-problem.ts';

/** The node that has the offer. */
export interface Issuer {
  readonly keys: NodeKeys;
  /** Seconds since 1970. */
  readonly now: bigint;
  readonly rates: CurrencyRates;
  /** Finds an invoice by lightningd's label: the offer's id, the payer's id, and the number of the period. */
  readonly invoiceByLabel: (label: string) => IssuedInvoice | undefined;
  readonly addInvoice: (invoice: NewInvoice) => void;
}

/** `invreq_recurrence_cancel` (BOLT 12, recurrence), which an invoice does not copy. */
const CANCEL_TYPE = 2_000_000_094n;

/** The reply to a request for an active offer. The same payer gets the same invoice again while it is unpaid. */
export function invoiceForRequest(request: InvoiceRequest, issuer: Issuer): Answer<string> {
  const problem = offerRequestProblem(request, issuer.now);
  if (problem !== undefined) return { problem };
  const amount = expectedAmount(request, issuer.rates);
  if ('problem' in amount) return amount;
  const id = Buffer.from(offerId(request.tlvs));
  const labelOf = (counter: number): string =>
    `${id.toString('hex')}-${hexOf(request.values.invreqPayerId) ?? ''}-${counter}`;
  const period =
    recurrenceOf(request.values) === undefined
      ? { msat: amount.msat, values: {} }
      : periodValues(request, amount.msat, issuer.now, (counter) =>
          issuer.invoiceByLabel(labelOf(counter)),
        );
  if ('problem' in period) return period;
  const label = labelOf(request.values.invreqRecurrenceCounter ?? 0);
  return (
    existingAnswer(issuer.invoiceByLabel(label)) ?? created(request, issuer, label, id, period)
  );
}

function existingAnswer(existing: IssuedInvoice | undefined): Answer<string> | undefined {
  if (existing === undefined) return undefined;
  if (existing.status === 'unpaid') return { sent: existing.invstring };
  return {
    problem: existing.status === 'expired' ? 'invoice expired (cancelled?)' : INTERNAL_ERROR,
  };
}

function created(
  { values: requested, tlvs }: InvoiceRequest,
  { keys, now, addInvoice }: Issuer,
  label: string,
  offer: Buffer,
  { msat, values: period }: Exclude<ReturnType<typeof periodValues>, { problem: string }>,
): Answer<string> {
  const preimage = randomBytes(32);
  const paymentHash = createHash('sha256').update(preimage).digest();
  const values = { ...newInvoiceValues(keys, paymentHash, msat, now), ...period };
  const copied = tlvs.filter(({ type }) => type !== CANCEL_TYPE);
  const invstring = encodeBolt12Invoice(values, keys.schnorr.sign, copied);
  addInvoice({
    label,
    invstring,
    paymentHash,
    preimage,
    amountMsat: msat,
    description: requested.offerDescription,
    expiresAt: now + BigInt(period.invoiceRelativeExpiry ?? DEFAULT_RELATIVE_EXPIRY),
    offerId: offer,
    payerNote: requested.invreqPayerNote,
  });
  return { sent: invstring };
}
