import { schnorr } from '@noble/curves/secp256k1.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  Bolt12Error,
  type Bolt12InvoiceValues,
  decodeBolt12Invoice,
  decodeInvoiceRequest,
  decodeOffer,
  decodePayerProof,
  decodeUnsignedBolt12Invoice,
  encodeBolt12Invoice,
  encodeInvoiceRequest,
  encodeOffer,
  encodePayerProof,
  invoiceRequestId,
  isSigned,
  merkleRoot,
  offerId,
  signatureHash,
  signBolt12Invoice,
} from './bolt12.ts';
import { ByteReader, bigSizeBytes } from './bolt12/byte-reader.ts';
import { bytesOfText, textOfBytes } from './bolt12/text-format.ts';
import { readTlvs, tlvStreamBytes } from './bolt12/tlv.ts';
import { concatBytes } from '@noble/hashes/utils.js';

/** The test vectors of BOLT 12 (https://github.com/lightning/bolts). */
function vectors<T>(name: string): T[] {
  return JSON.parse(
    readFileSync(new URL(`bolt12/test-vectors/${name}.json`, import.meta.url), 'utf8'),
  ) as T[];
}

interface OfferVector {
  readonly description: string;
  readonly valid: boolean;
  readonly bolt12: string;
  readonly fields?: readonly { type: number; length: number; hex: string }[];
}

/** Other examples follow it: the key of BOLT 12's Bob. */
const KEY = new Uint8Array(32).fill(0x42);
const ID = hexToBytes('0324653eac434488002cc06bbfb7f10fe18991e35f9fe4302dbea6d2353dc0ab1c');
const sign = (hash: Uint8Array): Uint8Array => schnorr.sign(hash, KEY);

describe("BOLT 12's vectors:", () => {
  test.each(vectors<OfferVector>('offers').filter(({ valid }) => valid))(
    'the offer "$description"',
    ({ bolt12, fields }) => {
      const offer = decodeOffer(bolt12);
      expect(
        offer.tlvs.map(({ type, value }) => ({
          type: Number(type),
          length: value.length,
          hex: bytesToHex(value),
        })),
      ).toEqual(fields);
      if (offer.unknown.length === 0) expect(encodeOffer(offer.values)).toBe(bolt12);
    },
  );

  test.each(vectors<OfferVector>('offers').filter(({ valid }) => !valid))(
    'the invalid offer "$description"',
    ({ bolt12 }) => {
      expect(() => decodeOffer(bolt12)).toThrow(Bolt12Error);
    },
  );

  test.each(vectors<{ comment: string; valid: boolean; string: string }>('format-strings'))(
    'the text "$comment": $string',
    ({ valid, string }) => {
      if (valid) expect(decodeOffer(string).values.offerIssuerId).toHaveLength(33);
      else expect(() => decodeOffer(string)).toThrow(Bolt12Error);
    },
  );

  test.each(
    vectors<{
      comment: string;
      records: string[];
      merkle: string;
      bolt12?: string;
      hash?: string;
      signature?: string;
    }>('signatures'),
  )('the signature of $comment, $records.length records', (vector) => {
    const records = readTlvs(hexToBytes(vector.records.join('')));
    expect(bytesToHex(merkleRoot(records))).toBe(vector.merkle);
    if (vector.bolt12 === undefined) return;
    const request = decodeInvoiceRequest(vector.bolt12);
    const hash = signatureHash('invoice_request', request.tlvs);
    expect(bytesToHex(hash)).toBe(vector.hash);
    const signature = hexToBytes(vector.signature ?? '');
    expect(request.values.signature).toEqual(signature);
    expect(isSigned('invoice_request', request.tlvs, ID, signature)).toBe(true);
    expect(isSigned('invoice', request.tlvs, ID, signature)).toBe(false);
  });
});

interface ProofVectors {
  readonly valid: readonly {
    readonly name: string;
    readonly invoice: string;
    readonly preimage: string;
    readonly note?: string;
    readonly included: readonly number[];
    readonly omitted: readonly number[];
    readonly bech32: string;
  }[];
  readonly invalid: readonly { readonly reason: string; readonly bech32: string }[];
}

