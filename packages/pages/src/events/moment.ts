const CLOCK = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const EXACT = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
});
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' });

/** Formats the local time of day, in seconds. */
export function clock(moment: number): string {
  return CLOCK.format(moment);
}

/** Formats the local time of day, in milliseconds. */
export function exactClock(moment: number): string {
  return EXACT.format(moment);
}

export function day(moment: number): string {
  return DAY.format(moment);
}
