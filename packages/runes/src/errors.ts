/** The kind of a {@link RuneSyntaxError}. */
export type RuneSyntaxCode =
  | 'bad_base64'
  | 'bad_hex'
  | 'too_short'
  | 'nul_byte'
  | 'bad_text'
  | 'empty'
  | 'bad_operator'
  | 'bad_escape'
  | 'misplaced_id'
  | 'trailing_text'
  | 'bad_restrictions'
  | 'bad_parameters'
  | 'bad_secret'
  | 'bad_id'
  | 'bad_link';

/**
 * The error for a malformed rune, restriction, secret, parameters or pairing link.
 *
 * `offset` is the index of the problem in the given text, or, after the code of a rune, in the text of its
 * restrictions.
 *
 * Two errors have other classes: `Bolt11Error` for an invoice, and `RangeError` for ids that cannot be blacklisted. A
 * refused call is not an error: the functions that check calls return the reason.
 *
 * @example
 * ```ts
 * import { Rune, RuneSyntaxError } from '@clnrest/runes';
 *
 * let code = '';
 * try {
 *   Rune.fromBase64('not a rune');
 * } catch (error) {
 *   if (error instanceof RuneSyntaxError) code = error.code;
 * }
 * code; // => 'bad_base64'
 * ```
 */
export class RuneSyntaxError extends Error {
  override readonly name = 'RuneSyntaxError';
  readonly code: RuneSyntaxCode;
  readonly offset: number | undefined;

  constructor(code: RuneSyntaxCode, message: string, offset?: number) {
    super(message);
    this.code = code;
    this.offset = offset;
  }
}

/** The error for JSON text that cannot be the parameters of a command. */
export function malformedParameters(why: string, at: number): RuneSyntaxError {
  return new RuneSyntaxError('bad_parameters', why, at);
}
