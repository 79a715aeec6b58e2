import { sha256 } from '@noble/hashes/sha2.js';
import { bech32 } from '@scure/base';
import type { RouteHop } from '@clnrest/runes/bolt11';
import type { FallbackAddress } from './fallback-address.ts';
import { bytesOfWords, wordsForBytes, wordsForNumber, WordWriter } from './words.ts';

/** The fields of a BOLT 11 invoice. */
interface Bolt11 {
  /** The currency prefix, which follows `ln`: `bcrt` on regtest. */
  readonly prefix: string;
  /** Undefined for any amount. */
  readonly amountMsat: bigint | undefined;
  /** Seconds since 1970. */
  readonly createdAt: bigint;
  /** Seconds after `createdAt`; below 2^60, the limit of the field. */
  readonly expiry: bigint;
  readonly paymentHash: Uint8Array;
  readonly paymentSecret: Uint8Array;
  /** Up to {@link MAX_DESCRIPTION_BYTES} bytes, or any length with `hashOnly`. */
  readonly description: string;
  readonly hashOnly: boolean;
  /** In blocks. */
  readonly minFinalCltvExpiry: bigint;
  readonly fallbacks: readonly FallbackAddress[];
  /** Route hints. */
  readonly routes?: readonly (readonly RouteHop[])[];
  /** The numbers of the feature bits that are set. */
  readonly features: readonly number[];
}

/** The longest description that fits into a field, which has at most 1023 five-bit words. */
export const MAX_DESCRIPTION_BYTES = 639;

/** Signs a hash. @returns R, S and the recovery id, 65 bytes */
type Sign = (hash: Uint8Array) => Uint8Array;

/** The expiry of an invoice without an expiry field, in seconds (BOLT 11). */
const DEFAULT_EXPIRY = 3600n;

/** The five-bit words of the field types, by their bech32 letter. */
const FIELD = { p: 1, s: 16, d: 13, h: 23, x: 6, c: 24, f: 9, r: 3, features: 5 } as const;

/** Encodes and signs an invoice. The fields have lightningd's order. */
export function encodeBolt11(invoice: Bolt11, sign: Sign): string {
  const data = new WordWriter();
  const field = (tag: number, words: number): void => {
    data.number(BigInt(tag), 1);
    data.number(BigInt(words), 2);
  };
  const bytesField = (tag: number, bytes: Uint8Array): void => {
    field(tag, wordsForBytes(bytes.length));
    data.bytes(bytes);
  };
  const numberField = (tag: number, value: bigint): void => {
    const words = wordsForNumber(value);
    field(tag, words);
    data.number(value, words);
  };

  data.number(invoice.createdAt, 7);
  bytesField(FIELD.s, invoice.paymentSecret);
  bytesField(FIELD.p, invoice.paymentHash);
  const description = new TextEncoder().encode(invoice.description);
  if (invoice.hashOnly) bytesField(FIELD.h, sha256(description));
  else bytesField(FIELD.d, description);
  if (invoice.expiry !== DEFAULT_EXPIRY) numberField(FIELD.x, invoice.expiry);
  numberField(FIELD.c, invoice.minFinalCltvExpiry);
  for (const { version, program } of invoice.fallbacks) {
    field(FIELD.f, 1 + wordsForBytes(program.length));
    data.number(BigInt(version), 1);
    data.bytes(program);
  }
  for (const route of invoice.routes ?? []) {
    bytesField(FIELD.r, Buffer.concat(route.map((hop) => hopBytes(hop))));
  }
  const features = invoice.features.reduce((bits, bit) => bits | (1n << BigInt(bit)), 0n);
  if (features !== 0n) numberField(FIELD.features, features);

  const humanPart = `ln${invoice.prefix}${amountText(invoice.amountMsat)}`;
  const signed = Buffer.concat([Buffer.from(humanPart), bytesOfWords(data.words)]);
  const signature = new WordWriter();
  signature.bytes(sign(sha256(signed)));
  return bech32.encode(humanPart, [...data.words, ...signature.words], false);
}

/** A hop of a route hint (BOLT 11). */
function hopBytes(hop: RouteHop): Buffer {
  const [block = 0n, transaction = 0n, output = 0n] = hop.shortChannelId.split('x').map(BigInt);
  const bytes = Buffer.alloc(51);
  bytes.write(hop.pubkey, 'hex');
  bytes.writeBigUInt64BE((block << 40n) | (transaction << 16n) | output, 33);
  bytes.writeUInt32BE(hop.feeBaseMsat, 41);
  bytes.writeUInt32BE(hop.feeProportionalMillionths, 45);
  bytes.writeUInt16BE(hop.cltvExpiryDelta, 49);
  return bytes;
}

/** The units in tenths of a millisatoshi, because a pico-bitcoin is 0.1 msat. */
const UNITS: readonly (readonly [letter: string, tenthsOfMsat: bigint])[] = [
  ['', 1_000_000_000_000n],
  ['m', 1_000_000_000n],
  ['u', 1_000_000n],
  ['n', 1_000n],
  ['p', 1n],
];

/** The shortest representation of an amount, as BOLT 11 requires: 100,000 msat is `1u`. */
function amountText(amountMsat: bigint | undefined): string {
  if (amountMsat === undefined) return '';
  const tenths = amountMsat * 10n;
  const [letter, unit] = UNITS.find(([, size]) => tenths % size === 0n) ?? ['p', 1n];
  return `${tenths / unit}${letter}`;
}
