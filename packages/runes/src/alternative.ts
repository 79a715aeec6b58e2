import { type Condition, fieldnameEnd, isCondition } from './condition.ts';
import { RuneSyntaxError } from './errors.ts';
import { assertRuneText } from './text.ts';

/**
 * One condition on the command being run: field name, operator, value.
 *
 * The value is plain text here; its `|`, `&` and `\` are escaped where it is encoded.
 *
 * @example
 * ```ts
 * import { Alternative } from '@clnrest/runes';
 *
 * const alternative = Alternative.of('method^list');
 * alternative.fieldname; // => 'method'
 * alternative.condition; // => '^'
 * alternative.value; // => 'list'
 * new Alternative('pnamelabel', '=', 'a|b').encode(); // => 'pnamelabel=a\\|b'
 * ```
 */
export class Alternative {
  readonly fieldname: string;
  readonly condition: Condition;
  readonly value: string;

  /**
   * @throws {RuneSyntaxError} where it would be read as something else: a name that is empty or holds
   *   punctuation other than `_`, no operator, a zero byte, a surrogate that stands for no byte; the
   *   offset counts through name, operator and value
   */
  constructor(fieldname: string, condition: Condition, value: string) {
    const end = fieldnameEnd(fieldname);
    if (end < fieldname.length) throw nameEndsEarly(fieldname, end);
    if (end === 0) throw nameless(0);
    if (!isCondition(condition)) throw noOperator(fieldname + String(condition), end);
    assertRuneText(fieldname);
    assertRuneText(value, end + 1);
    this.fieldname = fieldname;
    this.condition = condition;
    this.value = value;
  }

  /**
   * Reads `name operator value` where the value is meant as it stands, as createrune takes it:
   * nothing is escaped and `|` is a letter like others.
   *
   * @throws {RuneSyntaxError} where there is no operator, or no name before it, and for text that no
   *   rune holds
   */
  static of(text: string): Alternative {
    const end = fieldnameEnd(text);
    const condition = text[end];
    if (!isCondition(condition)) throw noOperator(text, end);
    return new Alternative(text.slice(0, end), condition, text.slice(end + 1));
  }

  /** The text inside a rune: name, operator, and the value with `\`, `|` and `&` escaped. */
  encode(): string {
    return this.fieldname + this.condition + escaped(this.value);
  }

  /** The text for people: nothing escaped. */
  toString(): string {
    return this.fieldname + this.condition + this.value;
  }
}

/** A value as it stands inside a rune: `\` before `\`, `|` and `&`. */
export function escaped(value: string): string {
  return value.replace(/[\\|&]/g, '\\$&');
}

/** An alternative's parts. The unique id's, which `Alternative` refuses, has an empty name. */
export interface ReadAlternative {
  readonly fieldname: string;
  readonly condition: Condition;
  readonly value: string;
  readonly end: number;
  /** Where reading stopped: after `|` an alternative must follow, after `&` another restriction. */
  readonly stop: '|' | '&' | '';
}

/**
 * Reads one escaped alternative, from `from` on. In a rune (`inRune`) a `\` that is not needed is
 * refused: nobody writes one there, and the same rune would have another text.
 */
export function readAlternative(text: string, from: number, inRune: boolean): ReadAlternative {
  const nameEnd = fieldnameEnd(text, from);
  const condition = text[nameEnd];
  if (!isCondition(condition)) throw noOperator(text, nameEnd);
  const fieldname = text.slice(from, nameEnd);

  let value = '';
  let at = nameEnd + 1;
  for (;;) {
    const plain = at;
    while (at < text.length && !isSpecial(text[at])) at++;
    value += text.slice(plain, at);
    const stop = text[at];
    if (stop === undefined) return { fieldname, condition, value, end: at, stop: '' };
    if (stop === '|' || stop === '&') return { fieldname, condition, value, end: at + 1, stop };
    const letter = text[at + 1];
    if (letter === undefined) {
      throw new RuneSyntaxError('bad_escape', 'a backslash must be followed by a character', at);
    }
    if (inRune && !isSpecial(letter)) {
      throw new RuneSyntaxError('bad_escape', 'a backslash that is not needed', at);
    }
    value += letter;
    at += 2;
  }
}

/** A field name is missing: the empty name is the unique id's. */
export function nameless(at: number): RuneSyntaxError {
  return new RuneSyntaxError('bad_operator', 'a field name must come first', at);
}

function isSpecial(character: string | undefined): boolean {
  return character === '\\' || character === '|' || character === '&';
}

function nameEndsEarly(fieldname: string, at: number): RuneSyntaxError {
  const why = `a field name has no '${fieldname.charAt(at)}'`;
  return new RuneSyntaxError('bad_operator', why, at);
}

function noOperator(text: string, at: number): RuneSyntaxError {
  const found =
    at < text.length ? `'${text.charAt(at)}' is not an operator` : 'an operator is missing';
  return new RuneSyntaxError('bad_operator', found, at);
}
