import { RawJson } from '@clnrest/json';
import type { JsonObject } from '../json/output.ts';

export type InvoiceStatus = 'unpaid' | 'paid' | 'expired';

/** An invoice in the database of the node. Times are seconds since 1970. */
export interface StoredInvoice {
  readonly createdIndex: bigint;
  /** The label as written in the request, with its escapes. */
  readonly label: string;
  /** The text of the invoice: BOLT 11, or BOLT 12 (`lni…`). */
  readonly invstring: string;
  readonly paymentHash: Buffer;
  readonly preimage: Buffer;
  /** Undefined for any amount. */
  readonly amountMsat: bigint | undefined;
  readonly status: InvoiceStatus;
  /** Undefined after `delinvoice desconly=true`. */
  readonly description: string | undefined;
  readonly expiresAt: bigint;
  readonly updatedIndex: bigint | undefined;
  /** The offer of this node that the invoice is for. */
  readonly offerId: Buffer | undefined;
  /** The note of the payer that requested the invoice. */
  readonly payerNote: string | undefined;
  /** Undefined unless the invoice is paid. */
  readonly payment: InvoicePayment | undefined;
}

interface InvoicePayment {
  readonly payIndex: bigint;
  readonly receivedMsat: bigint;
  readonly paidAt: bigint;
}

/** A label as JSON. Labels are stored with their escapes. */
export function labelJson(label: string): RawJson {
  return RawJson.checked(`"${label}"`);
}

/** The text of an invoice under the name of its kind. */
export function invstringJson(invstring: string): JsonObject {
  return invstring.startsWith('lni1') ? { bolt12: invstring } : { bolt11: invstring };
}

function offerJson({ offerId, payerNote }: StoredInvoice): JsonObject {
  if (offerId === undefined) return {};
  return { local_offer_id: offerId.toString('hex'), invreq_payer_note: payerNote };
}

/** An invoice in the format of all commands. */
export function invoiceJson(invoice: StoredInvoice): JsonObject {
  return {
    label: labelJson(invoice.label),
    ...invstringJson(invoice.invstring),
    payment_hash: invoice.paymentHash.toString('hex'),
    amount_msat: invoice.amountMsat,
    status: invoice.status,
    ...(invoice.payment === undefined
      ? {}
      : {
          pay_index: invoice.payment.payIndex,
          amount_received_msat: invoice.payment.receivedMsat,
          paid_at: invoice.payment.paidAt,
          payment_preimage: invoice.preimage.toString('hex'),
        }),
    description: invoice.description,
    expires_at: invoice.expiresAt,
    ...offerJson(invoice),
    created_index: invoice.createdIndex,
    updated_index: invoice.updatedIndex,
  };
}
