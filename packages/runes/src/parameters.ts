import { RuneSyntaxError } from './errors.ts';
import { JsonCursor } from './json-cursor.ts';

/**
 * A command's parameters as lightningd's judge sees them: names and values are the raw texts that
 * stand in the JSON, strings without their quotes and not unescaped.
 */
export interface Parameters {
  readonly kind: 'object' | 'array';
  readonly entries: readonly Parameter[];
}

/** One parameter, top level only. */
export interface Parameter {
  /** The raw text of its name; its position in an array. */
  readonly name: string;
  /** The raw text of its value, quotes included. */
  readonly raw: string;
}

/** How deep parameters may nest; lightningd's own parser gives up near there too. */
const DEEPEST = 500;

/**
 * Splits a JSON object or array into its top-level members without touching their texts.
 *
 * @throws {RuneSyntaxError} `bad_parameters` for anything but one JSON object or array
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
  // Of a JavaScript array of characters, the cursor would read the characters.
  if (typeof text !== 'string') {
    throw new RuneSyntaxError('bad_parameters', 'parameters are a JSON text');
  }
  const cursor = new JsonCursor(text, DEEPEST);
  cursor.skipSpace();
  const opening = cursor.peek();
  if (opening !== '{' && opening !== '[') {
    throw new RuneSyntaxError('bad_parameters', 'parameters are a JSON object or array', cursor.at);
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
