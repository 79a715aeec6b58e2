import { secp256k1 } from '@noble/curves/secp256k1.js';
import { unescapeText } from '../json/strings.ts';
import type { ArrayToken, JsonToken } from '../json/token.ts';
import type { Parser } from './declaration.ts';
import { invalidToken } from './invalid-token.ts';

/** Any value, as written: lightningd's plain string does not resolve escapes. */
export const string: Parser<string> = (token) => token.text;

/** A string with its escapes resolved. */
export const escapedString: Parser<string> = (token, name) => {
  const text = token.type === 'string' ? unescapeText(token.text) : undefined;
  if (text === undefined) throw invalidToken(name, 'should be a string (without \\u)', token);
  return text;
};

/** A label with its escapes: lightningd stores, compares and returns labels without resolving them. */
export const label: Parser<string> = (token, name) => {
  const isNumber = token.type === 'primitive' && /^[0-9]+$/.test(token.raw);
  if (token.type !== 'string' && !isNumber) {
    throw invalidToken(name, 'should be a string or number', token);
  }
  return token.text;
};

/** The token itself, for a command that parses it. */
export const anything: Parser<JsonToken> = (token) => token;

export const array: Parser<ArrayToken> = (token, name) => {
  if (token.type !== 'array') throw invalidToken(name, 'should be an array', token);
  return token;
};

/** One of these words. */
export function oneOf<W extends string>(words: readonly W[], problem: string): Parser<W> {
  return (token, name) => {
    const word = token.type === 'string' ? words.find((each) => each === token.text) : undefined;
    if (word === undefined) throw invalidToken(name, problem, token);
    return word;
  };
}

const HEX = /^(?:[0-9a-fA-F]{2})*$/;

/** Decodes hex digits; undefined for any other text. */
export function bytesOfHex(text: string): Buffer | undefined {
  return HEX.test(text) ? Buffer.from(text, 'hex') : undefined;
}

export const hex: Parser<Buffer> = (token, name) => {
  const bytes = bytesOfHex(token.text);
  if (bytes === undefined) throw invalidToken(name, 'should be a hex value', token);
  return bytes;
};

/** 32 bytes in hex. */
export const hash: Parser<Buffer> = (token, name) => {
  const bytes = bytesOfHex(token.text);
  if (bytes?.length !== 32) throw invalidToken(name, 'should be a 32 byte hex value', token);
  return bytes;
};

export const channelIdBytes: Parser<Buffer> = (token, name) => {
  const bytes = bytesOfHex(token.text);
  if (bytes?.length !== 32) throw invalidToken(name, 'should be a channel id', token);
  return bytes;
};

export const preimage: Parser<Buffer> = (token, name) => {
  const bytes = bytesOfHex(token.text);
  if (bytes?.length !== 32) throw invalidToken(name, 'should be 64 hex digits', token);
  return bytes;
};

/** A compressed public key, in lower-case hex; undefined for any other text. */
export function nodeIdOf(text: string): string | undefined {
  const bytes = bytesOfHex(text);
  if (bytes?.length !== 33 || !secp256k1.utils.isValidPublicKey(bytes, true)) return undefined;
  return bytes.toString('hex');
}

/** The id of a peer, with the error of `disconnect`. */
export const peerId: Parser<string> = (token, name) => {
  const id = nodeIdOf(token.text);
  if (id === undefined) throw invalidToken(name, 'invalid peer id', token);
  return id;
};

/** A public key that need not be a node's. */
export const publicKey: Parser<string> = (token, name) => {
  const key = nodeIdOf(token.text);
  if (key === undefined) throw invalidToken(name, 'should be a compressed pubkey', token);
  return key;
};

export const nodeId: Parser<string> = (token, name) => {
  const id = nodeIdOf(token.text);
  if (id === undefined) throw invalidToken(name, 'should be a node id', token);
  return id;
};
