import { createHash } from 'node:crypto';
import type { Bolt12InvoiceValues } from '@clnrest/runes/bolt12';
import type { NodeKeys } from '../keys/node-keys.ts';
import { createBlindedPath } from './blinded-path.ts';

const FINAL_CLTV = 10;
const ALL_BITCOIN_MSAT = 21_000_000n * 100_000_000_000n;

/** The path of one hop that lightningd adds to an invoice of a node with public channels. */
export function stubPath(
  keys: NodeKeys,
  paymentHash: Uint8Array,
): Pick<Bolt12InvoiceValues, 'invoicePaths' | 'invoiceBlindedpay'> {
  const base = keys.makeSecret(Buffer.from('bolt12-invoice-base'));
  const pathId = createHash('sha256').update(base).update(paymentHash).digest();
  return {
    invoicePaths: [createBlindedPath([{ id: keys.id, pathId }])],
    invoiceBlindedpay: [
      {
        feeBaseMsat: 0,
        feeProportionalMillionths: 0,
        cltvExpiryDelta: FINAL_CLTV,
        htlcMinimumMsat: 0n,
        htlcMaximumMsat: ALL_BITCOIN_MSAT,
        features: new Uint8Array(),
      },
    ],
  };
}
