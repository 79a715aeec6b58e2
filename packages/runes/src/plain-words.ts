import type { Alternative } from './alternative.ts';
import { isKnownField } from './certainty.ts';
import { dateOf } from './dates.ts';
import { signedInteger } from './integers.ts';
import { quoted } from './quoted.ts';
import { type Pause, pauseOfPer, pauseOfRate } from './rate.ts';
import type { Restriction } from './restriction.ts';
import type { Rune } from './rune.ts';

/**
 * Describes a rune in plain English: one line for each restriction, all of which must hold. Texts from the rune are
 * quoted and escaped, so that they cannot end the quotation, start a line or control a terminal.
 *
 * @param now in seconds since 1970, to mark times that have passed
 *
 * @example
 * ```ts
 * import { inPlainWords, Restriction, Rune } from '@clnrest/runes';
 *
 * const rune = Rune.fromBase64('KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==');
 * inPlainWords(rune, 0n); // => ['anything: anyone who has this rune controls the node']
 * inPlainWords(rune.restrictAll([Restriction.of('method^list', 'method=summary'), Restriction.of('rate=2')]), 0n);
 * // => ["the command starts with 'list', or the command is 'summary'", 'at most once every 30 seconds, in total for all runes with id 0']
 * ```
 */
export function inPlainWords(rune: Rune, now: bigint): string[] {
  if (rune.restrictions.length === 0)
    return ['anything: anyone who has this rune controls the node'];
  return rune.restrictions.map((restriction) =>
    restrictionInWords(restriction, now, rune.uniqueId),
  );
}

/**
 * Describes one restriction in plain English, on one line.
 *
 * @example
 * ```ts
 * import { Restriction, restrictionInWords } from '@clnrest/runes';
 *
 * restrictionInWords(Restriction.of('method=pay', 'method=xpay'), 0n);
 * // => "the command is 'pay', or the command is 'xpay'"
 * ```
 */
export function restrictionInWords(
  { alternatives }: Restriction,
  now: bigint,
  uniqueId?: string,
): string {
  if (alternatives.length === 0) return 'nothing: the restriction has no alternatives';
  return alternatives.map((alternative) => inWords(alternative, now, uniqueId)).join(', or ');
}

function inWords(alternative: Alternative, now: bigint, uniqueId: string | undefined): string {
  const { fieldname, condition } = alternative;
  switch (fieldname) {
    case 'rate':
      return pauseInWords(pauseOfRate(alternative), uniqueId);
    case 'per':
      return pauseInWords(pauseOfPer(alternative), uniqueId);
  }
  if (condition === '#') return commentInWords(alternative);
  switch (fieldname) {
    case 'time':
      return timeInWords(alternative, now);
    case 'id':
      return sentence('the id of the requesting peer', alternative);
    case 'method':
      return sentence('the command', alternative, false);
    case 'pnum':
      return sentence('the number of parameters', alternative, false);
    default:
      return sentence(subjectOf(fieldname), alternative);
  }
}

/** A comment always holds, except a comment on an invoice, which requires the invoice. */
function commentInWords(alternative: Alternative): string {
  const { fieldname } = alternative;
  const comment = `(a comment: ${quoted(String(alternative))})`;
  if (!fieldname.startsWith('pinv')) return `always ${comment}`;
  const { parameter, what } = invoiceField(fieldname);
  return what === undefined
    ? `never (unknown invoice field ${quoted(parameter)})`
    : `there is an invoice in parameter ${quoted(parameter)} ${comment}`;
}

function subjectOf(fieldname: string): string {
  if (!isKnownField(fieldname)) return `the unknown field ${quoted(fieldname)}`;
  if (fieldname.startsWith('pname')) return `the parameter named ${quoted(fieldname.slice(5))}`;
  if (fieldname.startsWith('parr')) {
    return `the parameter at position ${fieldname.slice(4)} (from 0)`;
  }
  const { parameter, what } = invoiceField(fieldname);
  const of = `of the invoice in parameter ${quoted(parameter)}`;
  switch (what) {
    case 'amount':
      return `the amount (msat) ${of}`;
    case 'description':
      return `the description ${of}`;
    case 'node':
      return `the payee ${of}`;
    default:
      return `the unknown invoice field ${quoted(parameter)}`;
  }
}

