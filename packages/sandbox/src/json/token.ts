/**
 * A JSON value with the text it was written as.
 *
 * lightningd never turns a request into values: it hands the pieces of its text about, repeats
 * them verbatim in errors and stores labels as they were escaped. So does the sandbox, and a
 * number of any size stays the digits that it was.
 */
export type JsonToken = ObjectToken | ArrayToken | StringToken | PrimitiveToken;

interface Written {
  /** The whole text of the value, with a string's quotes. */
  readonly raw: string;
  /** As `raw`, but without a string's quotes: what lightningd calls the token. */
  readonly text: string;
}

export interface ObjectToken extends Written {
  readonly type: 'object';
  /** Names as written, escapes and all, in order, repeated ones included. */
  readonly members: readonly (readonly [name: string, value: JsonToken])[];
}

export interface ArrayToken extends Written {
  readonly type: 'array';
  readonly items: readonly JsonToken[];
}

interface StringToken extends Written {
  readonly type: 'string';
}

/** A number, true, false or null; lightningd looks no further than the first character. */
interface PrimitiveToken extends Written {
  readonly type: 'primitive';
}

/** The first member of that name, or undefined, also for what is no object. */
export const member = (token: JsonToken, name: string): JsonToken | undefined =>
  token.type === 'object' ? token.members.find(([key]) => key === name)?.[1] : undefined;

/** As lightningd asks it: a primitive that begins with an n. */
export const isNull = (token: JsonToken): boolean =>
  token.type === 'primitive' && token.raw.startsWith('n');

/** The token is a string and its text, escapes unresolved, is this. */
export const isString = (token: JsonToken, text: string): boolean =>
  token.type === 'string' && token.text === text;
