import { schnorr } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { bigSizeBytes } from './byte-reader.ts';
import { isSignature, type Tlv, tlvBytes } from './tlv.ts';

/** The TLV streams that carry a signature. */
export type SignedMessage = 'invoice_request' | 'invoice' | 'payer_proof';

/** The field of each stream that has the signature. */
const SIGNATURE_FIELDS = {
  invoice_request: 'signature',
  invoice: 'signature',
  payer_proof: 'proof_signature',
} as const;

/**
 * The root of the Merkle tree over the records that are not signatures (BOLT 12, "Signature Calculation").
 *
 * @throws {RangeError} if no record is left
 *
 * @example
 * ```ts
 * import { merkleRoot } from '@clnrest/runes/bolt12';
 *
 * // The first of BOLT 12's examples: one record of type 1 with the value 1000.
 * const root = merkleRoot([{ type: 1n, value: Uint8Array.of(0x03, 0xe8) }]);
 * Buffer.from(root).toString('hex'); // => 'b013756c8fee86503a0b4abdab4cddeb1af5d344ca6fc2fa8b6c08938caa6f93'
 * ```
 */
export function merkleRoot(tlvs: readonly Tlv[]): Uint8Array {
  const signed = tlvs.filter((tlv) => !isSignature(tlv));
  const [first] = signed;
  if (first === undefined) throw new RangeError('A Merkle tree needs a record');
  const nonceOf = nonces(first);
  let level = signed.map((tlv) => leafOf(tlv, nonceOf(tlv.type)));
  while (level.length > 1) level = pairs(level);
  return level[0] ?? new Uint8Array(32);
}

/** The second leaf of each record, which depends on the first record of the stream and the type. */
export function nonces(first: Tlv): (type: bigint) => Uint8Array {
  const tag = tagHash(concatBytes(utf8ToBytes('LnNonce'), tlvBytes(first)));
  return (type) => sha256(concatBytes(tag, bigSizeBytes(type)));
}

/** The node over the two leaves of a record. */
export function leafOf(tlv: Tlv, nonce: Uint8Array): Uint8Array {
  return branch(sha256(concatBytes(LEAF, tlvBytes(tlv))), nonce);
}

/**
 * The hash that is signed with the key of the payer, or of the invoice's node.
 *
 * @returns 32 bytes
 *
 * @example
 * ```ts
 * import { signatureHash } from '@clnrest/runes/bolt12';
 *
 * const tlvs = [{ type: 1n, value: Uint8Array.of(0x03, 0xe8) }];
 * const hash = signatureHash('invoice', tlvs);
 * hash.length; // => 32
 * ```
 */
export function signatureHash(message: SignedMessage, tlvs: readonly Tlv[]): Uint8Array {
  return rootSignatureHash(message, merkleRoot(tlvs));
}

/** The same, for a stream of which only the root of its Merkle tree is known. */
export function rootSignatureHash(message: SignedMessage, root: Uint8Array): Uint8Array {
  const tag = tagHash(utf8ToBytes(`lightning${message}${SIGNATURE_FIELDS[message]}`));
  return sha256(concatBytes(tag, root));
}

/**
 * Whether a signature of the records is correct.
 *
 * @param key - 33 bytes, of which BIP 340 ignores the first
 *
 * @example
 * ```ts
 * import { schnorr } from '@noble/curves/secp256k1.js';
 * import { isSigned, signatureHash } from '@clnrest/runes/bolt12';
 *
 * const secret = new Uint8Array(32).fill(7);
 * const key = Uint8Array.of(2, ...schnorr.getPublicKey(secret));
 * const tlvs = [{ type: 1n, value: Uint8Array.of(0x03, 0xe8) }];
 * const signature = schnorr.sign(signatureHash('invoice', tlvs), secret);
 * isSigned('invoice', tlvs, key, signature); // => true
 * isSigned('invoice_request', tlvs, key, signature); // => false
 * ```
 */
export function isSigned(
  message: SignedMessage,
  tlvs: readonly Tlv[],
  key: Uint8Array,
  signature: Uint8Array,
): boolean {
  return schnorr.verify(signature, signatureHash(message, tlvs), key.subarray(1));
}

/** H(tag, …) is SHA256(SHA256(tag) || SHA256(tag) || …). */
function tagHash(tag: Uint8Array): Uint8Array {
  const hash = sha256(tag);
  return concatBytes(hash, hash);
}

const LEAF = tagHash(utf8ToBytes('LnLeaf'));
const BRANCH = tagHash(utf8ToBytes('LnBranch'));

/** The node over two nodes, in either order. */
export function branch(one: Uint8Array, other: Uint8Array): Uint8Array {
  return isLess(other, one) ? branch(other, one) : sha256(concatBytes(BRANCH, one, other));
}

function isLess(one: Uint8Array, other: Uint8Array): boolean {
  const at = one.findIndex((byte, index) => byte !== other[index]);
  return at >= 0 && (one[at] ?? 0) < (other[at] ?? 0);
}

/** The next level: neighbours are hashed together, and a last one without a neighbour rises unchanged. */
function pairs(level: readonly Uint8Array[]): Uint8Array[] {
  const next: Uint8Array[] = [];
  for (let at = 0; at < level.length; at += 2) {
    const [one, other] = level.slice(at, at + 2);
    if (one !== undefined) next.push(other === undefined ? one : branch(one, other));
  }
  return next;
}
