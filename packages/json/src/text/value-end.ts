/** Characters that change neither the depth nor the string state. */
const PLAIN = /[^"{}[\]]*/y;
/** Characters that end a number, `true`, `false` or `null`. */
const AFTER_SCALAR = /[\s,\]}]/g;

/**
 * Finds the end of one JSON value in text that arrives in chunks. It tracks only strings and brackets. The parser
 * validates the value later.
 */
export class ValueEnd {
  #phase: 'begin' | 'scalar' | 'inside' = 'begin';
  #inString = false;
  /** The last chunk ended with a backslash that escapes the next character. */
  #escaped = false;
  #depth = 0;

  /** Prepares for the next value. */
  reset(): void {
    this.#phase = 'begin';
    this.#inString = false;
    this.#escaped = false;
    this.#depth = 0;
  }

  /** Continues at `from`. Returns the index after the value, or -1 if the value continues in the next chunk. */
  find(text: string, from: number): number {
    if (from >= text.length) return -1;
    let at = from;
    if (this.#phase === 'begin') {
      const first = text[at] ?? '';
      this.#phase = '"{['.includes(first) ? 'inside' : 'scalar';
    }
    if (this.#phase === 'scalar') {
      AFTER_SCALAR.lastIndex = at;
      return AFTER_SCALAR.exec(text)?.index ?? -1;
    }
    while (at < text.length) {
      if (this.#inString) {
        at = this.#endOfString(text, at);
        if (at < 0) return -1;
      } else {
        PLAIN.lastIndex = at;
        PLAIN.test(text);
        at = this.#take(text[PLAIN.lastIndex]) ? PLAIN.lastIndex + 1 : text.length;
      }
      if (this.#depth === 0 && !this.#inString) return at;
    }
    return -1;
  }

  #take(character: string | undefined): boolean {
    switch (character) {
      case undefined:
        return false;
      case '"':
        this.#inString = true;
        return true;
      case '{':
      case '[':
        this.#depth++;
        return true;
      default:
        this.#depth--;
        return true;
    }
  }

  /** Returns the index after the closing quote, or -1. */
  #endOfString(text: string, from: number): number {
    let at = from;
    if (this.#escaped) {
      this.#escaped = false;
      at++;
    }
    for (;;) {
      const quote = text.indexOf('"', at);
      const end = quote < 0 ? text.length : quote;
      let run = end;
      while (run > at && text[run - 1] === '\\') run--;
      const escaped = (end - run) % 2 === 1;
      if (quote < 0) {
        this.#escaped = escaped;
        return -1;
      }
      at = quote + 1;
      if (!escaped) {
        this.#inString = false;
        return at;
      }
    }
  }
}
