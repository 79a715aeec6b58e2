import { xmlName } from '../formats/xml-name.ts';
import { trimXml, xmlTypeOf, type XmlType } from '../formats/xml-type.ts';
import type { AnswerWriter } from './answer-writer.ts';

/** What the elements of an array are called that has no key of its own. */
const ITEM = 'item';

interface OpenObject {
  readonly kind: 'object';
  readonly element: string;
  /** Nothing of it has been written. */
  isEmpty: boolean;
}

interface OpenArray {
  readonly kind: 'array';
  /** The element that the array would be, or that each of its values is. */
  readonly element: string;
  /** Whether each value is an element of that name, or all are items in one. Its first value decides. */
  form: 'undecided' | 'repeated' | 'items';
  /** Only the value of a key may be repeated elements. */
  readonly mayRepeat: boolean;
}

/**
 * Writes XML as the built-in plugin does: the root is named after the method, keys are elements, and
 * an array is its element repeated. Where its way would lose something, attributes say more:
 *
 * - `type` says what a value is if its text looks like something else (`<label type="string">12</label>`),
 *   or if there is no text to tell from (`null`, an empty object);
 * - an array that begins with an array, or that has no key, is an element of `type="array"` with its values
 *   in it as items;
 * - `escaped="true"` is for strings that hold what XML can't, and for long ones: they have JSON's escapes.
 *
 * An array of one looks like its only value, and an empty one is not there: its readers count elements.
 */
export class XmlWriter implements AnswerWriter {
  readonly #root: string;
  readonly #open: (OpenObject | OpenArray)[] = [];
  #out = '';
  /** The element of the value that comes next, in an object. */
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
    const mayRepeat = this.#open.at(-1)?.kind === 'object';
    // One that may repeat its element is not there before that does.
    const element = mayRepeat ? this.#element : this.#next(true);
    this.#open.push({ kind: 'array', element, form: 'undecided', mayRepeat });
  }

  endArray(): void {
    const ended = this.#open.pop();
    if (ended?.kind !== 'array') return;
    if (ended.form === 'items') this.#out += `</${ended.element}>`;
    if (ended.form === 'undecided' && !ended.mayRepeat) this.#out += empty(ended.element, 'array');
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
      if (isLast && !IMPOSSIBLE.test(piece)) {
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
    // All elements are closed.
  }

  take(): string {
    const out = this.#out;
    this.#out = '';
    return out;
  }

  /** The element of the value that comes. */
  #next(isArray: boolean): string {
    const parent = this.#open.at(-1);
    if (parent === undefined) return this.#root;
    if (parent.kind === 'object') {
      this.#enter(parent);
      return this.#element;
    }
    if (parent.form === 'undecided') this.#decide(parent, isArray);
    return parent.form === 'repeated' ? parent.element : ITEM;
  }

  #decide(array: OpenArray, beginsWithArray: boolean): void {
    const holder = this.#open.at(-2);
    if (holder?.kind === 'object') this.#enter(holder);
    array.form = array.mayRepeat && !beginsWithArray ? 'repeated' : 'items';
    if (array.form === 'items') this.#out += `<${array.element} type="array">`;
  }

  #enter(object: OpenObject): void {
    if (object.isEmpty) this.#out += `<${object.element}>`;
    object.isEmpty = false;
  }

  /** What must be said of a string, where its text alone would be taken for something else. */
  #typeOf(text: string): string {
    const isBlankRoot = this.#open.length === 0 && trimXml(text) === '';
    return isBlankRoot || xmlTypeOf(text) !== 'string' ? ' type="string"' : '';
  }
}

function empty(element: string, type: XmlType): string {
  return `<${element} type="${type}"/>`;
}

/** What no XML 1.0 document may hold (section 2.2), lone surrogates too. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const IMPOSSIBLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Surrogate}]/u;
// oxlint-disable-next-line no-control-regex -- as above
const EACH_IMPOSSIBLE = /[\\\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Surrogate}]/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  // A reader would make a line feed of it (section 2.11).
  '\r': '&#13;',
};

function plain(text: string): string {
  return text.replaceAll(/[&<>\r]/g, (character) => ENTITIES[character] ?? character);
}

function escaped(text: string): string {
  const json = text.replace(EACH_IMPOSSIBLE, (character) =>
    character === '\\'
      ? '\\\\'
      : `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  );
  return plain(json);
}
