/** The input and output of a command: results on stdout, diagnostics on stderr. */
export interface Terminal {
  out(text: string): void;
  error(text: string): void;
  /** Reads all of stdin as text. */
  input(): Promise<string>;
  /** Whether stdout is a terminal, where text is the default; programs get JSON. */
  readonly isInteractive: boolean;
}
