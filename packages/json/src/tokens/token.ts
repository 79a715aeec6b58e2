/**
 * A JSON value with its source text.
 *
 * lightningd does not decode a request: it passes slices of the text around, returns them verbatim in
 * errors, and stores labels with their escapes. Code that must agree with lightningd does the same.
 */
export type JsonToken = ObjectToken | ArrayToken | StringToken | PrimitiveToken;

interface SourceText {
  /** The complete text of the value, including the quotes of a string. */
  readonly raw: string;
  /** Like `raw`, but without the quotes of a string: the token of lightningd. */
  readonly text: string;
}

/** An object. */
export interface ObjectToken extends SourceText {
  readonly type: 'object';
  /** The members in order, including duplicates. The names keep their escapes. */
  readonly members: readonly (readonly [name: string, value: JsonToken])[];
}

/** An array. */
export interface ArrayToken extends SourceText {
  readonly type: 'array';
  readonly items: readonly JsonToken[];
}

/** A string. */
export interface StringToken extends SourceText {
  readonly type: 'string';
}

/** A number, true, false or null. lightningd checks only the first character. */
export interface PrimitiveToken extends SourceText {
  readonly type: 'primitive';
}

/**
 * Returns the first member with that name; undefined if the token is not an object.
 *
 * @example
 * ```ts
 * import { member, parseMessage } from '@clnrest/json/tokens';
 * member(parseMessage('{"msat": 1.0}'), 'msat')?.raw // => '1.0'
 * ```
 */
export function member(token: JsonToken, name: string): JsonToken | undefined {
  return token.type === 'object' ? token.members.find(([key]) => key === name)?.[1] : undefined;
}

/**
 * Returns whether a token is null: a primitive that starts with `n`, as lightningd checks it.
 *
 * @example
 * ```ts
 * import { isNull, parseToken } from '@clnrest/json/tokens';
 * isNull(parseToken('null')) // => true
 * ```
 */
export function isNull(token: JsonToken): boolean {
  return token.type === 'primitive' && token.raw.startsWith('n');
}

/**
 * Returns whether a token is a string with that text, including its escapes.
 *
 * @example
 * ```ts
 * import { isString, parseToken } from '@clnrest/json/tokens';
 * isString(parseToken('"any"'), 'any') // => true
 * ```
 */
export function isString(token: JsonToken, text: string): boolean {
  return token.type === 'string' && token.text === text;
}
