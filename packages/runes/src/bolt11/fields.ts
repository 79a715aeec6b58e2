import { secp256k1 } from '@noble/curves/secp256k1.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { isValidUtf8, textFromBytes } from '../text.ts';
import { Bolt11Error } from './error.ts';
import type { Bolt11Invoice, Fallback, RouteHop } from './invoice.ts';
import type { Words } from './words.ts';

/** The tagged fields read so far. */
export type TaggedFields = {
  -readonly [
    K in Exclude<
      keyof Bolt11Invoice,
      'currency' | 'createdAt' | 'payee' | 'amountMsat' | 'signature' | 'fallbacks' | 'routes'
    >
  ]?: Bolt11Invoice[K];
} & { nodeId?: string; fallbacks: Fallback[]; routes: RouteHop[][] };

const CHARSET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const HASH_WORDS = 52;
const PUBKEY_WORDS = 53;
const HOP_BYTES = 51;

/**
 * Reads one tagged field (BOLT 11, "Tagged Fields"). Returns false for a field to skip: an unknown tag, a repeated
 * field or a wrong length.
 */
export function readField(tag: string, words: Words, into: TaggedFields): boolean {
  switch (tag) {
    case 'p':
      return fixed(words, HASH_WORDS, into.paymentHash, (hex) => (into.paymentHash = hex));
    case 's':
      return fixed(words, HASH_WORDS, into.paymentSecret, (hex) => (into.paymentSecret = hex));
    case 'h':
      return fixed(words, HASH_WORDS, into.descriptionHash, (hex) => (into.descriptionHash = hex));
    case 'n':
      return fixed(words, PUBKEY_WORDS, into.nodeId, (hex) => {
        if (!isPoint(hex)) throw new Bolt11Error(`invalid public key ${hex}`);
        into.nodeId = hex;
      });
    case 'd':
      if (into.description !== undefined) return false;
      into.description = textFromBytes(words.bytes());
      if (!isValidUtf8(into.description)) throw new Bolt11Error('d: invalid utf8');
      return true;
    case 'x':
      if (into.expiry !== undefined) return false;
      into.expiry = labelled('x', () => words.minimalNumber());
      return true;
    case 'c': {
      if (into.minFinalCltvExpiry !== undefined) return false;
      const blocks = labelled('c', () => words.minimalNumber());
      if (blocks > 0xffff_ffffn) throw new Bolt11Error(`c: ${blocks} is too large`);
      into.minFinalCltvExpiry = Number(blocks);
      return true;
    }
    case '9': {
      if (into.features !== undefined) return false;
      if (words.left > 0 && beginsWithZeros(words)) {
        throw new Bolt11Error('9: non-minimal length (begins with 0)');
      }
      into.features = bytesToHex(words.bitField());
      return true;
    }
    case 'm':
      if (into.metadata !== undefined) return false;
      into.metadata = bytesToHex(words.bytes());
      return true;
    case 'f':
      return readFallback(words, into.fallbacks);
    case 'r':
      into.routes.push(readRoute(words.bytes()));
      return true;
    default:
      return false;
  }
}

/** Returns the letter of a tag number. */
export function tagLetter(tag: number): string {
  return CHARSET.charAt(tag);
}

/** Converts 5-bit groups to bech32 characters. */
export function asBech32(words: readonly number[]): string {
  return words.map((word) => CHARSET.charAt(word)).join('');
}

function fixed(
  words: Words,
  length: number,
  already: string | undefined,
  set: (hex: string) => void,
): boolean {
  if (already !== undefined || words.left !== length) return false;
  set(bytesToHex(words.bytes()));
  return true;
}

/** lightningd checks the first byte of the padded field, not its first group. */
function beginsWithZeros(words: Words): boolean {
  const [first = 0, second = 0] = words.rest();
  return ((first << 3) | (second >> 2)) === 0;
}

function readFallback(words: Words, into: Fallback[]): boolean {
  if (words.left === 0) throw new Bolt11Error('f: truncated');
  const version = Number(words.number(1));
  if (version > 18) return false;
  const program = words.bytes();
  const { length } = program;
  if (version === 17 && length !== 20) throw new Bolt11Error(`f: pkhash length ${length}`);
  if (version === 18 && length !== 20) throw new Bolt11Error(`f: p2sh length ${length}`);
  const allowed = version === 0 ? [20, 32] : version === 1 ? [32] : undefined;
  if (version < 17 && (length < 2 || length > 40 || allowed?.includes(length) === false)) {
    throw new Bolt11Error(`f: witness v${version} bad length ${length}`);
  }
  into.push({ version, program: bytesToHex(program) });
  return true;
}

function readRoute(bytes: Uint8Array): RouteHop[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hops: RouteHop[] = [];
  for (let at = 0; at < bytes.length || hops.length === 0; at += HOP_BYTES) {
    if (at + HOP_BYTES > bytes.length) throw new Bolt11Error(`r: hop ${hops.length} truncated`);
    const pubkey = bytesToHex(bytes.subarray(at, at + 33));
    if (!isPoint(pubkey)) throw new Bolt11Error(`r: hop ${hops.length} pubkey invalid`);
    const channel = view.getBigUint64(at + 33);
    hops.push({
      pubkey,
      shortChannelId: `${channel >> 40n}x${(channel >> 16n) & 0xff_ffffn}x${channel & 0xffffn}`,
      feeBaseMsat: view.getUint32(at + 41),
      feeProportionalMillionths: view.getUint32(at + 45),
      cltvExpiryDelta: view.getUint16(at + 49),
    });
  }
  return hops;
}

function isPoint(hex: string): boolean {
  try {
    secp256k1.Point.fromHex(hex).assertValidity();
    return true;
  } catch {
    return false;
  }
}

function labelled<T>(tag: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Bolt11Error) throw new Bolt11Error(`${tag}: ${error.message}`);
    throw error;
  }
}
