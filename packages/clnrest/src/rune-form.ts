/** 43 digits of base64url are 32 bytes and a bit: the code that every rune begins with. */
const RUNE = '[A-Za-z0-9_-]{43,}={0,2}';
const WHOLE = new RegExp(`^${RUNE}$`);
const ANY = new RegExp(RUNE, 'g');

/** Whether a word may be a rune, by its letters and its length; no option's name is that long. */
export function hasRuneForm(word: string): boolean {
  return WHOLE.test(word);
}

/** For what is told about a command line: a rune is as good as a password, and is not repeated. */
export function withoutRunes(text: string): string {
  return text.replaceAll(ANY, '(hidden)');
}
