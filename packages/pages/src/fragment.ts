/**
 * Returns a link with a rune in its fragment, the part after `#`, which browsers never send.
 *
 * @param page the relative URL of the page: `events`
 */
export function withRune(page: string, rune: string): string {
  return `${page}#rune=${encodeURIComponent(rune)}`;
}

/** Returns the unvalidated rune in the fragment of an address (`#rune=…`), or undefined. */
export function runeInFragment(fragment: string): string | undefined {
  // `+` is not decoded to a space: in a rune it is an invalid base64url digit.
  const [, encoded] = /^#rune=([^&]+)/.exec(fragment) ?? [];
  if (encoded === undefined) return undefined;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}
