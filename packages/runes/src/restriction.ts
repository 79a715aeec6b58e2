import { Alternative, missingName, readAlternative } from './alternative.ts';
import { RuneSyntaxError } from './errors.ts';
import { assertRuneText } from './text.ts';

/** Sets the encoded form of a restriction. */
let setEncoded: (restriction: Restriction, encoded: string) => void;

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
  /** The encoded form, if the restriction was read from a rune. */
  #encoded: string | undefined;

  static {
    setEncoded = (restriction, encoded) => (restriction.#encoded = encoded);
  }

  /** @throws {RuneSyntaxError} `empty` without an alternative */
  constructor(alternatives: readonly Alternative[]) {
    if (alternatives.length === 0) throw new RuneSyntaxError('empty', 'an alternative is missing');
    this.alternatives = alternatives;
  }

  /**
   * Creates a restriction from unescaped alternatives, as createrune accepts them.
   *
   * @throws {RuneSyntaxError}
   */
  static of(...alternatives: readonly string[]): Restriction {
    return new Restriction(alternatives.map((text) => Alternative.of(text)));
  }

  /**
   * Parses one restriction in its encoded form: alternatives separated by `|`, with `\` before `\`, `|` and `&` in
   * values. A `\` before any other character is dropped. Empty names are rejected, since they are reserved for the
   * unique id.
   *
   * @throws {RuneSyntaxError}
   */
  static parse(text: string): Restriction {
    assertRuneText(text);
    const { restriction, end, stop } = readRestriction(text, 0, false);
    if (stop === '&') {
      throw new RuneSyntaxError(
        'trailing_text',
        'only one restriction is allowed: & starts another',
        end - 1,
      );
    }
    return restriction;
  }

  /** Returns the encoded form. */
  encode(): string {
    // The empty restriction has no private fields.
    const known = #encoded in this ? this.#encoded : undefined;
    return known ?? this.alternatives.map((alternative) => alternative.encode()).join('|');
  }
}

/**
 * The restriction that createrune makes of `[]`. It has no alternatives, so that it never holds. Its encoding is empty,
 * and lightningd ignores it when it reads the rune, which therefore never verifies.
 */
export const EMPTY_RESTRICTION: Restriction = Object.assign(
  Object.create(Restriction.prototype) as Restriction,
  { alternatives: [] },
);

/** A restriction parsed from a longer text. */
export interface ReadRestriction {
  readonly restriction: Restriction;
  /** Where the next one starts. */
  readonly end: number;
  /** The delimiter: after `&` another restriction must follow. */
  readonly stop: '&' | '';
}

/** Parses one encoded restriction. In a rune (`inRune`), an empty name is a misplaced unique id. */
export function readRestriction(text: string, from: number, inRune: boolean): ReadRestriction {
  const alternatives: Alternative[] = [];
  let at = from;
  for (;;) {
    const { fieldname, condition, value, end, stop } = readAlternative(text, at, inRune);
    if (fieldname === '') throw inRune ? misplacedId(from) : missingName(at);
    alternatives.push(new Alternative(fieldname, condition, value));
    at = end;
    if (stop !== '|') {
      const restriction = new Restriction(alternatives);
      // In a rune, no escape is unnecessary, so that encoding would return the same text.
      if (inRune) setEncoded(restriction, text.slice(from, stop === '' ? end : end - 1));
      return { restriction, end, stop };
    }
  }
}

function misplacedId(at: number): RuneSyntaxError {
  return new RuneSyntaxError(
    'misplaced_id',
    'a unique id must be the first restriction, without alternatives, with the operator =',
    at,
  );
}
