import { sha256 } from '@noble/hashes/sha2.js';
import { inRanges, type Tlv, tlvStreamBytes } from './tlv.ts';

/** The types of an offer's records, in all messages about the offer (BOLT 12). */
export const OFFER_RANGES = [
  [1n, 79n],
  [1_000_000_000n, 1_999_999_999n],
] as const;

/** The types of an invoice request's records that an invoice copies. */
export const INVOICE_REQUEST_RANGES = [
  [0n, 159n],
  [1_000_000_000n, 2_999_999_999n],
] as const;

/**
 * lightningd's `offer_id`: the hash of the records that belong to the offer, in an offer, a request or an invoice.
 *
 * @returns 32 bytes
 */
export function offerId(tlvs: readonly Tlv[]): Uint8Array {
  return sha256(tlvStreamBytes(inRanges(tlvs, OFFER_RANGES)));
}

/**
 * lightningd's `invreq_id`: the hash of the records that belong to the invoice request.
 *
 * @returns 32 bytes
 */
export function invoiceRequestId(tlvs: readonly Tlv[]): Uint8Array {
  return sha256(tlvStreamBytes(inRanges(tlvs, INVOICE_REQUEST_RANGES)));
}
