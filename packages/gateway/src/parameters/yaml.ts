import {
  EVENT_ID,
  type DocumentEvent,
  type Event,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  YAMLException,
} from 'js-yaml';
import { Refusal } from '../refusals.ts';
import { isJsonNumber } from '../formats/json-number.ts';
import { canonicalParameters } from './canonical-json.ts';
import { quoteString } from '@clnrest/json';
import { MAX_DEPTH } from './limits.ts';

/**
 * Rewrites YAML into the canonical JSON text of parameters: `label: a` becomes `{"label":"a"}`.
 *
 * Uses the core schema of YAML 1.2, as the built-in plugin does, and refuses ambiguous or expandable input,
 * because the rune is checked against the result: several documents, tags, aliases, merge keys, directives,
 * keys that are not scalars, and some numbers (see {@link plainScalar}).
 *
 * Throws a {@link Refusal} (`bad_yaml`, and those of {@link canonicalParameters}).
 */
export function yamlToParameters(text: string): string {
  const json = new Rewriter(text, read(text)).rewrite();
  return json === '' ? '{}' : canonicalParameters(json);
}

function read(text: string): readonly Event[] {
  try {
    // One more level than allowed: `canonicalParameters` refuses that level.
    return parseEvents(text, { maxDepth: MAX_DEPTH + 1 });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    if (error.reason.startsWith('nesting exceeded')) throw Refusal.of('too_complex');
    const line = error.mark === undefined ? '' : ` in line ${error.mark.line + 1}`;
    throw malformed(`syntax error${line}`);
  }
}

function malformed(detail: string): Refusal {
  return Refusal.of('bad_yaml', { detail });
}

/** A sequence or mapping that has not ended; in a mapping every other value is a key. */
interface Open {
  readonly isMapping: boolean;
  count: number;
}

class Rewriter {
  readonly #text: string;
  readonly #events: readonly Event[];
  readonly #open: Open[] = [];
  #documents = 0;
  #json = '';

  constructor(text: string, events: readonly Event[]) {
    this.#text = text;
    this.#events = events;
  }

  rewrite(): string {
    for (const event of this.#events) this.#onEvent(event);
    return this.#json;
  }

  #onEvent(event: Event): void {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        this.#documents++;
        checkDocument(event, this.#documents);
        break;
      case EVENT_ID.ALIAS:
        throw malformed('aliases are not supported; repeat the value');
      case EVENT_ID.MAPPING:
      case EVENT_ID.SEQUENCE: {
        if (this.#next()) throw malformed('a key must be text');
        if (event.tagStart !== -1) throw tagged();
        const isMapping = event.type === EVENT_ID.MAPPING;
        this.#open.push({ isMapping, count: 0 });
        this.#json += isMapping ? '{' : '[';
        break;
      }
      case EVENT_ID.POP: {
        // The last POP ends the document, for which `#open` is empty.
        const ended = this.#open.pop();
        if (ended !== undefined) this.#json += ended.isMapping ? '}' : ']';
        break;
      }
      case EVENT_ID.SCALAR:
        this.#scalar(event);
        break;
    }
  }

  #scalar(event: ScalarEvent): void {
    if (event.tagStart !== -1) throw tagged();
    const isPlain = event.style === SCALAR_STYLE.PLAIN;
    const value = getScalarValue(this.#text, event);
    if (/\p{Surrogate}/u.test(value)) throw malformed('lone surrogate in a string');
    // An empty document has no parameters.
    if (this.#open.length === 0 && isPlain && value === '') return;
    if (this.#next()) this.#json += isPlain ? plainKey(value) : quoteString(value);
    else this.#json += isPlain ? plainScalar(value) : quoteString(value);
  }

  /** Writes the separator before the next value. Returns whether that value is a key. */
  #next(): boolean {
    const open = this.#open.at(-1);
    if (open === undefined) return false;
    const isKey = open.isMapping && open.count % 2 === 0;
    if (open.isMapping && !isKey) this.#json += ':';
    else if (open.count > 0) this.#json += ',';
    open.count++;
    return isKey;
  }
}

function checkDocument({ directives }: DocumentEvent, count: number): void {
  if (count > 1) throw malformed('only one document is supported');
  for (const directive of directives) {
    const isHarmless = directive.kind === 'yaml' && directive.version === '1.2';
    if (!isHarmless) throw malformed('the only supported directive is %YAML 1.2');
  }
}

function tagged(): Refusal {
  return malformed('tags are not supported; quote strings');
}

const NULLS = new Set(['', '~', 'null', 'Null', 'NULL']);
const BOOLEANS = /^(?:true|True|TRUE|false|False|FALSE)$/;
/** A number in YAML's core schema (YAML 1.2.2, section 10.3.2). */
const CORE_NUMBER =
  /^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
/** Digits with a leading zero: octal in YAML 1.1, decimal in 1.2, and usually meant as text, such as hex. */
const ZEROS = /^0[0-9]+$/;

/**
 * Returns the JSON text of an unquoted scalar. Numbers in JSON's syntax keep all digits. Other YAML numbers
 * (`0x1F`, `+5`, `.5`, `.inf`) are refused. Digits with a leading zero are text, as in the built-in plugin.
 * `yes`, `no` and dates are text too: only YAML 1.1 reads them as booleans and times.
 */
function plainScalar(text: string): string {
  if (NULLS.has(text)) return 'null';
  if (BOOLEANS.test(text)) return text.toLowerCase();
  if (isJsonNumber(text)) return text;
  if (CORE_NUMBER.test(text) && !ZEROS.test(text)) {
    throw malformed('numbers must have the syntax of JSON; quote strings');
  }
  return quoteString(text);
}

/** Returns the JSON text of an unquoted key. Keys are always text, also `1` and `true`. */
function plainKey(text: string): string {
  if (text === '') throw malformed('a key is missing');
  if (text === '<<') throw malformed('merge keys are not supported; repeat the values');
  return quoteString(text);
}
