/**
 * Reads, writes and signs BOLT 12 offers, invoice requests, invoices and payer proofs. A separate module, because its signatures
 * require an elliptic curve library.
 *
 * @module
 */

// Decoding texts. All errors are a Bolt12Error with lightningd's message.
export { Bolt12Error } from './bolt12/error.ts';
export { decodeOffer, type Offer, type OfferValues } from './bolt12/offer.ts';
export {
  decodeInvoiceRequest,
  type InvoiceRequest,
  type InvoiceRequestValues,
} from './bolt12/invoice-request.ts';
export {
  type Bolt12Invoice,
  type Bolt12InvoiceValues,
  decodeBolt12Invoice,
  decodeUnsignedBolt12Invoice,
  type PayableBolt12Invoice,
} from './bolt12/invoice.ts';
export { decodePayerProof, type PayerProof, type PayerProofValues } from './bolt12/payer-proof.ts';

// The values of fields, and the records that they are read from.
export type { Message } from './bolt12/fields.ts';
export type { Tlv } from './bolt12/tlv.ts';
export type {
  Bip353Name,
  BlindedHop,
  BlindedPath,
  BlindedPayInfo,
  FallbackAddress,
  FirstNode,
  Recurrence,
  RecurrenceBase,
  RecurrencePaywindow,
} from './bolt12/values.ts';

// Encoding texts.
export {
  encodeBolt12Invoice,
  encodeInvoiceRequest,
  encodeOffer,
  encodeUnsignedBolt12Invoice,
  signBolt12Invoice,
  type SignHash,
} from './bolt12/encode.ts';
export { encodePayerProof, type ProofContent } from './bolt12/payer-proof.ts';

// Signatures and lightningd's ids.
export { isSigned, merkleRoot, signatureHash, type SignedMessage } from './bolt12/merkle.ts';
export { invoiceRequestId, offerId } from './bolt12/ids.ts';
