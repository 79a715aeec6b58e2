import { JsonCursor } from '@clnrest/json';
import { malformedParameters, RuneSyntaxError } from './errors.ts';

/**
 * A command's parameters as lightningd's rune check sees them: names and values are the raw JSON texts, without
 * unescaping.
 */
export interface Parameters {
  readonly kind: 'object' | 'array';
  readonly entries: readonly Parameter[];
}

/** One parameter, top level only. */
export interface Parameter {
  /** The raw text of the name, or the position in an array. */
  readonly name: string;
  /** The raw text of the value, including quotes. */
  readonly raw: string;
}

/** Maximum nesting, close to the limit of lightningd's parser. */
const MAX_DEPTH = 500;

/**
 * Splits a JSON object or array into its top-level members and returns their raw texts.
 *
 * @throws {RuneSyntaxError} `bad_parameters` if the text is not a JSON object or array
 *
 * @example
 * ```ts
 * import { readParameters } from '@clnrest/runes';
 *
 * readParameters('{"amount_msat": 18446744073709551615, "label": "a\\u0062"}');
 * // => { kind: 'object', entries: [{ name: 'amount_msat', raw: '18446744073709551615' }, { name: 'label', raw: '"a\\u0062"' }] }
 * ```
 */
export function readParameters(text: string): Parameters {
  // A JavaScript caller could pass an array of characters, which the cursor would read.
  if (typeof text !== 'string') {
    throw new RuneSyntaxError('bad_parameters', 'parameters must be JSON text');
  }
  const cursor = new JsonCursor(text, MAX_DEPTH, malformedParameters);
  cursor.skipSpace();
  const opening = cursor.peek();
  if (opening !== '{' && opening !== '[') {
    throw new RuneSyntaxError(
      'bad_parameters',
      'parameters must be a JSON object or array',
      cursor.at,
    );
  }
  const kind = opening === '{' ? 'object' : 'array';
  const entries: Parameter[] = [];
  cursor.members((name, start, end) => {
    entries.push({ name: name ?? String(entries.length), raw: text.slice(start, end) });
  });
  cursor.skipSpace();
  if (cursor.peek() !== undefined) {
    throw new RuneSyntaxError('bad_parameters', 'text after the parameters', cursor.at);
  }
  return { kind, entries };
}
