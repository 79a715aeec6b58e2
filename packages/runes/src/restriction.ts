import { Alternative, readAlternative } from './alternative.ts';
import { RuneSyntaxError } from './errors.ts';

/**
 * One restriction: alternatives of which at least one must hold.
 *
 * @example
 * ```ts
 * import { Restriction } from '@clnrest/runes';
 *
 * const restriction = Restriction.parse('method^list|method=summary');
 * restriction.alternatives.length; // => 2
 * restriction.encode(); // => 'method^list|method=summary'
 * Restriction.of('method^list', 'method=summary').encode(); // => 'method^list|method=summary'
 * ```
 */
export class Restriction {
  readonly alternatives: readonly Alternative[];

  constructor(alternatives: readonly Alternative[]) {
    this.alternatives = alternatives;
  }

  /** From alternatives as createrune takes them, a string each, nothing escaped. */
  static of(...alternatives: readonly string[]): Restriction {
    return new Restriction(alternatives.map((text) => Alternative.of(text)));
  }

  /**
   * Reads one restriction in its encoded form: alternatives between `|`, with `\` before a `\`, `|`
   * or `&` of a value. Empty names are refused: the empty name is the unique id's.
   *
   * @throws {RuneSyntaxError}
   */
  static parse(text: string): Restriction {
    const { restriction, end } = readRestriction(text, 0);
    if (end !== text.length || text.endsWith('&')) {
      throw new RuneSyntaxError('trailing_text', 'one restriction only: & starts another', end - 1);
    }
    if (restriction.alternatives.some(({ fieldname }) => fieldname === '')) {
      throw new RuneSyntaxError('bad_operator', 'a field name must come first', 0);
    }
    return restriction;
  }

  /** The text inside a rune. */
  encode(): string {
    return this.alternatives.map((alternative) => alternative.encode()).join('|');
  }
}

/** Reads one restriction of an encoded rune; `end` is where the next one starts. */
export function readRestriction(
  text: string,
  from: number,
): { restriction: Restriction; end: number } {
  const alternatives: Alternative[] = [];
  let at = from;
  for (;;) {
    const read = readAlternative(text, at);
    alternatives.push(read.alternative);
    at = read.end;
    if (read.stop !== '|') return { restriction: new Restriction(alternatives), end: at };
  }
}
