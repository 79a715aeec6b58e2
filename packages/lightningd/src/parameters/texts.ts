import { parseJson } from '@clnrest/json';
import { type ArrayToken, type JsonToken, unescapeText } from '@clnrest/json/tokens';
import type { Parser } from './declaration.ts';
import { invalidToken } from './invalid-token.ts';

/**
 * Any value, as written: lightningd's plain string does not resolve escapes.
 *
 * @example
 * ```ts
 * import { parseToken } from '@clnrest/json/tokens';
 * import { escapedString, string, text } from '@clnrest/lightningd/parameters';
 * const token = parseToken('"one\\ntwo"');
 * string(token, 'note') // => 'one\\ntwo'
 * escapedString(token, 'note') // => 'one\ntwo'
 * text(parseToken('"\\u00e9"'), 'note') // => 'é'
 * ```
 */
export const string: Parser<string> = (token) => token.text;

/** A string with its escapes resolved. Rejects `\uXXXX`, as lightningd does. */
export const escapedString: Parser<string> = (token, name) => {
  const resolved = token.type === 'string' ? unescapeText(token.text) : undefined;
  if (resolved === undefined) throw invalidToken(name, 'should be a string (without \\u)', token);
  return resolved;
};

/** A string with all escapes resolved. `lightning-cli` sends a word of digits as a number, so a number is its digits. */
export const text: Parser<string> = (token, name) => {
  if (token.type === 'string') return JSON.parse(token.raw) as string;
  if (token.type === 'primitive' && /^[-0-9]/.test(token.raw)) return token.raw;
  throw invalidToken(name, 'should be a string', token);
};

/** A label with its escapes: lightningd stores, compares and returns labels without resolving them. */
export const label: Parser<string> = (token, name) => {
  const isNumber = token.type === 'primitive' && /^[0-9]+$/.test(token.raw);
  if (token.type !== 'string' && !isNumber) {
    throw invalidToken(name, 'should be a string or number', token);
  }
  return token.text;
};

/**
 * The token itself, for a command that parses it.
 *
 * @example
 * ```ts
 * import { parseToken } from '@clnrest/json/tokens';
 * import { anything, array, json, label, oneOf } from '@clnrest/lightningd/parameters';
 * anything(parseToken('1.50'), 'value').raw // => '1.50'
 * array(parseToken('[1, "a"]'), 'values').items.length // => 2
 * json(parseToken('{"msat": 9007199254740993}'), 'value') // => { msat: 9007199254740993n }
 * label(parseToken('7'), 'label') // => '7'
 * const colour = oneOf(['red', 'green'], "should be 'red' or 'green'");
 * colour(parseToken('"green"'), 'colour') // => 'green'
 * ```
 */
export const anything: Parser<JsonToken> = (token) => token;

/** Any value, parsed: integers beyond ±(2^53 − 1) are bigints. */
export const json: Parser<unknown> = (token, name) => {
  try {
    return parseJson(token.raw);
  } catch {
    throw invalidToken(name, 'should be valid JSON', token);
  }
};

/** An array, as a token. */
export const array: Parser<ArrayToken> = (token, name) => {
  if (token.type !== 'array') throw invalidToken(name, 'should be an array', token);
  return token;
};

/** Accepts one of these words. `problem` is the error for others, such as `should be 'a' or 'b'`. */
export function oneOf<const W extends string>(words: readonly W[], problem: string): Parser<W> {
  return (token, name) => {
    const word = token.type === 'string' ? words.find((each) => each === token.text) : undefined;
    if (word === undefined) throw invalidToken(name, problem, token);
    return word;
  };
}
