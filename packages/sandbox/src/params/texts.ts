import { secp256k1 } from '@noble/curves/secp256k1.js';
import { unescapeText } from '../json/strings.ts';
import type { ArrayToken, JsonToken } from '../json/token.ts';
import type { Parser } from './declaration.ts';
import { invalidToken } from './invalid-token.ts';

/** Whatever was given, as it was written: lightningd's plain string resolves no escapes. */
export const string: Parser<string> = (token) => token.text;

/** Text for people, with its escapes resolved. */
export const escapedString: Parser<string> = (token, name) => {
  const text = token.type === 'string' ? unescapeText(token.text) : undefined;
  if (text === undefined) throw invalidToken(name, 'should be a string (without \\u)', token);
  return text;
};

/** A label as it was escaped: lightningd stores, compares and repeats it so. */
export const label: Parser<string> = (token, name) => {
  const isNumber = token.type === 'primitive' && /^[0-9]+$/.test(token.raw);
  if (token.type !== 'string' && !isNumber) {
    throw invalidToken(name, 'should be a string or number', token);
  }
  return token.text;
};

/** The token itself, for a command that reads it on its own. */
export const anything: Parser<JsonToken> = (token) => token;

export const array: Parser<ArrayToken> = (token, name) => {
  if (token.type !== 'array') throw invalidToken(name, 'should be an array', token);
  return token;
};

/** One of these words. */
export const oneOf =
  <W extends string>(words: readonly W[], complaint: string): Parser<W> =>
  (token, name) => {
    const word = token.type === 'string' ? words.find((each) => each === token.text) : undefined;
    if (word === undefined) throw invalidToken(name, complaint, token);
    return word;
  };

const HEX = /^(?:[0-9a-fA-F]{2})*$/;

/** Bytes from hex digits; undefined for anything else. */
export const bytesOfHex = (text: string): Buffer | undefined =>
  HEX.test(text) ? Buffer.from(text, 'hex') : undefined;

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

export const preimage: Parser<Buffer> = (token, name) => {
  const bytes = bytesOfHex(token.text);
  if (bytes?.length !== 32) throw invalidToken(name, 'should be 64 hex digits', token);
  return bytes;
};

/** A compressed public key, in lower-case hex; undefined for any other text. */
export const nodeIdOf = (text: string): string | undefined => {
  const bytes = bytesOfHex(text);
  if (bytes?.length !== 33 || !secp256k1.utils.isValidPublicKey(bytes, true)) return undefined;
  return bytes.toString('hex');
};

export const nodeId: Parser<string> = (token, name) => {
  const id = nodeIdOf(token.text);
  if (id === undefined) throw invalidToken(name, 'should be a node id', token);
  return id;
};
