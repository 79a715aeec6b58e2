import { type Condition, fieldnameEnd, isCondition } from './condition.ts';
import { RuneSyntaxError } from './errors.ts';
import { signedInteger } from './integers.ts';
import { assertRuneText } from './text.ts';

/** Returns the value of an alternative as a signed integer of 64 bits, or undefined if it is not one. */
export let integerOf: (alternative: Alternative) => bigint | undefined;

/**
 * One condition on a call: field name, operator and value.
 *
 * The value is unescaped. Encoding escapes `|`, `&` and `\`.
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
  /** The value as an integer, after the first use: a rune is judged many times. */
  #integer: bigint | undefined;
  #isRead = false;

  static {
    integerOf = (alternative) => {
      // JavaScript callers can pass any object.
      if (!(#isRead in alternative)) return signedInteger((alternative as Alternative).value);
      if (!alternative.#isRead) {
        alternative.#integer = signedInteger(alternative.value);
        alternative.#isRead = true;
      }
      return alternative.#integer;
    };
  }

  /**
   * @throws {RuneSyntaxError} if parsing would not return the same parts: for an empty name, punctuation other than
   *   `_` in the name, an unknown operator, a zero byte or an unpaired surrogate. The offset counts through name,
   *   operator and value.
   */
  constructor(fieldname: string, condition: Condition, value: string) {
    const end = fieldnameEnd(fieldname);
    if (end < fieldname.length) throw nameEndsEarly(fieldname, end);
    if (end === 0) throw missingName(0);
    if (!isCondition(condition)) throw noOperator(fieldname + String(condition), end);
    assertRuneText(fieldname);
    assertRuneText(value, end + 1);
    this.fieldname = fieldname;
    this.condition = condition;
    this.value = value;
  }

  /**
   * Parses the unescaped form that createrune accepts: name, operator and value, in which `|` is an ordinary
   * character.
   *
   * @throws {RuneSyntaxError} if the name or the operator is missing, or a rune cannot contain the text
   */
  static of(text: string): Alternative {
    const end = fieldnameEnd(text);
    const condition = text[end];
    if (!isCondition(condition)) throw noOperator(text, end);
    return new Alternative(text.slice(0, end), condition, text.slice(end + 1));
  }

  /** Returns the encoded form: name, operator, and the value with `\`, `|` and `&` escaped. */
  encode(): string {
    return this.fieldname + this.condition + escaped(this.value);
  }

  /** Returns the unescaped form. */
  toString(): string {
    return this.fieldname + this.condition + this.value;
  }
}

/** Escapes a value for a rune: `\` before `\`, `|` and `&`. */
export function escaped(value: string): string {
  return value.replace(/[\\|&]/g, '\\$&');
}

/** The parts of an alternative. The unique id has an empty name, which `Alternative` rejects. */
export interface ReadAlternative {
  readonly fieldname: string;
  readonly condition: Condition;
  readonly value: string;
  readonly end: number;
  /** The delimiter: after `|` another alternative must follow, after `&` another restriction. */
  readonly stop: '|' | '&' | '';
}

/**
 * Parses one escaped alternative, starting at `from`. In a rune (`inRune`), an unnecessary `\` is an error, since it
 * would give the same rune a second text.
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
      throw new RuneSyntaxError('bad_escape', 'an unnecessary backslash', at);
    }
    value += letter;
    at += 2;
  }
}

/** The error for an empty field name, which is reserved for the unique id. */
export function missingName(at: number): RuneSyntaxError {
  return new RuneSyntaxError('bad_operator', 'a field name is missing', at);
}

function isSpecial(character: string | undefined): boolean {
  return character === '\\' || character === '|' || character === '&';
}

function nameEndsEarly(fieldname: string, at: number): RuneSyntaxError {
  const why = `a field name cannot contain '${fieldname.charAt(at)}'`;
  return new RuneSyntaxError('bad_operator', why, at);
}

function noOperator(text: string, at: number): RuneSyntaxError {
  const found =
    at < text.length ? `'${text.charAt(at)}' is not an operator` : 'an operator is missing';
  return new RuneSyntaxError('bad_operator', found, at);
}
