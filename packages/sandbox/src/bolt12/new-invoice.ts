import type { Bolt12InvoiceValues } from '@clnrest/runes/bolt12';
import { FEATURES } from '../features.ts';
import type { NodeKeys } from '../keys/node-keys.ts';
import { stubPath } from './stub-path.ts';

/** The values that every invoice for a request has, besides those that it copies. */
export function newInvoiceValues(
  keys: NodeKeys,
  paymentHash: Buffer,
  amountMsat: bigint,
  createdAt: bigint,
): Bolt12InvoiceValues {
  return {
    ...stubPath(keys, paymentHash),
    invoiceCreatedAt: createdAt,
    invoicePaymentHash: paymentHash,
    invoiceAmount: amountMsat,
    invoiceFeatures: Buffer.from(FEATURES.bolt12Invoice, 'hex'),
    invoiceNodeId: keys.schnorr.id,
  };
}
