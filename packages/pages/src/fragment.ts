/**
 * A rune goes from page to page in the fragment of the address, behind `#`, which no browser sends to anyone.
 *
 * @param page as the link names it: `events`
 */
export function withRune(page: string, rune: string): string {
  return `${page}#rune=${encodeURIComponent(rune)}`;
}

/** The rune in the fragment of an address (`#rune=…`), whether or not it is one; nothing where there is none. */
export function runeInFragment(fragment: string): string | undefined {
  // In a rune `+` would be a digit of another alphabet; it is not a space.
  const [, encoded] = /^#rune=([^&]+)/.exec(fragment) ?? [];
  if (encoded === undefined) return undefined;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}
