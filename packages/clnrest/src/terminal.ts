/** The input and output of a command: results on stdout, diagnostics on stderr. */
export interface Terminal {
  out(text: string): void;
  error(text: string): void;
  /** Reads all of stdin as text. */
  input(): Promise<string>;
  /** The width of stdout in characters, if it is known. */
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

/**
 * Returns the width of a stream in characters: `COLUMNS` (POSIX, "Environment Variables"), which also counts in a pipe, or
 * that of the terminal.
 */
export function columnsOf(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  env: NodeJS.ProcessEnv,
): number | undefined {
  const given = env['COLUMNS'] ?? '';
  if (/^[1-9][0-9]{0,4}$/.test(given)) return Number(given);
  return stream.isTTY === true ? stream.columns : undefined;
}
