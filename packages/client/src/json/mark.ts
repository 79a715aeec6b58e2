let chosen: string | undefined;

/**
 * A beginning of strings that no text from elsewhere can have: chosen once, from 2^96, and never shown to
 * anyone. Inside of JSON strings and of regular expressions it needs no escapes.
 */
export function secretMark(): string {
  chosen ??= `_${crypto.getRandomValues(new Uint32Array(3)).join('_')}_`;
  return chosen;
}
