/**
 * Reads BOLT 11 invoices. A separate module, because recovering the payee requires an elliptic curve library.
 *
 * @module
 */
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { bech32 } from '@scure/base';
import { amountMsat } from './bolt11/amount.ts';
import { Bolt11Error } from './bolt11/error.ts';
import { asBech32, readField, tagLetter, type TaggedFields } from './bolt11/fields.ts';
import type { Bolt11Invoice } from './bolt11/invoice.ts';
import { Words } from './bolt11/words.ts';

export { Bolt11Error } from './bolt11/error.ts';
export type { Bolt11Invoice, Fallback, RouteHop } from './bolt11/invoice.ts';

/** The prefixes that lightningd supports: main, regtest, signet, testnet, and Liquid's two. */
const CURRENCIES = new Set(['bc', 'bcrt', 'tbs', 'tb', 'ert', 'ex']);
/** 520 bits: R, S and the recovery id. */
const SIGNATURE_WORDS = 104;

/**
 * Decodes an invoice and checks its signature. The caller must have removed a `lightning:` prefix.
 *
 * @throws {Bolt11Error} with lightningd's message
 *
 * @example
 * ```ts
 * import { decodeBolt11 } from '@clnrest/runes/bolt11';
 *
 * // From BOLT 11's examples: "Please make a donation of any amount ... to me".
 * const invoice = decodeBolt11(
 *   'lnbc1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdpl2pkx2ctnv5sxxmmwwd5kgetjypeh2ursdae8g6twvus8g6rfwvs8qun0dfjkxaq9qrsgq357wnc5r2ueh7ck6q93dj32dlqnls087fxdwk8qakdyafkq3yap9us6v52vjjsrvywa6rt52cm9r9zqt8r2t7mlcwspyetp5h2tztugp9lfyql',
 * );
 * invoice.payee; // => '03e7156ae33b0a208d0744199163177e909e80176e55d97a2f221ede0f934dd9ad'
 * invoice.description; // => 'Please consider supporting this project'
 * invoice.amountMsat; // => undefined
 * ```
 */
export function decodeBolt11(text: string): Bolt11Invoice {
  const { invoice, prefix, signed, reader, nodeId } = readUnsigned(text);
  return { ...invoice, ...checkSignature(prefix, signed, reader, nodeId) };
}

/** An invoice whose signature was not checked, so that its payee is unknown. */
export type UnsignedBolt11Invoice = Omit<Bolt11Invoice, 'payee' | 'signature'>;

/**
 * Decodes an invoice without checking its signature, which can be any 65 bytes.
 *
 * @throws {Bolt11Error} with lightningd's message
 *
 * @example
 * ```ts
 * import { decodeUnsignedBolt11 } from '@clnrest/runes/bolt11';
 *
 * let message = '';
 * try {
 *   decodeUnsignedBolt11('lnbc1nonsense');
 * } catch (error) {
 *   message = String(error);
 * }
 * message; // => 'Bolt11Error: Bad bech32 string'
 * ```
 */
export function decodeUnsignedBolt11(text: string): UnsignedBolt11Invoice {
  return readUnsigned(text).invoice;
}

function readUnsigned(text: string) {
  const { prefix, words } = decodeBech32(text);
  const letters = /^[^0-9]*/.exec(prefix)?.[0] ?? '';
  if (!letters.startsWith('ln')) {
    throw new Bolt11Error(`Prefix '${letters}' does not start with ln`);
  }
  const currency = letters.slice(2);
  if (!CURRENCIES.has(currency)) throw new Bolt11Error(`Unknown chain ${currency}`);
  const amount = prefix.slice(letters.length);

  const reader = new Words(words);
  if (reader.left < 7) throw new Bolt11Error("Can't get 35-bit timestamp: truncated");
  const amountOrNone = amount === '' ? undefined : amountMsat(amount);
  const createdAt = reader.number(7);
  const fields = readFields(reader);
  const signed = reader.consumed();
  const invoice: UnsignedBolt11Invoice = {
    currency,
    createdAt,
    expiry: fields.expiry ?? 3600n,
    amountMsat: amountOrNone,
    description: fields.description,
    descriptionHash: fields.descriptionHash,
    minFinalCltvExpiry: fields.minFinalCltvExpiry ?? 18,
    paymentHash: fields.paymentHash,
    paymentSecret: fields.paymentSecret,
    features: fields.features ?? '',
    metadata: fields.metadata,
    fallbacks: fields.fallbacks,
    routes: fields.routes,
    extra: fields.extra ?? [],
  };
  return { invoice, prefix, signed, reader, nodeId: fields.nodeId };
}

