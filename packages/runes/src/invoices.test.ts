import { schnorr } from '@noble/curves/secp256k1.js';
import { hexToBytes } from '@noble/hashes/utils.js';
import { expect, test } from 'vitest';
import { encodeBolt12Invoice } from './bolt12.ts';
import { refusalReason, Restriction, Rune } from './index.ts';
import { readInvoice } from './invoices.ts';

const KEY = new Uint8Array(32).fill(0x42);
const NODE = '0324653eac434488002cc06bbfb7f10fe18991e35f9fe4302dbea6d2353dc0ab1c';
const ISSUER = '02eec7245d6b7d2ccb30380bfbe2a3648cd7a942653f5aa340edcea1f283686619';
const ID = hexToBytes(NODE);
const hops = [{ blindedNodeId: ID, encryptedRecipientData: new Uint8Array(3) }];

const INVOICE = encodeBolt12Invoice(
  {
    offerDescription: 'Coffee ☕',
    offerIssuerId: hexToBytes(ISSUER),
    invoicePaths: [{ firstNode: { scid: 1n, side: 1 }, firstPathKey: ID, hops }],
    invoiceBlindedpay: [
      {
        feeBaseMsat: 0,
        feeProportionalMillionths: 0,
        cltvExpiryDelta: 0,
        htlcMinimumMsat: 0n,
        htlcMaximumMsat: 1n,
        features: new Uint8Array(),
      },
    ],
    invoiceCreatedAt: 1n,
    invoicePaymentHash: new Uint8Array(32),
    invoiceAmount: 9_999n,
    invoiceNodeId: ID,
  },
  (hash) => schnorr.sign(hash, KEY),
);

test('reads the fields of a BOLT 12 invoice, with the issuer of the offer as the node', () => {
  expect(readInvoice(INVOICE)).toEqual({
    amountMsat: 9_999n,
    description: 'Coffee ☕',
    nodeId: ISSUER,
  });
  expect(readInvoice(INVOICE.toUpperCase())).toEqual(readInvoice(INVOICE));
});

test.each([
  ['pinvinvstring_amount<10000', undefined],
  ['pinvinvstring_amount<9999', 'invoice parameter invstring_amount is greater or equal to 9999'],
  [`pinvinvstring_node=${ISSUER}`, undefined],
  [`pinvinvstring_node=${NODE}`, `invoice parameter invstring_node is not equal to ${NODE}`],
  ['pinvinvstring_description~☕', undefined],
])('%s', (restriction, reason) => {
  const rune = Rune.fromBase64('KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==').restrict(
    Restriction.parse(restriction),
  );
  const params = `{"invstring":"lightning:${INVOICE}"}`;
  expect(refusalReason(rune, { now: 0n, method: 'xpay', params }, { readInvoice })).toBe(reason);
});

test.each([
  ['lni1zzz', 'invalid bech32 string'],
  [`lni1${'q'.repeat(8)}`, 'invalid invoice data'],
  [`${INVOICE.slice(0, -4)}qqqq`, 'Invalid signature'],
  ['lnix1qq', 'unexpected prefix lnix'],
  ['lni', 'invalid bech32 string'],
  // lightningd shows the problem of BOLT 11 unless the text begins with lni in lower case.
  ['LNI1QQQQQQQQ', 'Bad bech32 string'],
  ['lnbc1qqqqqqqq', 'Bad bech32 string'],
  ['', 'Bad bech32 string'],
])('the problem of %s', (text, problem) => {
  expect(readInvoice(text)).toEqual({ problem });
});
