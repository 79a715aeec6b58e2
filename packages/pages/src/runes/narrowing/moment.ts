/**
 * Seconds since 1970 of what a field for date and time holds, `2030-01-31T12:00`, by the clock of whoever looks at
 * it. Seconds themselves are taken, too. Nothing where it is neither.
 */
export function secondsOf(text: string): bigint | undefined {
  const given = text.trim();
  if (/^[0-9]{1,15}$/.test(given)) return BigInt(given);
  if (!/^\d{4,6}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/.test(given)) return undefined;
  const milliseconds = new Date(given).getTime();
  return Number.isNaN(milliseconds) ? undefined : BigInt(Math.floor(milliseconds / 1000));
}
