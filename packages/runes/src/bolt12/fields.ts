import {
  type Codec,
  bigSize,
  blob,
  fixedBytes,
  listOf,
  point,
  present,
  sha256Hash,
  tu32,
  tu64,
  utf8,
} from './codecs.ts';
import { ByteReader, MalformedValue } from './byte-reader.ts';
import { readTlvs, type Tlv } from './tlv.ts';
import {
  bip353Name,
  blindedPaths,
  fallbackAddresses,
  payInfos,
  recurrence,
  recurrenceBase,
  recurrencePaywindow,
} from './values.ts';

/** A known field of a message. */
interface Field<T> {
  readonly type: bigint;
  readonly codec: Codec<T>;
}

function field<T>(type: bigint, codec: Codec<T>): Field<T> {
  return { type, codec };
}

const signature = field(240n, fixedBytes(64));

/** The fields of an offer in BOLT 12. */
const BOLT12_OFFER_FIELDS = {
  offerChains: field(2n, listOf(sha256Hash)),
  offerMetadata: field(4n, blob),
  offerCurrency: field(6n, utf8),
  offerAmount: field(8n, tu64),
  offerDescription: field(10n, utf8),
  offerFeatures: field(12n, blob),
  offerAbsoluteExpiry: field(14n, tu64),
  offerPaths: field(16n, blindedPaths),
  offerIssuer: field(18n, utf8),
  offerQuantityMax: field(20n, tu64),
  offerIssuerId: field(22n, point),
};

/** The fields of an offer: those of BOLT 12, and those that lightningd has for recurrence. */
export const OFFER_FIELDS = {
  ...BOLT12_OFFER_FIELDS,
  offerRecurrenceCompulsory: field(1_000_000_024n, recurrence),
  offerRecurrenceOptional: field(1_000_000_025n, recurrence),
  offerRecurrenceBase: field(1_000_000_026n, recurrenceBase),
  offerRecurrencePaywindow: field(1_000_000_027n, recurrencePaywindow),
  offerRecurrenceLimit: field(1_000_000_029n, tu32),
};

/** The fields of an invoice request in BOLT 12, except for the metadata. */
const BOLT12_REQUEST_FIELDS = {
  invreqChain: field(80n, sha256Hash),
  invreqAmount: field(82n, tu64),
  invreqFeatures: field(84n, blob),
  invreqQuantity: field(86n, tu64),
  invreqPayerId: field(88n, point),
  invreqPayerNote: field(89n, utf8),
  invreqPaths: field(90n, blindedPaths),
  invreqBip353Name: field(91n, bip353Name),
};

/** The fields that an invoice has in common with the request for it. */
const COMMON_FIELDS = {
  invreqMetadata: field(0n, blob),
  ...OFFER_FIELDS,
  ...BOLT12_REQUEST_FIELDS,
  invreqRecurrenceCounter: field(2_000_000_092n, tu32),
  invreqRecurrenceStart: field(2_000_000_093n, tu32),
  signature,
};

export const INVOICE_REQUEST_FIELDS = {
  ...COMMON_FIELDS,
  invreqRecurrenceCancel: field(2_000_000_094n, present),
};

/** The fields of an invoice in BOLT 12, besides those of the request. */
const BOLT12_INVOICE_FIELDS = {
  invoicePaths: field(160n, blindedPaths),
  invoiceBlindedpay: field(162n, payInfos),
  invoiceCreatedAt: field(164n, tu64),
  invoiceRelativeExpiry: field(166n, tu32),
  invoicePaymentHash: field(168n, sha256Hash),
  invoiceAmount: field(170n, tu64),
  invoiceFallbacks: field(172n, fallbackAddresses),
  invoiceFeatures: field(174n, blob),
  invoiceNodeId: field(176n, point),
};

export const INVOICE_FIELDS = {
  ...COMMON_FIELDS,
  ...BOLT12_INVOICE_FIELDS,
  invoiceRecurrenceBasetime: field(3_000_000_177n, tu64),
};

/** The fields of a payer proof: some of the invoice, and what proves that the invoice had them (a draft of BOLT 12). */
export const PAYER_PROOF_FIELDS = {
  ...BOLT12_OFFER_FIELDS,
  ...BOLT12_REQUEST_FIELDS,
  ...BOLT12_INVOICE_FIELDS,
  signature,
  proofSignature: field(241n, fixedBytes(64)),
  proofPreimage: field(1001n, fixedBytes(32)),
  proofOmittedTlvs: field(1002n, listOf(bigSize)),
  proofMissingHashes: field(1003n, listOf(sha256Hash)),
  proofLeafHashes: field(1004n, listOf(sha256Hash)),
  proofNote: field(1005n, utf8),
};

type Fields = Readonly<Record<string, Field<never>>>;

/** The values of the fields that a message has. */
export type Values<F> = {
  readonly [K in keyof F]?: F[K] extends Field<infer T> ? T | undefined : never;
};

/** A message: its records in the order of their types, and the values of the known ones. */
export interface Message<F> {
  readonly values: Values<F>;
  readonly tlvs: readonly Tlv[];
  /** The odd records that lightningd does not know. */
  readonly unknown: readonly Tlv[];
}

/** @throws {MalformedValue} if a value is malformed, or the type of an unknown field is even */
export function readMessage<F extends object>(fields: F, bytes: Uint8Array): Message<F> {
  const known = new Map(
    Object.entries(fields as Fields).map(([name, { type, codec }]) => [type, { name, codec }]),
  );
  const tlvs = readTlvs(bytes);
  const values: Record<string, unknown> = {};
  const unknown: Tlv[] = [];
  for (const tlv of tlvs) {
    const found = known.get(tlv.type);
    if (found === undefined) {
      if (tlv.type % 2n === 0n) throw new MalformedValue(`unknown even type ${tlv.type}`);
      unknown.push(tlv);
      continue;
    }
    const reader = new ByteReader(tlv.value);
    values[found.name] = found.codec.read(reader);
    if (reader.left > 0) throw new MalformedValue(`type ${tlv.type} is too long`);
  }
  return { values: values as Values<F>, tlvs, unknown };
}

/** The records of a message, in the order of their types. */
export function tlvsOf<F extends object>(fields: F, values: Values<F>): Tlv[] {
  const known = fields as Readonly<Record<string, Field<unknown>>>;
  const given = values as Readonly<Record<string, unknown>>;
  return Object.entries(known)
    .filter(([name]) => given[name] !== undefined)
    .map(([name, { type, codec }]) => ({ type, value: codec.write(given[name]) }))
    .toSorted((a, b) => (a.type < b.type ? -1 : 1));
}