function decodeBech32(text: string): { prefix: string; words: number[] } {
  if (text.length < 8) throw new Bolt11Error('Bad bech32 string');
  const decoded = bech32.decodeUnsafe(text, false);
  if (decoded === undefined) throw new Bolt11Error('Bad bech32 string');
  return { prefix: decoded.prefix, words: decoded.words };
}

type CheckedFields = TaggedFields & { paymentHash: string; paymentSecret: string };

function readFields(reader: Words): CheckedFields {
  const fields: TaggedFields = { fallbacks: [], routes: [] };
  const extra: { tag: string; data: string }[] = [];
  while (reader.left > SIGNATURE_WORDS) {
    const tag = tagLetter(Number(reader.number(1)));
    if (reader.left < 2) throw new Bolt11Error("Can't get length: truncated");
    const length = Number(reader.number(2));
    if (length > reader.left) throw new Bolt11Error(`${tag}: truncated`);
    const words = reader.take(length);
    const data = words.rest();
    if (!readField(tag, words, fields)) extra.push({ tag, data: asBech32(data) });
  }
  const { paymentHash, paymentSecret, description, descriptionHash } = fields;
  if (paymentHash === undefined) throw new Bolt11Error("No valid 'p' field found");
  if (paymentSecret === undefined) {
    throw new Bolt11Error('Missing required payment secret (s field)');
  }
  if (description === undefined && descriptionHash === undefined) {
    throw new Bolt11Error("must have either 'd' or 'h' field");
  }
  return { ...fields, paymentHash, paymentSecret, extra };
}

function checkSignature(
  prefix: string,
  signed: readonly number[],
  reader: Words,
  nodeId: string | undefined,
): { signature: string; payee: string } {
  if (reader.left < SIGNATURE_WORDS) {
    throw new Bolt11Error("can't read signature: truncated");
  }
  const bytes = reader.bytes();
  const recovery = bytes[64] ?? 0;
  if (recovery > 3) throw new Bolt11Error(`invalid recovery ID: ${recovery}`);
  const compact = bytes.slice(0, 64);
  const digest = sha256(concatBytes(new TextEncoder().encode(prefix), zeroPadded(signed)));
  const signature = bytesToHex(compact);
  if (nodeId !== undefined) {
    const options = { prehash: false, lowS: true };
    if (!secp256k1.verify(compact, digest, hexToBytes(nodeId), options)) {
      throw new Bolt11Error('invalid signature');
    }
    return { signature, payee: nodeId };
  }
  return { signature, payee: recover(compact, recovery, digest) };
}

function recover(compact: Uint8Array, recovery: number, digest: Uint8Array): string {
  try {
    const signature = concatBytes(Uint8Array.of(recovery), compact);
    return bytesToHex(secp256k1.recoverPublicKey(signature, digest, { prehash: false }));
  } catch {
    throw new Bolt11Error('signature recovery failed');
  }
}

/** Converts 5-bit groups to bytes, "with 0 bits appended to pad to a byte boundary". */
function zeroPadded(words: readonly number[]): Uint8Array {
  const spare = (8 - ((words.length * 5) % 8)) % 8;
  const bits = words.map((word) => word.toString(2).padStart(5, '0')).join('') + '0'.repeat(spare);
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
}
