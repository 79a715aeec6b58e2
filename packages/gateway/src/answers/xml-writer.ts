import { xmlName } from '../formats/xml-name.ts';
import { trimXml, xmlTypeOf, type XmlType } from '../formats/xml-type.ts';
import type { AnswerWriter } from './answer-writer.ts';

/** The element name of values of an array without a key. */
const ITEM = 'item';

interface OpenObject {
  readonly kind: 'object';
  readonly element: string;
  /** Whether its start tag has not been written. */
  isEmpty: boolean;
}

interface OpenArray {
  readonly kind: 'array';
  /** The element of the array itself (`items`), or of each of its values (`repeated`). */
  readonly element: string;
  /** `repeated`: one element per value; `items`: one element with items. The first value decides. */
  form: 'undecided' | 'repeated' | 'items';
  /** Whether the form `repeated` is possible: only for the value of a key. */
  readonly canRepeat: boolean;
}

/**
 * Writes XML as the built-in plugin does: the root is named after the method, keys become elements, and an
 * array becomes a repeated element. Attributes add what this form would lose:
 *
 * - `type` gives the type of a value whose text looks like another type (`<label type="string">12</label>`),
 *   and of a value without text (`null`, an empty object);
 * - an array that starts with an array or has no key is an element with `type="array"` and items;
 * - `escaped="true"` marks strings with JSON escapes: long ones, and those with characters that XML cannot hold.
 *
 * An array of one value looks like the value alone, and an empty array is omitted: readers count the elements.
 */
export class XmlWriter implements AnswerWriter {
  readonly #root: string;
  readonly #open: (OpenObject | OpenArray)[] = [];
  #out = '';
  /** The element of an object's next value. */
  #element: string;
  #inString = false;

  constructor(method: string) {
    this.#root = xmlName(method);
    this.#element = this.#root;
  }

  beginObject(): void {
    const element = this.#next(false);
    this.#open.push({ kind: 'object', element, isEmpty: true });
  }

  endObject(): void {
    const ended = this.#open.pop();
    if (ended?.kind !== 'object') return;
    const isRoot = this.#open.length === 0;
    if (!ended.isEmpty) this.#out += `</${ended.element}>`;
    else this.#out += isRoot ? `<${ended.element}/>` : empty(ended.element, 'object');
  }

  beginArray(): void {
    const canRepeat = this.#open.at(-1)?.kind === 'object';
    // A repeated array has no element of its own, so its parent may stay empty.
    const element = canRepeat ? this.#element : this.#next(true);
    this.#open.push({ kind: 'array', element, form: 'undecided', canRepeat });
  }

  endArray(): void {
    const ended = this.#open.pop();
    if (ended?.kind !== 'array') return;
    if (ended.form === 'items') this.#out += `</${ended.element}>`;
    if (ended.form === 'undecided' && !ended.canRepeat) this.#out += empty(ended.element, 'array');
  }

  name(key: string): void {
    this.#element = xmlName(key);
  }

  literal(text: string): void {
    const element = this.#next(false);
    this.#out += text === 'null' ? empty(element, 'null') : `<${element}>${text}</${element}>`;
  }

  string(piece: string, isLast: boolean): void {
    if (this.#inString) {
      this.#out += escaped(piece);
    } else {
      const element = this.#next(false);
      this.#element = element;
      if (isLast && !INVALID.test(piece)) {
        const type = this.#typeOf(piece);
        this.#out += `<${element}${type}>${plain(piece)}`;
      } else {
        this.#out += `<${element} escaped="true">${escaped(piece)}`;
      }
    }
    if (isLast) this.#out += `</${this.#element}>`;
    this.#inString = !isLast;
  }

  end(): void {
    // endObject() and endArray() have written all end tags.
  }

  flush(): string {
    const out = this.#out;
    this.#out = '';
    return out;
  }

  /** Returns the element of the next value, and writes the start tags before it. */
  #next(isArray: boolean): string {
    const parent = this.#open.at(-1);
    if (parent === undefined) return this.#root;
    if (parent.kind === 'object') {
      this.#startObject(parent);
      return this.#element;
    }
    if (parent.form === 'undecided') this.#startArray(parent, isArray);
    return parent.form === 'repeated' ? parent.element : ITEM;
  }

  #startArray(array: OpenArray, startsWithArray: boolean): void {
    const parent = this.#open.at(-2);
    if (parent?.kind === 'object') this.#startObject(parent);
    array.form = array.canRepeat && !startsWithArray ? 'repeated' : 'items';
    if (array.form === 'items') this.#out += `<${array.element} type="array">`;
  }

  #startObject(object: OpenObject): void {
    if (object.isEmpty) this.#out += `<${object.element}>`;
    object.isEmpty = false;
  }

  /** Returns the attribute `type` of a string whose text looks like another type. */
  #typeOf(text: string): string {
    const isBlankRoot = this.#open.length === 0 && trimXml(text) === '';
    return isBlankRoot || xmlTypeOf(text) !== 'string' ? ' type="string"' : '';
  }
}

function empty(element: string, type: XmlType): string {
  return `<${element} type="${type}"/>`;
}

/** Characters that XML 1.0 does not allow (section 2.2), and lone surrogates. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const INVALID = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Surrogate}]/u;
// oxlint-disable-next-line no-control-regex -- as above
const ESCAPED = /[\\\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Surrogate}]/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  // Parsers convert a raw carriage return to a line feed (section 2.11).
  '\r': '&#13;',
};

function plain(text: string): string {
  return text.replaceAll(/[&<>\r]/g, (character) => ENTITIES[character] ?? character);
}

function escaped(text: string): string {
  const json = text.replace(ESCAPED, (character) =>
    character === '\\'
      ? '\\\\'
      : `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  );
  return plain(json);
}
