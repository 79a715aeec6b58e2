import type { Alternative } from './alternative.ts';
import { leadingSigned } from './integers.ts';
import type { Restriction } from './restriction.ts';

const MINUTE = 60n;
const HOUR = 60n * MINUTE;

/**
 * Returns decode's summary of a restriction, in lightningd's exact words.
 *
 * @param now the time that "ago" and "from now" refer to, in seconds since 1970
 *
 * @example
 * ```ts
 * import { Restriction, summarize } from '@clnrest/runes';
 *
 * summarize(Restriction.of('time<1656920538'), 1656851058n);
 * // => 'time (in seconds since 1970) less than 1656920538 (approximately 19 hours 18 minutes from now)'
 * ```
 */
export function summarize({ alternatives }: Restriction, now: bigint): string {
  return alternatives.map((alternative) => summarizeAlternative(alternative, now)).join(' OR ');
}

function summarizeAlternative(alternative: Alternative, now: bigint): string {
  const { fieldname, condition, value } = alternative;
  if (condition === '#') return `[comment: ${fieldname}${value}]`;

  const subject = `${fieldname} (${annotationOf(fieldname)})`;
  const time = fieldname === 'time' ? value + inWords(value, now) : undefined;
  // lightningd quotes texts but not numbers.
  const bare = fieldname === 'pnum' || fieldname === 'rate';
  const equal = time ?? (bare ? value : `'${value}'`);
  switch (condition) {
    case '!':
      return `${subject} is missing`;
    case '=':
      return `${subject} equal to ${equal}`;
    case '/':
      return `${subject} unequal to ${equal}`;
    case '^':
      return `${subject} starts with '${value}'`;
    case '$':
      return `${subject} ends with '${value}'`;
    case '~':
      return `${subject} contains '${value}'`;
    case '<':
      return `${subject} less than ${time ?? value}`;
    case '>':
      return `${subject} greater than ${time ?? value}`;
    case '{':
      return `${subject} sorts before '${value}'`;
    case '}':
      return `${subject} sorts after '${value}'`;
  }
}

function annotationOf(fieldname: string): string {
  switch (fieldname) {
    case 'time':
      return 'in seconds since 1970';
    case 'id':
      return 'of commanding peer';
    case 'method':
      return 'of command';
    case 'pnum':
      return 'number of command parameters';
    case 'rate':
      return 'max per minute';
    default:
      if (fieldname.startsWith('parr')) return `array parameter #${fieldname.slice(4)}`;
      if (fieldname.startsWith('pname')) return `object parameter '${fieldname.slice(5)}'`;
      return 'unknown condition?';
  }
}

/** ` (approximately 1 hours 0 minutes ago)`; empty for a value that is not a time. */
function inWords(value: string, now: bigint): string {
  const time = BigInt.asUintN(64, leadingSigned(value));
  if (time === 0n) return '';
  const past = now > time;
  const words = duration(past ? now - time : time - now);
  return ` (${words} ${past ? 'ago' : 'from now'})`;
}

/** lightningd's rounding: hours up to two days, months of 30 days, no years. */
function duration(seconds: bigint): string {
  if (seconds < MINUTE) return `${seconds} seconds`;
  if (seconds < HOUR) return `${seconds / MINUTE} minutes ${seconds % MINUTE} seconds`;
  const minutes = seconds / MINUTE;
  if (minutes < 48n * 60n) return `approximately ${minutes / 60n} hours ${minutes % 60n} minutes`;
  const hours = minutes / 60n;
  if (hours < 60n * 24n) return `approximately ${hours / 24n} days ${hours % 24n} hours`;
  const days = hours / 24n;
  if (days < 2n * 365n) return `approximately ${days / 30n} months ${days % 30n} days`;
  return `approximately ${days / 30n} months`;
}
