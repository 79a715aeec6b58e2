import { Alternative, nameless, readAlternative } from './alternative.ts';
import { RuneSyntaxError } from './errors.ts';
import { assertRuneText } from './text.ts';

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

  /** @throws {RuneSyntaxError} `empty` without an alternative */
  constructor(alternatives: readonly Alternative[]) {
    if (alternatives.length === 0) throw new RuneSyntaxError('empty', 'an alternative is missing');
    this.alternatives = alternatives;
  }

  /**
   * From alternatives as createrune takes them, a string each, nothing escaped.
   *
   * @throws {RuneSyntaxError}
   */
  static of(...alternatives: readonly string[]): Restriction {
    return new Restriction(alternatives.map((text) => Alternative.of(text)));
  }

  /**
   * Reads one restriction in its encoded form: alternatives between `|`, with `\` before a `\`, `|`
   * or `&` of a value. A `\` before any other letter is dropped. Empty names are refused: the empty
   * name is the unique id's.
   *
   * @throws {RuneSyntaxError}
   */
  static parse(text: string): Restriction {
    assertRuneText(text);
    const { restriction, end, stop } = readRestriction(text, 0, false);
    if (stop === '&') {
      throw new RuneSyntaxError('trailing_text', 'one restriction only: & starts another', end - 1);
    }
    return restriction;
  }

  /** The text inside a rune. */
  encode(): string {
    return this.alternatives.map((alternative) => alternative.encode()).join('|');
  }
}

/**
 * What createrune makes of `[]`: no alternative, so none can hold. It is an empty text inside a rune,
 * which lightningd overlooks when it reads the rune, and then does not know it.
 */
export const NOTHING: Restriction = Object.assign(
  Object.create(Restriction.prototype) as Restriction,
  { alternatives: [] },
);

/** One restriction of a longer text. */
export interface ReadRestriction {
  readonly restriction: Restriction;
  /** Where the next one starts. */
  readonly end: number;
  /** Whether a `&` was there, behind which a next one is to come. */
  readonly stop: '&' | '';
}

/** Reads one encoded restriction. In a rune (`inRune`), what has no name is a misplaced unique id. */
export function readRestriction(text: string, from: number, inRune: boolean): ReadRestriction {
  const alternatives: Alternative[] = [];
  let at = from;
  for (;;) {
    const { fieldname, condition, value, end, stop } = readAlternative(text, at, inRune);
    if (fieldname === '') throw inRune ? misplacedId(from) : nameless(at);
    alternatives.push(new Alternative(fieldname, condition, value));
    at = end;
    if (stop !== '|') return { restriction: new Restriction(alternatives), end, stop };
  }
}

function misplacedId(at: number): RuneSyntaxError {
  return new RuneSyntaxError('misplaced_id', 'a unique id stands first, alone, with =', at);
}
