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
import { Refusal } from '../errors.ts';
import { isJsonNumber } from '../formats/json-number.ts';
import { canonicalParameters } from './canonical-json.ts';
import { quoteString } from './json-string.ts';
import { MAX_DEPTH } from './limits.ts';

/**
 * Rewrites YAML into the canonical JSON text of parameters: `label: a` becomes `{"label":"a"}`.
 *
 * It is read as YAML 1.2 by its core schema, as the built-in plugin does, but for what would bend a
 * number, what people and programs read differently, and what makes much of little. That is refused
 * rather than guessed at, because a rune is judged on the outcome: see {@link plainScalar}, and several
 * documents, tags, aliases, merge keys, directives, and keys that are no text.
 *
 * Throws a {@link Refusal} (`bad_yaml`, and those of {@link canonicalParameters}).
 */
export function yamlToParameters(text: string): string {
  const json = new Rewriter(text, read(text)).rewrite();
  return json === '' ? '{}' : canonicalParameters(json);
}

function read(text: string): readonly Event[] {
  try {
    // What is just too deep is told below.
    return parseEvents(text, { maxDepth: MAX_DEPTH + 1 });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    if (error.reason.startsWith('nesting exceeded')) throw Refusal.of('too_complex');
    const line = error.mark === undefined ? '' : ` in line ${error.mark.line + 1}`;
    throw badYaml(`it can't be read${line}`);
  }
}

function badYaml(detail: string): Refusal {
  return Refusal.of('bad_yaml', { detail });
}

/** A sequence or a mapping that is being rewritten; in a mapping every other value is a key. */
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
    for (const event of this.#events) this.#take(event);
    return this.#json;
  }

  #take(event: Event): void {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        this.#documents++;
        checkDocument(event, this.#documents);
        break;
      case EVENT_ID.ALIAS:
        throw badYaml('aliases are not read: write out what is meant');
      case EVENT_ID.MAPPING:
      case EVENT_ID.SEQUENCE: {
        if (this.#next()) throw badYaml('a key must be text');
        if (event.tagStart !== -1) throw tagged();
        const isMapping = event.type === EVENT_ID.MAPPING;
        this.#open.push({ isMapping, count: 0 });
        this.#json += isMapping ? '{' : '[';
        break;
      }
      case EVENT_ID.POP: {
        // The last is the document's own.
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
    if (/\p{Surrogate}/u.test(value)) throw badYaml('half of a surrogate pair in a string');
    // A document of nothing is no parameters.
    if (this.#open.length === 0 && isPlain && value === '') return;
    if (this.#next()) this.#json += isPlain ? plainKey(value) : quoteString(value);
    else this.#json += isPlain ? plainScalar(value) : quoteString(value);
  }

  /** Goes on to the next value, and tells whether it is a key. */
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
  if (count > 1) throw badYaml('there is more than one document');
  for (const directive of directives) {
    const isHarmless = directive.kind === 'yaml' && directive.version === '1.2';
    if (!isHarmless) throw badYaml('it is read as YAML 1.2, without other directives');
  }
}

function tagged(): Refusal {
  return badYaml('tags are not read: quote what is text');
}

const NULLS = new Set(['', '~', 'null', 'Null', 'NULL']);
const BOOLEANS = /^(?:true|True|TRUE|false|False|FALSE)$/;
/** A number to YAML's core schema (YAML 1.2.2, section 10.3.2). */
const CORE_NUMBER =
  /^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
/** Digits that begin with a zero: octal to YAML 1.1, decimal to 1.2, and mostly meant as text, e.g. hex. */
const ZEROS = /^0[0-9]+$/;

/**
 * The JSON text of a scalar without quotes. Numbers are those of JSON, digit for digit. Other numbers of
 * YAML (`0x1F`, `+5`, `.5`, `.inf`) are refused, but for digits that begin with a zero, which are text, as
 * to the built-in plugin. So are `yes`, `no` and dates: truth values and times to YAML 1.1 only.
 */
function plainScalar(text: string): string {
  if (NULLS.has(text)) return 'null';
  if (BOOLEANS.test(text)) return text.toLowerCase();
  if (isJsonNumber(text)) return text;
  if (CORE_NUMBER.test(text) && !ZEROS.test(text)) {
    throw badYaml('write numbers as JSON does, and quote what is text');
  }
  return quoteString(text);
}

/** A key without quotes is the text that it is written as. */
function plainKey(text: string): string {
  if (text === '') throw badYaml('a key is missing');
  if (text === '<<') throw badYaml('merge keys are not read: write out what is meant');
  return quoteString(text);
}