describe('payer proofs: the vectors of the draft, as lightningd v26.06.6 writes them', () => {
  const { valid, invalid } = JSON.parse(
    readFileSync(new URL('bolt12/test-vectors/payer-proofs.json', import.meta.url), 'utf8'),
  ) as ProofVectors;

  test.each(valid)('$name', ({ invoice: text, preimage, note, included, omitted, bech32 }) => {
    const proof = decodePayerProof(bech32);
    expect(proof.values.proofOmittedTlvs ?? []).toEqual(omitted.map(BigInt));
    expect(proof.values.proofNote).toBe(note);
    // The only one that another program wrote: a proof can omit an empty list.
    if (proof.values.proofOmittedTlvs?.length === 0) return;
    const invoice = decodeBolt12Invoice(text);
    const content = {
      preimage: hexToBytes(preimage),
      note,
      include: (type: bigint) => included.includes(Number(type)),
    };
    const signed = (hash: Uint8Array) => schnorr.sign(hash, KEY, new Uint8Array(32));
    expect(encodePayerProof(invoice, content, signed)).toBe(bech32);
  });

  test.each(invalid)('the invalid proof "$reason"', ({ bech32 }) => {
    expect(() => decodePayerProof(bech32)).toThrow(Bolt12Error);
  });

  test('a changed byte is noticed', () => {
    const bytes = bytesOfText(valid[1]?.bech32 ?? '', 'lnp');
    for (let at = 0; at < bytes.length; at += 17) {
      const changed = Uint8Array.from(bytes, (byte, index) => (index === at ? byte ^ 1 : byte));
      expect(() => decodePayerProof(textOfBytes(changed, 'lnp'))).toThrow(Bolt12Error);
    }
  });

  test('a record that proofs do not know can be odd, but not even', () => {
    const text = valid[0]?.invoice ?? '';
    const { tlvs } = decodeBolt12Invoice(text);
    const more = [1_000_000_024n, 1_500_000_001n].map((type) => ({
      type,
      value: new Uint8Array(2),
    }));
    const invoice = { tlvs: [...tlvs, ...more].toSorted(byType), values: {} };
    const write = (include: (type: bigint) => boolean) => () =>
      encodePayerProof(invoice, { preimage: new Uint8Array(32), include }, sign);
    expect(write((type) => type === 1_000_000_024n)).toThrow(
      'a payer proof cannot include field 1000000024',
    );
    expect(write((type) => type === 1_500_000_001n)()).toMatch(/^lnp1/);
  });
});

function byType(a: { type: bigint }, b: { type: bigint }): number {
  return a.type < b.type ? -1 : 1;
}

/** A valid invoice. */
const INVOICE: Bolt12InvoiceValues = {
  invreqMetadata: new Uint8Array(16),
  offerDescription: 'Coffee',
  offerIssuerId: ID,
  invreqPayerId: ID,
  invoicePaths: [
    {
      firstNode: { nodeId: ID },
      firstPathKey: ID,
      hops: [{ blindedNodeId: ID, encryptedRecipientData: Uint8Array.of(1, 2) }],
    },
  ],
  invoiceBlindedpay: [
    {
      feeBaseMsat: 1,
      feeProportionalMillionths: 2,
      cltvExpiryDelta: 3,
      htlcMinimumMsat: 4n,
      htlcMaximumMsat: 5n,
      features: new Uint8Array(),
    },
  ],
  invoiceCreatedAt: 1_700_000_000n,
  invoicePaymentHash: new Uint8Array(32).fill(7),
  invoiceAmount: 2n ** 64n - 1n,
  invoiceFallbacks: [{ version: 1, address: new Uint8Array(32) }],
  invoiceNodeId: ID,
};

function invoiceText(changes: Bolt12InvoiceValues = {}): string {
  return encodeBolt12Invoice({ ...INVOICE, ...changes }, sign);
}

test('an invoice is what was written', () => {
  const { signature, ...values } = decodeBolt12Invoice(invoiceText()).values;
  expect(values).toEqual(INVOICE);
  expect(signature).toHaveLength(64);
});

test.each<[string, Bolt12InvoiceValues]>([
  ['missing invoice_amount', { invoiceAmount: undefined }],
  ['missing invoice_created_at', { invoiceCreatedAt: undefined }],
  ['missing invoice_payment_hash', { invoicePaymentHash: undefined }],
  ['Missing node_id', { invoiceNodeId: undefined }],
  ['missing/empty invoice_paths', { invoicePaths: undefined }],
  ['missing/empty invoice_paths', { invoicePaths: [] }],
  ['expected 1 payinfo but found 0', { invoiceBlindedpay: [] }],
  ['expected 1 payinfo but found 0', { invoiceBlindedpay: undefined }],
  [
    'zero num_hops in path 0/1',
    { invoicePaths: [{ firstNode: { nodeId: ID }, firstPathKey: ID, hops: [] }] },
  ],
  [
    'Invalid signature',
    {
      invoiceNodeId: hexToBytes(
        '02eec7245d6b7d2ccb30380bfbe2a3648cd7a942653f5aa340edcea1f283686619',
      ),
    },
  ],
])('"%s"', (message, changes) => {
  expect(() => decodeBolt12Invoice(invoiceText(changes))).toThrow(message);
});

