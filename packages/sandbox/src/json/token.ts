/**
 * A JSON value with its source text.
 *
 * lightningd does not decode a request: it passes slices of the text around, returns them verbatim in
 * errors, and stores labels with their escapes. The sandbox does the same, so a number of any size
 * keeps its digits.
 */
export type JsonToken = ObjectToken | ArrayToken | StringToken | PrimitiveToken;

interface SourceText {
  /** The complete text of the value, including the quotes of a string. */
  readonly raw: string;
  /** Like `raw`, but without the quotes of a string: the token of lightningd. */
  readonly text: string;
}

export interface ObjectToken extends SourceText {
  readonly type: 'object';
  /** The members in order, including duplicates. The names keep their escapes. */
  readonly members: readonly (readonly [name: string, value: JsonToken])[];
}

export interface ArrayToken extends SourceText {
  readonly type: 'array';
  readonly items: readonly JsonToken[];
}

interface StringToken extends SourceText {
  readonly type: 'string';
}

/** A number, true, false or null. lightningd checks only the first character. */
interface PrimitiveToken extends SourceText {
  readonly type: 'primitive';
}

/** The first member with that name; undefined if the token is not an object. */
export function member(token: JsonToken, name: string): JsonToken | undefined {
  return token.type === 'object' ? token.members.find(([key]) => key === name)?.[1] : undefined;
}

/** True for a primitive that starts with `n`, the check of lightningd. */
export function isNull(token: JsonToken): boolean {
  return token.type === 'primitive' && token.raw.startsWith('n');
}

/** True for a string with that text, including its escapes. */
export function isString(token: JsonToken, text: string): boolean {
  return token.type === 'string' && token.text === text;
}
