/** What was wrong with a text that should have been a rune, a restriction, a call's parameters or a pairing link. */
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
 * A text is not what it should be: a rune, a restriction, a secret, a call's parameters, a pairing link.
 *
 * `offset` points at the offending place: an index into the text that was given, or, once the code of
 * a rune is read, into the text of its restrictions.
 *
 * Other errors have other classes: `Bolt11Error` for an invoice, `RangeError` for ids that no blacklist
 * holds. A refusal is no error: judging returns the reason.
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