test('only a reader that states its features checks those of an invoice', () => {
  const text = invoiceText({ invoiceFeatures: Uint8Array.of(0x01, 0x02, 0x02) });
  expect(decodeBolt12Invoice(text).values.invoiceFeatures).toHaveLength(3);
  expect(decodeBolt12Invoice(text, [16]).values.invoiceAmount).toBe(2n ** 64n - 1n);
  expect(() => decodeBolt12Invoice(text, [])).toThrow('unknown feature bit 16');
});

test('an invoice whose records exist is signed again, with other values', () => {
  const { tlvs } = decodeBolt12Invoice(invoiceText());
  const unknown = { type: 201n, value: Uint8Array.of(9) };
  const unsigned = [...tlvs, unknown].filter(({ type }) => type !== 240n).toSorted(byType);
  const bare = decodeUnsignedBolt12Invoice(textOfBytes(tlvStreamBytes(unsigned), 'lni'));
  expect(bare.values.signature).toBeUndefined();
  const signed = decodeBolt12Invoice(signBolt12Invoice(bare.tlvs, sign, { invoiceAmount: 5n }));
  expect(signed.values).toMatchObject({ ...INVOICE, invoiceAmount: 5n });
  expect(signed.unknown).toEqual([unknown]);
});

test('an invoice without a signature', () => {
  const bytes = bytesOfText(invoiceText(), 'lni');
  const unsigned = readTlvs(bytes).filter(({ type }) => type !== 240n);
  expect(() => decodeBolt12Invoice(textOfBytes(tlvStreamBytes(unsigned), 'lni'))).toThrow(
    'Missing signature',
  );
});

test('a changed byte of an invoice is noticed', () => {
  const bytes = bytesOfText(invoiceText(), 'lni');
  for (let at = 0; at < bytes.length; at += 11) {
    const changed = Uint8Array.from(bytes, (byte, index) => (index === at ? byte ^ 1 : byte));
    expect(() => decodeBolt12Invoice(textOfBytes(changed, 'lni'))).toThrow(Bolt12Error);
  }
});

test('requests and invoices copy unknown records, and keep the ids of the offer and the request', () => {
  const unknown = { type: 1_500_000_001n, value: Uint8Array.of(9) };
  const offerText = textOfBytes(
    concatBytes(
      bytesOfText(encodeOffer({ offerDescription: 'Tea', offerIssuerId: ID }), 'lno'),
      tlvStreamBytes([unknown]),
    ),
    'lno',
  );
  const offer = decodeOffer(offerText);
  expect(offer.unknown).toEqual([unknown]);
  const request = decodeInvoiceRequest(
    encodeInvoiceRequest(
      { invreqMetadata: new Uint8Array(8), invreqPayerId: ID, invreqAmount: 1_000n },
      sign,
      offer.tlvs,
    ),
  );
  expect(request.unknown).toEqual([unknown]);
  expect(offerId(request.tlvs)).toEqual(offerId(offer.tlvs));
  const own = {
    ...INVOICE,
    invreqMetadata: undefined,
    offerDescription: undefined,
    offerIssuerId: undefined,
    invreqPayerId: undefined,
  };
  const invoice = decodeBolt12Invoice(encodeBolt12Invoice(own, sign, request.tlvs));
  expect(invoice.values.invreqAmount).toBe(1_000n);
  expect(offerId(invoice.tlvs)).toEqual(offerId(offer.tlvs));
  expect(invoiceRequestId(invoice.tlvs)).toEqual(invoiceRequestId(request.tlvs));
});

test('an invoice request in the range of signatures or invoices', () => {
  const records = (type: bigint): string =>
    textOfBytes(tlvStreamBytes([{ type, value: new Uint8Array() }]), 'lnr');
  expect(() => decodeInvoiceRequest(records(161n))).toThrow(
    'Invoice request 161 field outside invoice request range',
  );
  expect(decodeInvoiceRequest(records(999n)).unknown).toHaveLength(1);
  expect(() => decodeInvoiceRequest(records(998n))).toThrow('invalid invreq data');
});

test.each([0n, 0xfcn, 0xfdn, 0xffffn, 0x1_0000n, 0xffff_ffffn, 0x1_0000_0000n, 2n ** 64n - 1n])(
  'BigSize %s',
  (value) => {
    expect(new ByteReader(bigSizeBytes(value)).bigSize()).toBe(value);
  },
);

test.each(['fd00fc', 'fe0000ffff', 'ff00000000ffffffff', 'fd00', 'ff'])(
  'BigSize %s is malformed',
  (hex) => {
    expect(() => new ByteReader(hexToBytes(hex)).bigSize()).toThrow();
  },
);
