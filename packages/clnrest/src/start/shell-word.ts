/** Quotes a word for a shell if necessary. Unquoted, zsh expands brackets. */
export function shellWord(word: string): string {
  return /^[\w./:=@%,+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
