import { SaxesParser, type SaxesTagPlain, type XMLDecl } from 'saxes';
import { Refusal } from '../errors.ts';
import { isJsonNumber } from '../formats/json-number.ts';
import { keyOfXmlName } from '../formats/xml-name.ts';
import { trimXml, XML_TYPES, type XmlType, xmlTypeOf } from '../formats/xml-type.ts';
import { canonicalParameters } from './canonical-json.ts';
import { quoteString } from './json-string.ts';
import { MAX_DEPTH, MAX_VALUES } from './limits.ts';

/**
 * Rewrites XML into the canonical JSON text of parameters. The root is named after the method, the
 * elements in it are the parameters: `<invoice><label>a</label></invoice>` becomes `{"label":"a"}`, and
 * `<e>1</e><e>2</e>` an array. It reads what XmlWriter writes, attributes included.
 *
 * Text that looks like a number, `true` or `false` is one, as to the built-in plugin, but digit for digit.
 * Refused are document types (and with them entities of one's own), namespaces, attributes that we do
 * not know, and text beside elements.
 *
 * Throws a {@link Refusal} (`bad_xml`, and those of {@link canonicalParameters}).
 */
export function xmlToParameters(text: string, method: string): string {
  return canonicalParameters(new Reader(method).read(text));
}

function badXml(detail: string): Refusal {
  return Refusal.of('bad_xml', { detail });
}

/** An element that is being read. */
interface Open {
  readonly type: XmlType | undefined;
  readonly escaped: boolean;
  readonly key: string;
  text: string;
  /** What is in it as JSON, under its key. */
  readonly values: Map<string, string[]>;
  /** The same in the order in which it came. */
  readonly items: string[];
}

class Reader {
  readonly #method: string;
  readonly #parser = new SaxesParser();
  readonly #open: Open[] = [];
  #values = 0;
  #json = '';

  constructor(method: string) {
    this.#method = method;
    this.#parser.on('error', () => {
      throw badXml(`it can't be read in line ${this.#parser.line}`);
    });
    this.#parser.on('xmldecl', checkDeclaration);
    this.#parser.on('doctype', () => {
      throw badXml('document types are not read');
    });
    this.#parser.on('opentag', (tag) => this.#begin(tag));
    this.#parser.on('text', (text) => this.#text(text));
    this.#parser.on('cdata', (text) => this.#text(text));
    this.#parser.on('closetag', () => this.#end());
  }

  read(text: string): string {
    this.#parser.write(text).close();
    return this.#json;
  }

  #begin({ name, attributes }: SaxesTagPlain): void {
    if (++this.#values > MAX_VALUES || this.#open.length >= MAX_DEPTH) {
      throw Refusal.of('too_complex');
    }
    if (name.includes(':')) throw badXml('namespaces are not read');
    const key = keyOfXmlName(name);
    if (/\p{Surrogate}/u.test(key)) throw badXml('half of a surrogate pair in a name');
    if (this.#open.length === 0 && key !== this.#method) {
      throw badXml(`Use rpc method name as root element: \`${this.#method}\``);
    }
    const { type, escaped, ...others } = attributes;
    if (Object.keys(others).length > 0)
      throw badXml('of attributes only type and escaped are read');
    this.#open.push({
      type: readType(type),
      escaped: readEscaped(escaped),
      key,
      text: '',
      values: new Map(),
      items: [],
    });
  }

  #text(text: string): void {
    const open = this.#open.at(-1);
    // Outside the root there is nothing but white space.
    if (open !== undefined) open.text += text;
  }

  #end(): void {
    const ended = this.#open.pop();
    if (ended === undefined) return;
    const parent = this.#open.at(-1);
    const json = jsonOf(ended, parent === undefined);
    if (parent === undefined) {
      this.#json = json;
      return;
    }
    parent.items.push(json);
    const others = parent.values.get(ended.key);
    if (others === undefined) parent.values.set(ended.key, [json]);
    else others.push(json);
  }
}

/** What saxes reads is text by now: only what it was before can have been something else. */
function checkDeclaration({ version, encoding }: XMLDecl): void {
  if (version !== undefined && version !== '1.0') throw badXml('it must be XML 1.0');
  if (encoding !== undefined && !/^utf-?8$/i.test(encoding)) throw badXml('it must be in UTF-8');
}

function readType(type: string | undefined): XmlType | undefined {
  const known = XML_TYPES.find((each) => each === type);
  if (known !== type) throw badXml(`a type is one of ${XML_TYPES.join(', ')}`);
  return known;
}

function readEscaped(escaped: string | undefined): boolean {
  if (escaped !== undefined && escaped !== 'true' && escaped !== 'false') {
    throw badXml('escaped is true or false');
  }
  return escaped === 'true';
}

/** The value of an element as JSON. */
function jsonOf(element: Open, isRoot: boolean): string {
  const { type, escaped, items } = element;
  const isBlank = trimXml(element.text) === '';
  if (items.length > 0 || type === 'array' || type === 'object') {
    if (!isBlank) throw badXml('there is text beside elements');
    if (escaped || (type !== undefined && type !== 'array' && type !== 'object')) {
      throw badXml('there are elements in what is said to be a single value');
    }
    return type === 'array' ? `[${items.join(',')}]` : objectOf(element);
  }
  // Of a root there is nothing to say without parameters.
  if (isRoot && isBlank && type === undefined && !escaped) return '{}';
  return scalarOf(element);
}

function objectOf({ values }: Open): string {
  const members = [...values].map(([key, [first = '', ...others]]) => {
    const value = others.length === 0 ? first : `[${[first, ...others].join(',')}]`;
    return `${quoteString(key)}:${value}`;
  });
  return `{${members.join(',')}}`;
}

function scalarOf({ type, escaped, text }: Open): string {
  if (escaped) {
    if (type !== undefined && type !== 'string') throw badXml('only strings can be escaped');
    return quoteString(unescaped(text));
  }
  const bare = trimXml(text);
  switch (type ?? xmlTypeOf(text)) {
    case 'null':
      if (bare !== '') throw badXml('there is text in what is said to be null');
      return 'null';
    case 'number':
      if (!isJsonNumber(bare)) throw badXml('write numbers as JSON does');
      return bare;
    case 'boolean':
      if (bare !== 'true' && bare !== 'false') throw badXml('a boolean is true or false');
      return bare;
    default:
      return quoteString(text);
  }
}

/** A text with JSON's escapes resolved. Quotes need none here. */
function unescaped(text: string): string {
  try {
    const json = text.replaceAll(/\\.|["\n\r\t]/gs, (found) => QUOTED[found] ?? found);
    const value: unknown = JSON.parse(`"${json}"`);
    if (typeof value === 'string' && !/\p{Surrogate}/u.test(value)) return value;
  } catch {
    // Told below.
  }
  throw badXml('an escape in a string is not one of JSON');
}

/** What may stand in XML, and not between the quotes of JSON. */
const QUOTED: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};
