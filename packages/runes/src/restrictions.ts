import { JsonCursor } from '@clnrest/json';
import { Alternative } from './alternative.ts';
import { malformedParameters, RuneSyntaxError } from './errors.ts';
import { EMPTY_RESTRICTION, Restriction } from './restriction.ts';

/**
 * The restrictions of `readonly`: most get and list commands and summary, but not listdatastore.
 *
 * @example
 * ```ts
 * import { READONLY } from '@clnrest/runes';
 *
 * READONLY.map((restriction) => restriction.encode());
 * // => ['method^list|method^get|method=summary', 'method/listdatastore']
 * ```
 */
export const READONLY: readonly Restriction[] = [
  Restriction.of('method^list', 'method^get', 'method=summary'),
  Restriction.of('method/listdatastore'),
];

/**
 * The accepted forms. `createrune`: `"readonly"`, or an array of arrays of unescaped strings. `commando`: also an array
 * of strings or one string, each an encoded restriction (`a|b`, with `\` before `\`, `|` and `&`).
 */
export type RestrictionsForm = 'createrune' | 'commando';

/** Maximum nesting. Valid restrictions have two levels. */
const MAX_DEPTH = 50;

/**
 * The error for malformed restrictions. `token` is the raw JSON text that lightningd would quote, or the whole text if it
 * is not valid JSON.
 *
 * @example
 * ```ts
 * import { parseRestrictions, RestrictionsError } from '@clnrest/runes';
 *
 * let token = '';
 * try {
 *   parseRestrictions('[["method=pay"],"rate=2"]', 'createrune');
 * } catch (error) {
 *   if (error instanceof RestrictionsError) token = error.token;
 * }
 * token; // => '"rate=2"'
 * ```
 */
export class RestrictionsError extends RuneSyntaxError {
  readonly token: string;

  constructor(token: string, why: string, offset: number) {
    super('bad_restrictions', why, offset);
    this.token = token;
  }
}

/**
 * Parses the *restrictions* of createrune or commando-rune from raw JSON text.
 *
 * Like lightningd, it accepts an empty inner array as the last one, although no node accepts the rune. It rejects an
 * empty array before another restriction, of which lightningd makes a rune that it cannot read. Like lightningd, it
 * rejects `\u` escapes: write the text as UTF-8.
 *
 * @throws {RestrictionsError} with the offset of the problem
 *
 * @example
 * ```ts
 * import { parseRestrictions } from '@clnrest/runes';
 *
 * const encoded = (json, form) => parseRestrictions(json, form).map((one) => one.encode());
 * encoded('"readonly"', 'createrune'); // => ['method^list|method^get|method=summary', 'method/listdatastore']
 * encoded('[["method=pay"],["time<1656920538","rate=2"]]', 'createrune'); // => ['method=pay', 'time<1656920538|rate=2']
 * encoded('["method=pay","time<1656920538|rate=2"]', 'commando'); // => ['method=pay', 'time<1656920538|rate=2']
 * ```
 */
export function parseRestrictions(json: string, form: RestrictionsForm): Restriction[] {
  try {
    const cursor = new JsonCursor(json, MAX_DEPTH, malformedParameters);
    cursor.skipSpace();
    const restrictions = readValue(json, cursor, form);
    cursor.skipSpace();
    if (cursor.peek() === undefined) return restrictions;
    throw new RestrictionsError(json, 'text after the restrictions', cursor.at);
  } catch (error) {
    if (!(error instanceof RuneSyntaxError) || error instanceof RestrictionsError) throw error;
    throw new RestrictionsError(json, error.message, error.offset ?? 0);
  }
}

/** Reads one JSON value: an array of restrictions, or a single restriction. */
function readValue(json: string, cursor: JsonCursor, form: RestrictionsForm): Restriction[] {
  const start = cursor.at;
  if (cursor.peek() === '[') {
    const restrictions: Restriction[] = [];
    cursor.members((_, from, to) => {
      const token = json.slice(from, to);
      if (restrictions.at(-1) === EMPTY_RESTRICTION) {
        throw new RestrictionsError(token, 'a restriction after an empty one', from);
      }
      restrictions.push(readRestriction(token, from, form));
    });
    return restrictions;
  }
  cursor.skipValue();
  const token = json.slice(start, cursor.at);
  if (token === '"readonly"') return [...READONLY];
  return [readRestriction(token, start, form)];
}

function readRestriction(token: string, offset: number, form: RestrictionsForm): Restriction {
  try {
    if (token.startsWith('[')) return readAlternatives(token);
    if (form === 'commando' && token.startsWith('"')) return readEncoded(token);
  } catch (error) {
    if (!(error instanceof RuneSyntaxError)) throw error;
    throw new RestrictionsError(token, error.message, offset + (error.offset ?? 0));
  }
  throw new RestrictionsError(token, 'not a valid restriction (should be array)', offset);
}

/** Reads an array of unescaped alternatives. */
function readAlternatives(token: string): Restriction {
  const alternatives: Alternative[] = [];
  new JsonCursor(token, MAX_DEPTH, malformedParameters).members((_, from, to) => {
    alternatives.push(inside(token.slice(from, to), from, (text) => Alternative.of(text)));
  });
  return alternatives.length === 0 ? EMPTY_RESTRICTION : new Restriction(alternatives);
}

/** Reads commando's string: one encoded restriction. */
function readEncoded(token: string): Restriction {
  return inside(token, 0, (text) => Restriction.parse(text));
}

/** Parses the text of a JSON string that starts at `start`, and converts error offsets to those of the JSON. */
function inside<T>(token: string, start: number, read: (text: string) => T): T {
  const text = unescape(token, start);
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof RuneSyntaxError)) throw error;
    const offset = start + offsetInJson(token, error.offset ?? 0);
    throw new RuneSyntaxError(error.code, error.message, offset);
  }
}

/** Returns a JSON string's value. Like lightningd, it rejects `\u`. */
function unescape(token: string, start: number): string {
  if (!token.startsWith('"')) throw new RuneSyntaxError('bad_restrictions', 'not a string', start);
  const escape = /(?<!\\)(?:\\\\)*\\u/.exec(token);
  if (escape !== null) {
    const why = 'write non-ASCII characters directly, without \\u';
    const offset = start + escape.index + escape[0].length - '\\u'.length;
    throw new RuneSyntaxError('bad_restrictions', why, offset);
  }
  return String(JSON.parse(token));
}

/** Converts an offset in a JSON string's value to one in the JSON, where an escape has two characters. */
function offsetInJson(token: string, offset: number): number {
  let at = '"'.length;
  for (let read = 0; read < offset; read++) at += token[at] === '\\' ? 2 : 1;
  return at;
}
