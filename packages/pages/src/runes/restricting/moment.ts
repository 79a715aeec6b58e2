/**
 * Converts the value of a date and time input, `2030-01-31T12:00`, from local time to seconds since 1970. Also accepts
 * seconds. Returns undefined for other texts.
 */
export function secondsOf(text: string): bigint | undefined {
  const given = text.trim();
  if (/^[0-9]{1,15}$/.test(given)) return BigInt(given);
  if (!/^\d{4,6}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/.test(given)) return undefined;
  const milliseconds = new Date(given).getTime();
  return Number.isNaN(milliseconds) ? undefined : BigInt(Math.floor(milliseconds / 1000));
}
