/** Where a command reads and writes: answers go to stdout, words about them to stderr. */
export interface Terminal {
  out(text: string): void;
  error(text: string): void;
  /** All of stdin as text. */
  input(): Promise<string>;
  /** Whether stdout is read by a person, who wants words; a program wants JSON. */
  readonly isPerson: boolean;
}
