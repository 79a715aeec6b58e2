import type { AnswerWriter } from './answer-writer.ts';
import { unwritable } from './json-scanner.ts';
import { MAX_RESULT_KEY_LENGTH } from './limits.ts';

/** An object or an array that has not ended. */
interface Open {
  /** The prefix of the keys of all its values. */
  readonly path: string;
  /** The index of an array's next value; `undefined` for an object. */
  index: number | undefined;
  isEmpty: boolean;
}

/**
 * Writes a form as the built-in plugin does: each value with its full path, such as
 * `datastore[0][key][0]=project`. All values are text; `null`, empty arrays and empty objects are empty text.
 */
export class FormWriter implements AnswerWriter {
  readonly #open: Open[] = [];
  #out = '';
  #isFirst = true;
  /** The path of an object's next value. */
  #path = '';
  #inString = false;

  beginObject(): void {
    this.#open.push({ path: this.#next(), index: undefined, isEmpty: true });
  }

  beginArray(): void {
    this.#open.push({ path: this.#next(), index: 0, isEmpty: true });
  }

  endObject(): void {
    this.#end();
  }

  endArray(): void {
    this.#end();
  }

  name(key: string): void {
    this.#path = this.#below(encoded(key));
  }

  literal(text: string): void {
    this.#pair(this.#next(), text === 'null' ? '' : text);
  }

  string(piece: string, isLast: boolean): void {
    if (this.#inString) this.#out += encoded(piece);
    else this.#pair(this.#next(), piece);
    this.#inString = !isLast;
  }

  end(): void {
    // A form has no end mark.
  }

  flush(): string {
    const out = this.#out;
    this.#out = '';
    return out;
  }

  #end(): void {
    const ended = this.#open.pop();
    if (ended?.isEmpty === true) this.#pair(ended.path, '');
  }

  #pair(path: string, value: string): void {
    this.#out += `${this.#isFirst ? '' : '&'}${path}=${encoded(value)}`;
    this.#isFirst = false;
  }

  /** Returns the path of the next value. */
  #next(): string {
    const parent = this.#open.at(-1);
    if (parent === undefined) return '';
    parent.isEmpty = false;
    return parent.index === undefined ? this.#path : this.#below(String(parent.index++));
  }

  #below(step: string): string {
    const isTop = this.#open.length === 1;
    const path = isTop ? step : `${this.#open.at(-1)?.path ?? ''}[${step}]`;
    if (path.length > MAX_RESULT_KEY_LENGTH)
      throw unwritable('the keys of a path are too long together');
    return path;
  }
}

/** Encodes text for a form. Lone surrogates, which a form cannot hold, become U+FFFD. */
function encoded(text: string): string {
  return encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\ufffd')).replaceAll('%20', '+');
}
