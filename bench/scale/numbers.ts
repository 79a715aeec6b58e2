/** A number with so many digits after the point. */
export function n(value: number, digits = 0): string {
  return value.toFixed(digits);
}

/** Milliseconds of a number of microseconds. Differences of counters can be slightly negative. */
export function milli(microseconds: number, digits = 1): string {
  return n(Math.max(0, microseconds / 1e3), digits);
}

/** A whole number with commas. */
export function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** A rate with two significant digits or more. */
export function rate(value: number): string {
  if (!Number.isFinite(value)) return 'unlimited';
  return value < 10 ? n(value, 1) : grouped(value);
}
