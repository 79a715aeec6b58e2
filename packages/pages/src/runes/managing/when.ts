const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'always' });

/**
 * Describes a time relative to now: `in 3 days`, `5 minutes ago`.
 *
 * @param seconds since 1970
 * @param now in seconds since 1970
 */
export function relativeTime(seconds: number, now: number): string {
  const distance = seconds - now;
  const [unit, size] = UNITS.find(([, size]) => Math.abs(distance) >= size) ?? ['second', 1];
  if (unit === 'second') return distance > 0 ? 'in less than a minute' : 'less than a minute ago';
  return RELATIVE.format(Math.trunc(distance / size), unit);
}

/** Returns a time in ISO format, UTC: `2030-01-01 12:00:00 UTC`. Returns undefined beyond the calendar. */
export function dateText(seconds: number): string | undefined {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return undefined;
  return date
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
}
