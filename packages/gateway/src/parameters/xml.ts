import { SaxesParser, type SaxesTagPlain, type XMLDecl } from 'saxes';
import { Refusal } from '../refusals.ts';
import { isJsonNumber } from '../formats/json-number.ts';
import { keyOfXmlName } from '../formats/xml-name.ts';
import { trimXml, XML_TYPES, type XmlType, xmlTypeOf } from '../formats/xml-type.ts';
import { canonicalParameters } from './canonical-json.ts';
import { quoteString } from '@clnrest/json';
import { MAX_DEPTH, MAX_VALUES } from './limits.ts';

/**
 * Rewrites XML into the canonical JSON text of parameters. The root element is named after the method, and
 * its child elements are the parameters: `<invoice><label>a</label></invoice>` becomes `{"label":"a"}`.
 * Repeated elements such as `<e>1</e><e>2</e>` become an array. Reads everything that XmlWriter writes,
 * attributes included.
 *
 * Text that looks like a number, `true` or `false` is converted, as by the built-in plugin; numbers keep all
 * digits. Refuses document types (and so custom entities), namespaces, unknown attributes, and text next to
 * elements.
 *
 * Throws a {@link Refusal} (`bad_xml`, and those of {@link canonicalParameters}).
 */
export function xmlToParameters(text: string, method: string): string {
  return canonicalParameters(new Reader(method).read(text));
}

function malformed(detail: string): Refusal {
  return Refusal.of('bad_xml', { detail });
}

/** An element whose end tag has not been read. */
interface Open {
  readonly type: XmlType | undefined;
  readonly escaped: boolean;
  readonly key: string;
  text: string;
  /** The child elements as JSON, by key. */
  readonly values: Map<string, string[]>;
  /** The child elements as JSON, in document order. */
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
      throw malformed(`syntax error in line ${this.#parser.line}`);
    });
    this.#parser.on('xmldecl', checkDeclaration);
    this.#parser.on('doctype', () => {
      throw malformed('document types are not supported');
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
    if (name.includes(':')) throw malformed('namespaces are not supported');
    const key = keyOfXmlName(name);
    if (/\p{Surrogate}/u.test(key)) throw malformed('lone surrogate in a name');
    if (this.#open.length === 0 && key !== this.#method) {
      throw malformed(`Use rpc method name as root element: \`${this.#method}\``);
    }
    const { type, escaped, ...others } = attributes;
    if (Object.keys(others).length > 0)
      throw malformed('only the attributes type and escaped are supported');
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
    // Text outside the root is white space: the parser rejects anything else.
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

/** Rejects other versions and encodings: the bytes are already decoded as UTF-8. */
function checkDeclaration({ version, encoding }: XMLDecl): void {
  if (version !== undefined && version !== '1.0') throw malformed('the version must be 1.0');
  if (encoding !== undefined && !/^utf-?8$/i.test(encoding))
    throw malformed('the encoding must be UTF-8');
}

function readType(type: string | undefined): XmlType | undefined {
  const known = XML_TYPES.find((each) => each === type);
  if (known !== type) throw malformed(`type must be one of ${XML_TYPES.join(', ')}`);
  return known;
}

function readEscaped(escaped: string | undefined): boolean {
  if (escaped !== undefined && escaped !== 'true' && escaped !== 'false') {
    throw malformed('escaped must be true or false');
  }
  return escaped === 'true';
}

/** Returns the value of an element as JSON. */
function jsonOf(element: Open, isRoot: boolean): string {
  const { type, escaped, items } = element;
  const isBlank = trimXml(element.text) === '';
  if (items.length > 0 || type === 'array' || type === 'object') {
    if (!isBlank) throw malformed('an element has both text and elements');
    if (escaped || (type !== undefined && type !== 'array' && type !== 'object')) {
      throw malformed('a string, number, boolean or null has elements');
    }
    return type === 'array' ? `[${items.join(',')}]` : objectOf(element);
  }
  // An empty root has no parameters; other empty elements are empty strings.
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
    if (type !== undefined && type !== 'string') throw malformed('escaped is only for strings');
    return quoteString(unescaped(text));
  }
  const bare = trimXml(text);
  switch (type ?? xmlTypeOf(text)) {
    case 'null':
      if (bare !== '') throw malformed('an element of type null has text');
      return 'null';
    case 'number':
      if (!isJsonNumber(bare)) throw malformed('numbers must have the syntax of JSON');
      return bare;
    case 'boolean':
      if (bare !== 'true' && bare !== 'false') throw malformed('a boolean must be true or false');
      return bare;
    default:
      return quoteString(text);
  }
}

/** Decodes the JSON escapes of a text. Quotes need no escape in XML. */
function unescaped(text: string): string {
  try {
    const json = text.replaceAll(/\\.|["\n\r\t]/gs, (found) => QUOTED[found] ?? found);
    const value: unknown = JSON.parse(`"${json}"`);
    if (typeof value === 'string' && !/\p{Surrogate}/u.test(value)) return value;
  } catch {
    // Invalid escapes and lone surrogates share the error below.
  }
  throw malformed('invalid JSON escape in a string');
}

/** Escapes of characters that XML allows raw and JSON strings do not. */
const QUOTED: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};
