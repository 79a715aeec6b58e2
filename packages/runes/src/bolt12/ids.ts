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
 *
 * @example
 * ```ts
 * import { decodeOffer, offerId } from '@clnrest/runes/bolt12';
 *
 * const { tlvs } = decodeOffer(
 *   'lno1pgx9getnwss8vetrw3hhyuckyypwa3eyt44h6txtxquqh7lz5djge4afgfjn7k4rgrkuag0jsd5xvxg',
 * );
 * // A request for the offer has more records, and the same offer id.
 * const amount = { type: 82n, value: Uint8Array.of(1) };
 * Buffer.compare(offerId([...tlvs, amount]), offerId(tlvs)); // => 0
 * ```
 */
export function offerId(tlvs: readonly Tlv[]): Uint8Array {
  return sha256(tlvStreamBytes(inRanges(tlvs, OFFER_RANGES)));
}

/**
 * lightningd's `invreq_id`: the hash of the records that belong to the invoice request.
 *
 * @returns 32 bytes
 *
 * @example
 * ```ts
 * import { decodeInvoiceRequest, invoiceRequestId } from '@clnrest/runes/bolt12';
 *
 * const { tlvs } = decodeInvoiceRequest('lnr12gqsz');
 * // An invoice for the request has more records, and the same request id.
 * const hash = { type: 168n, value: new Uint8Array(32) };
 * Buffer.compare(invoiceRequestId([...tlvs, hash]), invoiceRequestId(tlvs)); // => 0
 * ```
 */
export function invoiceRequestId(tlvs: readonly Tlv[]): Uint8Array {
  return sha256(tlvStreamBytes(inRanges(tlvs, INVOICE_REQUEST_RANGES)));
}
