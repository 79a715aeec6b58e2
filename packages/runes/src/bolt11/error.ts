/**
 * The error for a text that is not a valid BOLT 11 invoice. The message is lightningd's.
 *
 * @example
 * ```ts
 * import { Bolt11Error, decodeBolt11 } from '@clnrest/runes/bolt11';
 *
 * let message = '';
 * try {
 *   decodeBolt11('lnbc1nonsense');
 * } catch (error) {
 *   if (error instanceof Bolt11Error) message = error.message;
 * }
 * message; // => 'Bad bech32 string'
 * ```
 */
export class Bolt11Error extends Error {
  override readonly name = 'Bolt11Error';
  readonly code = 'bad_invoice';
}
