/** Matches at least 43 base64url digits: the 32 bytes with which every rune begins. */
const RUNE = '[A-Za-z0-9_-]{43,}={0,2}';
const WHOLE = new RegExp(`^${RUNE}$`);
const ANY = new RegExp(RUNE, 'g');

/** Returns whether a word can be a rune, by its characters and length. The names of options are shorter. */
export function looksLikeRune(word: string): boolean {
  return WHOLE.test(word);
}

/** Hides possible runes in a message, because a rune is a bearer token. */
export function redactRunes(text: string): string {
  return text.replaceAll(ANY, '(hidden)');
}
