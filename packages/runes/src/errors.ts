/** What was wrong with a text that should have been a rune, a restriction or a call's parameters. */
export type RuneSyntaxCode =
  | 'bad_base64'
  | 'bad_hex'
  | 'too_short'
  | 'nul_byte'
  | 'empty'
  | 'bad_operator'
  | 'bad_escape'
  | 'misplaced_id'
  | 'trailing_text'
  | 'bad_restrictions'
  | 'bad_parameters'
  | 'bad_secret'
  | 'bad_id';

/**
 * The only error that this library throws: a text is not what it should be.
 *
 * `offset` points at the offending place: an index into the text that was given, or into the
 * decoded restriction text where the input was base64. Judging never throws; it returns a reason.
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
