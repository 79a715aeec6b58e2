/** Where a command writes: answers to stdout, words about them to stderr. */
export interface Terminal {
  out(text: string): void;
  error(text: string): void;
}
