import { schnorr } from '@noble/curves/secp256k1.js';
import {
  type Bolt12InvoiceValues,
  encodeBolt12Invoice,
  encodeInvoiceRequest,
  encodeOffer,
  type InvoiceRequestValues,
  type OfferValues,
} from '@clnrest/runes/bolt12';
import fc from 'fast-check';

/** Generated BOLT 12 messages: most are valid, and each field can be absent or unusual. */

const KEY = new Uint8Array(32).fill(0x42);
const ID = Buffer.from('0324653eac434488002cc06bbfb7f10fe18991e35f9fe4302dbea6d2353dc0ab1c', 'hex');
/** Another public key. */
export const OTHER = Buffer.from(
  '02eec7245d6b7d2ccb30380bfbe2a3648cd7a942653f5aa340edcea1f283686619',
  'hex',
);
/** The chain of both nodes. */
export const REGTEST = Buffer.from(
  '06226e46111a0b59caaf126043eb5bbf28c34f3a5e332a1fc7b2b73cf188910f',
  'hex',
);

const id = fc.constantFrom<Uint8Array>(ID, OTHER);
const blob = fc.uint8Array({ maxLength: 40 });
const amount = fc.oneof(fc.constantFrom(0n, 5n, 2n ** 63n, 2n ** 64n - 1n), fc.bigInt(1n, 10_000n));
const u32 = fc.nat(2 ** 31 - 1);
const text = fc.constantFrom('', 'Tea', 'Tea é', '☃ & |', '"quoted"', '\\', 'x'.repeat(300));
const chain = fc.oneof(
  fc.constant<Uint8Array>(REGTEST),
  fc.uint8Array({ minLength: 32, maxLength: 32 }),
);
const hop = fc.record({ blindedNodeId: id, encryptedRecipientData: blob });
const path = fc.record({
  firstNode: fc.oneof(
    fc.record({ nodeId: id }),
    fc.record({ scid: fc.bigInt(0n, 2n ** 64n - 1n), side: fc.constantFrom<0 | 1>(0, 1) }),
  ),
  firstPathKey: id,
  hops: fc.array(hop, { minLength: 0, maxLength: 3, size: 'max' }),
});
const paths = fc.array(path, { maxLength: 2 });
const payInfo = fc.record({
  feeBaseMsat: u32,
  feeProportionalMillionths: u32,
  cltvExpiryDelta: fc.nat(65_535),
  htlcMinimumMsat: amount,
  htlcMaximumMsat: amount,
  features: blob,
});
const recurrence = fc.record({ timeUnit: fc.nat(3), period: fc.nat(5) });
const letters = fc
  .constantFrom('', 'bob', 'a_b-c.d', 'no space', 'é')
  .map((word) => Buffer.from(word));

const offerFields = {
  offerChains: fc.array(chain, { maxLength: 2 }),
  offerMetadata: blob,
  offerCurrency: fc.constantFrom('USD', 'JPY', 'CLF', 'XXY', ''),
  offerAmount: amount,
  offerDescription: text,
  offerFeatures: fc.constantFrom(new Uint8Array(), Uint8Array.of(2), Uint8Array.of(1, 0)),
  offerAbsoluteExpiry: amount,
  offerPaths: paths,
  offerIssuer: text,
  offerQuantityMax: amount,
  offerIssuerId: id,
};
const recurrenceFields = {
  offerRecurrenceOptional: recurrence,
  offerRecurrenceBase: fc.record({ proportionalAmount: fc.nat(2), basetime: amount }),
  offerRecurrencePaywindow: fc.record({ secondsBefore: u32, secondsAfter: u32 }),
  offerRecurrenceLimit: fc.nat(5),
};
const requestFields = {
  ...offerFields,
  offerFeatures: blob,
  ...recurrenceFields,
  invreqMetadata: blob,
  invreqChain: chain,
  invreqAmount: amount,
  invreqFeatures: fc.constantFrom(new Uint8Array(), Uint8Array.of(2), Uint8Array.of(1, 0)),
  invreqQuantity: amount,
  invreqPayerId: id,
  invreqPayerNote: text,
  invreqPaths: paths,
  invreqBip353Name: fc.record({ name: letters, domain: letters }),
  invreqRecurrenceCounter: fc.nat(3),
  invreqRecurrenceStart: u32,
};

export const offerText: fc.Arbitrary<string> = fc
  .record<OfferValues>({ ...offerFields, ...recurrenceFields }, { requiredKeys: [] })
  .map(encodeOffer);

export const requestText: fc.Arbitrary<string> = fc
  .record<InvoiceRequestValues>(
    { ...requestFields, invreqRecurrenceCancel: fc.constant(true as const) },
    { requiredKeys: ['invreqAmount'] },
  )
  .map((values) => encodeInvoiceRequest(values, (hash) => schnorr.sign(hash, KEY)));

const optionalOfInvoice = fc.record<Bolt12InvoiceValues>(
  {
    ...requestFields,
    invoiceRelativeExpiry: u32,
    invoiceFeatures: blob,
    invoiceFallbacks: fc.array(
      fc.record({
        version: fc.nat(20),
        address: fc.oneof(blob, fc.uint8Array({ minLength: 20, maxLength: 20 })),
      }),
      { maxLength: 2 },
    ),
    invoiceRecurrenceBasetime: amount,
  },
  { requiredKeys: [] },
);

/** The values of an invoice. Of every third one, a required field is absent. */
export const invoiceValues: fc.Arbitrary<Bolt12InvoiceValues> = fc
  .tuple(
    optionalOfInvoice,
    path,
    payInfo,
    amount,
    fc.constantFrom('none', 'none', 'one'),
    fc.nat(6),
  )
  .map(([given, path, info, invoiceAmount, change, index]) => {
    const required: Record<string, unknown> = {
      invoicePaths: [path],
      invoiceBlindedpay: [info],
      invoiceCreatedAt: 1_700_000_000n,
      invoicePaymentHash: new Uint8Array(32).fill(1),
      invoiceAmount,
      invoiceNodeId: ID,
    };
    const names = Object.keys(required);
    if (change === 'one') delete required[names[index % names.length] ?? ''];
    return Object.assign({}, given, required);
  });

export function invoiceText(values: Bolt12InvoiceValues): string {
  return encodeBolt12Invoice(values, (hash) => schnorr.sign(hash, KEY));
}
