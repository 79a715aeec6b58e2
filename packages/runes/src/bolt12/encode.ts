import { INVOICE_FIELDS, INVOICE_REQUEST_FIELDS, OFFER_FIELDS, tlvsOf } from './fields.ts';
import type { Bolt12InvoiceValues } from './invoice.ts';
import type { InvoiceRequestValues } from './invoice-request.ts';
import { INVOICE_REQUEST_RANGES } from './ids.ts';
import { type SignedMessage, signatureHash } from './merkle.ts';
import type { OfferValues } from './offer.ts';
import { textOfBytes } from './text-format.ts';
import { inRanges, isSignature, type Tlv, tlvStreamBytes } from './tlv.ts';

/** Signs a hash of 32 bytes as BIP 340 does. Returns 64 bytes. */
export type SignHash = (hash: Uint8Array) => Uint8Array;

/**
 * Writes an offer.
 *
 * @example
 * ```ts
 * import { decodeOffer, encodeOffer } from '@clnrest/runes/bolt12';
 *
 * const text =
 *   'lno1pgx9getnwss8vetrw3hhyuckyypwa3eyt44h6txtxquqh7lz5djge4afgfjn7k4rgrkuag0jsd5xvxg';
 * encodeOffer(decodeOffer(text).values) === text; // => true
 * ```
 */
export function encodeOffer(values: OfferValues): string {
  return textOfBytes(tlvStreamBytes(tlvsOf(OFFER_FIELDS, values)), 'lno');
}

/**
 * Writes and signs an invoice request.
 *
 * @param offer - the offer's records, which the request copies, unknown ones included
 *
 * @example
 * ```ts
 * import { schnorr } from '@noble/curves/secp256k1.js';
 * import { decodeInvoiceRequest, decodeOffer, encodeInvoiceRequest } from '@clnrest/runes/bolt12';
 *
 * const offer = decodeOffer(
 *   'lno1pgx9getnwss8vetrw3hhyuckyypwa3eyt44h6txtxquqh7lz5djge4afgfjn7k4rgrkuag0jsd5xvxg',
 * );
 * const secret = new Uint8Array(32).fill(7);
 * const text = encodeInvoiceRequest(
 *   { invreqAmount: 1_000n },
 *   (hash) => schnorr.sign(hash, secret),
 *   offer.tlvs,
 * );
 * const { values } = decodeInvoiceRequest(text);
 * values.invreqAmount; // => 1000n
 * values.offerDescription; // => 'Test vectors'
 * ```
 */
export function encodeInvoiceRequest(
  values: InvoiceRequestValues,
  sign: SignHash,
  offer: readonly Tlv[] = [],
): string {
  const tlvs = merged(tlvsOf(INVOICE_REQUEST_FIELDS, values), offer);
  return signedText('invoice_request', tlvs, sign, 'lnr');
}

/**
 * Writes and signs an invoice.
 *
 * @param request - the records of the invoice request, of which the invoice copies all but the signature
 *
 * @example
 * ```ts
 * import { schnorr } from '@noble/curves/secp256k1.js';
 * import { decodeInvoiceRequest, encodeBolt12Invoice } from '@clnrest/runes/bolt12';
 *
 * const secret = new Uint8Array(32).fill(7);
 * const request = decodeInvoiceRequest('lnr12gqsz');
 * const sign = (hash: Uint8Array) => schnorr.sign(hash, secret);
 * encodeBolt12Invoice({ invoiceAmount: 1n }, sign, request.tlvs).startsWith('lni1'); // => true
 * ```
 */
export function encodeBolt12Invoice(
  values: Bolt12InvoiceValues,
  sign: SignHash,
  request: readonly Tlv[] = [],
): string {
  return signedText('invoice', invoiceTlvs(values, request), sign, 'lni');
}

/**
 * Writes an invoice without a signature, for lightningd's `createinvoice`, which signs it.
 *
 * @param request - as for {@link encodeBolt12Invoice}
 *
 * @example
 * ```ts
 * import { decodeUnsignedBolt12Invoice, encodeUnsignedBolt12Invoice } from '@clnrest/runes/bolt12';
 *
 * const text = encodeUnsignedBolt12Invoice({ invoiceAmount: 1n });
 * decodeUnsignedBolt12Invoice(text).values; // => { invoiceAmount: 1n }
 * ```
 */
export function encodeUnsignedBolt12Invoice(
  values: Bolt12InvoiceValues,
  request: readonly Tlv[] = [],
): string {
  return textOfBytes(tlvStreamBytes(invoiceTlvs(values, request)), 'lni');
}

function invoiceTlvs(values: Bolt12InvoiceValues, request: readonly Tlv[]): Tlv[] {
  const copied = inRanges(request, INVOICE_REQUEST_RANGES);
  return merged(tlvsOf(INVOICE_FIELDS, values), copied);
}

/**
 * Signs an invoice whose records exist. Unknown records stay, and a signature is replaced.
 *
 * @param more - values that the invoice gets, or that replace its own
 *
 * @example
 * ```ts
 * import { schnorr } from '@noble/curves/secp256k1.js';
 * import { decodeUnsignedBolt12Invoice, signBolt12Invoice } from '@clnrest/runes/bolt12';
 *
 * const secret = new Uint8Array(32).fill(7);
 * const { tlvs } = decodeUnsignedBolt12Invoice('lni12gqsz');
 * const text = signBolt12Invoice(tlvs, (hash) => schnorr.sign(hash, secret), { invoiceAmount: 2n });
 * decodeUnsignedBolt12Invoice(text).values.invreqAmount; // => 1n
 * ```
 */
export function signBolt12Invoice(
  tlvs: readonly Tlv[],
  sign: SignHash,
  more: Bolt12InvoiceValues = {},
): string {
  return signedText('invoice', merged(tlvsOf(INVOICE_FIELDS, more), tlvs), sign, 'lni');
}

function merged(own: readonly Tlv[], copied: readonly Tlv[]): Tlv[] {
  const types = new Set(own.map(({ type }) => type));
  return [...own, ...copied.filter(({ type }) => !types.has(type))].toSorted((a, b) =>
    a.type < b.type ? -1 : 1,
  );
}

function signedText(
  message: SignedMessage,
  tlvs: readonly Tlv[],
  sign: SignHash,
  prefix: string,
): string {
  const unsigned = tlvs.filter((tlv) => !isSignature(tlv));
  const signature = { type: 240n, value: sign(signatureHash(message, unsigned)) };
  return textOfBytes(tlvStreamBytes([...unsigned, signature]), prefix);
}
