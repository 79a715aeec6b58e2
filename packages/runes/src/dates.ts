/** Returns a date and time such as `2030-01-01 00:00:00 UTC`; undefined if it is out of range. */
export function dateOf(seconds: bigint): string | undefined {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return undefined;
  return date.toISOString().replace('T', ' ').replace('.000Z', ' UTC');
}