/** Splits `pinvX_what`. For an unknown invoice field, all of it is the parameter. */
function invoiceField(fieldname: string): { parameter: string; what: string | undefined } {
  const asked = fieldname.slice('pinv'.length);
  const [, parameter = asked, what] = /^(.*)_(amount|description|node)$/s.exec(asked) ?? [];
  return { parameter, what };
}

/** @param mayBeMissing whether the field can be missing, in which case `/` does not hold */
function sentence(subject: string, { condition, value }: Alternative, mayBeMissing = true): string {
  const text = quoted(value);
  // Without an integer, the comparison never holds.
  const number = signedInteger(value) ?? `${text}, which is not a number`;
  switch (condition) {
    case '!':
      return `${subject} is not given`;
    case '=':
      return `${subject} is ${text}`;
    case '/':
      return mayBeMissing ? `${subject} is given and is not ${text}` : `${subject} is not ${text}`;
    case '^':
      return `${subject} starts with ${text}`;
    case '$':
      return `${subject} ends with ${text}`;
    case '~':
      return `${subject} contains ${text}`;
    case '<':
      return `${subject} is a number less than ${number}`;
    case '>':
      return `${subject} is a number greater than ${number}`;
    case '{':
      return `${subject} sorts before ${text}`;
    case '}':
      return `${subject} sorts after ${text}`;
    case '#':
      return 'always';
  }
}

function timeInWords(alternative: Alternative, now: bigint): string {
  const { condition, value } = alternative;
  if (condition === '!') return 'never (there is always a time)';
  const time = signedInteger(value);
  const date = time === undefined ? undefined : dateOf(time);
  if (time === undefined || date === undefined) return sentence('the time', alternative, false);
  switch (condition) {
    case '<':
      return now < time ? `until ${date}` : `until ${date} (expired)`;
    case '>':
      return now > time ? `after ${date}, which has passed` : `after ${date}`;
    default:
      return sentence('the time in seconds since 1970', alternative, false);
  }
}

const UNITS: readonly (readonly [string, bigint])[] = [
  ['day', 86_400_000_000_000n],
  ['hour', 3_600_000_000_000n],
  ['minute', 60_000_000_000n],
  ['second', 1_000_000_000n],
  ['millisecond', 1_000_000n],
  ['microsecond', 1_000n],
  ['nanosecond', 1n],
];

function pauseInWords(pause: Pause, uniqueId: string | undefined): string {
  if ('problem' in pause) return `never (${pause.problem})`;
  const id = uniqueId === undefined || /^[0-9]+$/.test(uniqueId) ? uniqueId : quoted(uniqueId);
  const shared = id === undefined ? '' : `, in total for all runes with id ${id}`;
  return `at most once ${intervalInWords(pause.nanoseconds)}${shared}`;
}

/** `every minute`, `every 90 seconds`; `about every 8.57 seconds` if no unit gives a short number. */
function intervalInWords(nanoseconds: bigint): string {
  const whole = UNITS.find(([, size]) => nanoseconds % size === 0n && nanoseconds >= size);
  const [unit, size] = whole ?? ['nanosecond', 1n];
  const count = nanoseconds / size;
  if (count === 1n) return `every ${unit}`;
  // Long numbers are rounded in a larger unit.
  const [larger, largerSize] = UNITS.find(([, least]) => nanoseconds >= least) ?? [unit, size];
  if (count < 1000n || larger === unit) return `every ${count} ${unit}s`;
  const hundredths = (nanoseconds * 100n + largerSize / 2n) / largerSize;
  return `about every ${Number(hundredths) / 100} ${larger}s`;
}
