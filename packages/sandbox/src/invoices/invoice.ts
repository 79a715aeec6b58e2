import { RawJson, type JsonObject } from '../json/output.ts';

export type InvoiceStatus = 'unpaid' | 'paid' | 'expired';

/** An invoice that the node keeps. Times are seconds since 1970. */
export interface StoredInvoice {
  readonly createdIndex: bigint;
  /** As it was escaped in the request that made it. */
  readonly label: string;
  readonly bolt11: string;
  readonly paymentHash: Buffer;
  readonly preimage: Buffer;
  /** Undefined for any amount. */
  readonly amountMsat: bigint | undefined;
  readonly status: InvoiceStatus;
  /** Undefined once it was deleted with `delinvoice desconly=true`. */
  readonly description: string | undefined;
  readonly expiresAt: bigint;
  readonly updatedIndex: bigint | undefined;
  /** Only of a paid one. */
  readonly payment: InvoicePayment | undefined;
}

interface InvoicePayment {
  readonly payIndex: bigint;
  readonly receivedMsat: bigint;
  readonly paidAt: bigint;
}

/** A label in JSON: escaped already. */
export const labelJson = (label: string): RawJson => new RawJson(`"${label}"`);

/** An invoice as all commands show it. */
export const invoiceJson = (invoice: StoredInvoice): JsonObject => ({
  label: labelJson(invoice.label),
  bolt11: invoice.bolt11,
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
  created_index: invoice.createdIndex,
  updated_index: invoice.updatedIndex,
});
