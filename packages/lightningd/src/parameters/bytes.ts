import type { Parser } from './declaration.ts';
import { invalidToken } from './invalid-token.ts';
import { isPublicKey } from './public-key.ts';

const HEX = /^(?:[0-9a-fA-F]{2})*$/;

/** Decodes hex digits; undefined for any other text. */
export function bytesOfHex(text: string): Buffer | undefined {
  return HEX.test(text) ? Buffer.from(text, 'hex') : undefined;
}

/** Accepts hex digits whose bytes fulfil the condition. */
function bytes(isValid: (value: Buffer) => boolean, complaint: string): Parser<Buffer> {
  return (token, name) => {
    const value = bytesOfHex(token.text);
    if (value === undefined || !isValid(value)) throw invalidToken(name, complaint, token);
    return value;
  };
}

/**
 * Bytes in hex.
 *
 * @example
 * ```ts
 * import { parseToken } from '@clnrest/json/tokens';
 * import { bytesOfHex, hash, hex, preimage } from '@clnrest/lightningd/parameters';
 * hex(parseToken('"00ff"'), 'data').length // => 2
 * const digits = '11'.repeat(32);
 * hash(parseToken(`"${digits}"`), 'payment_hash').toString('hex') === digits // => true
 * preimage(parseToken(`"${digits}"`), 'preimage').length // => 32
 * bytesOfHex('not hex') // => undefined
 * ```
 */
export const hex: Parser<Buffer> = bytes(() => true, 'should be a hex value');

/** 32 bytes in hex, such as a payment hash. */
export const hash: Parser<Buffer> = bytes(
  ({ length }) => length === 32,
  'should be a 32 byte hex value',
);

/** A preimage: 32 bytes in hex. */
export const preimage: Parser<Buffer> = bytes(
  ({ length }) => length === 32,
  'should be 64 hex digits',
);

/** Returns a compressed public key in lower-case hex; undefined for any other text. */
export function nodeIdOf(text: string): string | undefined {
  const key = bytesOfHex(text);
  return key !== undefined && isPublicKey(key) ? key.toString('hex') : undefined;
}

/** Accepts a compressed public key, in lower-case hex. */
function publicKeyParser(complaint: string): Parser<string> {
  return (token, name) => {
    const key = nodeIdOf(token.text);
    if (key === undefined) throw invalidToken(name, complaint, token);
    return key;
  };
}

/**
 * The id of a node: a point of secp256k1, in lower-case hex.
 *
 * @example
 * ```ts
 * import { parseToken } from '@clnrest/json/tokens';
 * import { nodeId, nodeIdOf, publicKey } from '@clnrest/lightningd/parameters';
 * const key = '0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798';
 * nodeId(parseToken(`"${key.toUpperCase()}"`), 'id') === key // => true
 * publicKey(parseToken(`"${key}"`), 'key') === key // => true
 * nodeIdOf(`02${'11'.repeat(32)}`) // => undefined
 * ```
 */
export const nodeId: Parser<string> = publicKeyParser('should be a node id');

/** A public key that need not be a node's. */
export const publicKey: Parser<string> = publicKeyParser('should be a compressed pubkey');
