import type { AnswerWriter } from './answer-writer.ts';
import { unwritable } from './json-scanner.ts';
import { ANSWER_NAME } from './limits.ts';

/** An object or an array that is being written. */
interface Open {
  /** The key of all that is in it, as it stands in the form. */
  readonly path: string;
  /** Counts the values of an array. */
  index: number | undefined;
  isEmpty: boolean;
}

/**
 * Writes a form as the built-in plugin does, `datastore[0][key][0]=project`: each value under its whole
 * path. All values are text; `null`, an empty array and an empty object are the empty text.
 */
export class FormWriter implements AnswerWriter {
  readonly #open: Open[] = [];
  #out = '';
  #isFirst = true;
  /** The path of the value that comes next, in an object. */
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
    // The last value is the end.
  }

  take(): string {
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

  /** The path of the value that comes. */
  #next(): string {
    const parent = this.#open.at(-1);
    if (parent === undefined) return '';
    parent.isEmpty = false;
    return parent.index === undefined ? this.#path : this.#below(String(parent.index++));
  }

  #below(step: string): string {
    const isTop = this.#open.length === 1;
    const path = isTop ? step : `${this.#open.at(-1)?.path ?? ''}[${step}]`;
    if (path.length > ANSWER_NAME) throw unwritable('its keys are too long together');
    return path;
  }
}

/** As `application/x-www-form-urlencoded` has it; half a character, which it can't hold, becomes U+FFFD. */
function encoded(text: string): string {
  return encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\ufffd')).replaceAll('%20', '+');
}
