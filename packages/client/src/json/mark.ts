/**
 * A beginning of strings that no text from elsewhere can have: chosen anew each time, from 2^96. Inside
 * of JSON strings and of regular expressions it needs no escapes.
 */
export function randomMark(): string {
  return `_${crypto.getRandomValues(new Uint32Array(3)).join('_')}_`;
}
