import { type Condition, fieldnameEnd, isCondition } from './condition.ts';
import { RuneSyntaxError } from './errors.ts';

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

  constructor(fieldname: string, condition: Condition, value: string) {
    this.fieldname = fieldname;
    this.condition = condition;
    this.value = value;
  }

  /**
   * Reads `name operator value` where the value is meant as it stands, as createrune takes it:
   * nothing is escaped and `|` is a letter like others.
   *
   * @throws {RuneSyntaxError} where there is no operator, or no name before it
   */
  static of(text: string): Alternative {
    const end = fieldnameEnd(text);
    const condition = text[end];
    if (!isCondition(condition)) throw noOperator(text, end);
    if (end === 0) throw new RuneSyntaxError('bad_operator', 'a field name must come first', 0);
    return new Alternative(text.slice(0, end), condition, text.slice(end + 1));
  }

  /** The text inside a rune: name, operator, and the value with `\`, `|` and `&` escaped. */
  encode(): string {
    return this.fieldname + this.condition + this.value.replace(/[\\|&]/g, '\\$&');
  }

  /** The text for people: nothing escaped. */
  toString(): string {
    return this.fieldname + this.condition + this.value;
  }
}

/** Where reading stopped: after `|` another alternative must follow, after `&` another restriction. */
export interface ReadAlternative {
  readonly alternative: Alternative;
  readonly end: number;
  readonly stop: '|' | '&' | '';
}

/** Reads one escaped alternative of an encoded rune, from `from` on. */
export function readAlternative(text: string, from: number): ReadAlternative {
  const nameEnd = fieldnameEnd(text, from);
  const condition = text[nameEnd];
  if (!isCondition(condition)) throw noOperator(text, nameEnd);
  const fieldname = text.slice(from, nameEnd);

  let value = '';
  let at = nameEnd + 1;
  for (;;) {
    const plain = at;
    while (at < text.length && !'\\|&'.includes(text.charAt(at))) at++;
    value += text.slice(plain, at);
    const stop = text[at];
    if (stop === undefined) return done('', at);
    if (stop === '|' || stop === '&') return done(stop, at + 1);
    if (at + 1 >= text.length) {
      throw new RuneSyntaxError('bad_escape', 'a backslash must be followed by a character', at);
    }
    value += text.charAt(at + 1);
    at += 2;
  }

  function done(stop: '|' | '&' | '', end: number): ReadAlternative {
    return { alternative: new Alternative(fieldname, condition as Condition, value), end, stop };
  }
}

function noOperator(text: string, at: number): RuneSyntaxError {
  const found =
    at < text.length ? `'${text.charAt(at)}' is not an operator` : 'an operator is missing';
  return new RuneSyntaxError('bad_operator', `${found}`, at);
}
