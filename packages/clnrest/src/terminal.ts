/** The input and output of a command: results on stdout, diagnostics on stderr. */
export interface Terminal {
  out(text: string): void;
  error(text: string): void;
  /** Reads all of stdin as text. */
  input(): Promise<string>;
  /** The width of stdout in characters, if it is a terminal. */
  readonly columns?: number | undefined;
  /** Whether results may have colours. Default: no. */
  readonly color?: boolean | undefined;
  /** Whether diagnostics may have colours. Default: no. */
  readonly errorColor?: boolean | undefined;
}

/** Whether a stream gets colours: on a terminal that has them, unless `NO_COLOR` is set (https://no-color.org). */
export function hasColor(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
}
