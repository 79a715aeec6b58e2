let chosen: string | undefined;

/**
 * A string prefix that received texts cannot contain: 96 random bits, chosen once and never sent. It needs no
 * escapes in JSON strings and regular expressions.
 */
export function secretMark(): string {
  chosen ??= `_${crypto.getRandomValues(new Uint32Array(3)).join('_')}_`;
  return chosen;
}
