import type { Alternative } from './alternative.ts';
import { signedInteger } from './integers.ts';
import { type Pause, pauseOfPer, pauseOfRate } from './rate.ts';
import type { Restriction } from './restriction.ts';
import type { Rune } from './rune.ts';

/**
 * A rune in words for people: one line for each restriction, all of which must hold.
 *
 * @param now in seconds since 1970, to say whether a time is past
 *
 * @example
 * ```ts
 * import { inPlainWords, Restriction, Rune } from '@clnrest/runes';
 *
 * const rune = Rune.fromBase64('KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==');
 * inPlainWords(rune, 0n); // => ['anything: whoever holds this rune commands the node']
 * inPlainWords(rune.restrictAll([Restriction.of('method^list', 'method=summary'), Restriction.of('rate=2')]), 0n);
 * // => ["the command starts with 'list', or the command is 'summary'", 'at most once every 30 seconds, counted over all runes with id 0']
 * ```
 */
export function inPlainWords(rune: Rune, now: bigint): string[] {
  if (rune.restrictions.length === 0)
    return ['anything: whoever holds this rune commands the node'];
  return rune.restrictions.map((restriction) =>
    restrictionInWords(restriction, now, rune.uniqueId),
  );
}

/**
 * One restriction in words.
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
  if (alternatives.length === 0) return 'nothing: no alternative is given, so none can hold';
  return alternatives.map((alternative) => inWords(alternative, now, uniqueId)).join(', or ');
}

function inWords(alternative: Alternative, now: bigint, uniqueId: string | undefined): string {
  const { fieldname, condition, value } = alternative;
  if (condition === '#') return `always (a comment: ${fieldname}${value})`;
  switch (fieldname) {
    case 'time':
      return timeInWords(alternative, now);
    case 'rate':
      return pauseInWords(pauseOfRate(alternative), uniqueId);
    case 'per':
      return pauseInWords(pauseOfPer(alternative), uniqueId);
    case 'id':
      return sentence('the id of the asking node', alternative);
    case 'method':
      return sentence('the command', alternative, false);
    case 'pnum':
      return sentence('the number of parameters', alternative, false);
    default:
      return sentence(subjectOf(fieldname), alternative);
  }
}

function subjectOf(fieldname: string): string {
  const [, kind, rest] = /^(pname|parr|pinv)(.*)$/s.exec(fieldname) ?? [];
  switch (kind) {
    case 'pname':
      return `the parameter named ${rest}`;
    case 'parr':
      return `the parameter at position ${rest} (from 0)`;
    case 'pinv': {
      const [, parameter, what] = /^(.*)_(amount|description|node)$/s.exec(rest ?? '') ?? [];
      const of = `of the invoice in parameter ${parameter}`;
      if (what === 'amount') return `the amount (msat) ${of}`;
      if (what === 'description') return `the description ${of}`;
      if (what === 'node') return `the payee ${of}`;
      return `the unknown invoice field ${rest}`;
    }
    default:
      return `the unknown field ${fieldname}`;
  }
}

/** @param mayBeMissing whether to remind that a missing field differs from nothing, and is refused */
function sentence(subject: string, { condition, value }: Alternative, mayBeMissing = true): string {
  switch (condition) {
    case '!':
      return `${subject} is not given`;
    case '=':
      return `${subject} is '${value}'`;
    case '/':
      return mayBeMissing
        ? `${subject} is given and is not '${value}'`
        : `${subject} is not '${value}'`;
    case '^':
      return `${subject} starts with '${value}'`;
    case '$':
      return `${subject} ends with '${value}'`;
    case '~':
      return `${subject} contains '${value}'`;
    case '<':
      return `${subject} is a number less than ${value}`;
    case '>':
      return `${subject} is a number greater than ${value}`;
    case '{':
      return `${subject} sorts before '${value}'`;
    case '}':
      return `${subject} sorts after '${value}'`;
    case '#':
      return 'always';
  }
}

function timeInWords(alternative: Alternative, now: bigint): string {
  const time = signedInteger(alternative.value);
  const date = time === undefined ? undefined : dateOf(time);
  if (time === undefined || date === undefined) return sentence('the time', alternative);
  switch (alternative.condition) {
    case '<':
      return now < time ? `until ${date}` : `until ${date}, which is past: it has expired`;
    case '>':
      return now > time ? `after ${date}, which is past` : `from ${date} on`;
    default:
      return sentence('the time in seconds since 1970', alternative);
  }
}

function dateOf(seconds: bigint): string | undefined {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return undefined;
  return date.toISOString().replace('T', ' ').replace('.000Z', ' UTC');
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
  const { nanoseconds } = pause;
  const whole = UNITS.find(([, size]) => nanoseconds % size === 0n && nanoseconds >= size);
  const [unit, size] = whole ?? ['nanosecond', 1n];
  const count = nanoseconds / size;
  const every = count === 1n ? unit : `${count} ${unit}s`;
  const shared = uniqueId === undefined ? '' : `, counted over all runes with id ${uniqueId}`;
  return `at most once every ${every}${shared}`;
}
