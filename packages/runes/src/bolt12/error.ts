/**
 * The error for a text that is not a valid BOLT 12 offer, invoice request or invoice. The message is lightningd's.
 *
 * @example
 * ```ts
 * import { Bolt12Error, decodeOffer } from '@clnrest/runes/bolt12';
 *
 * let message = '';
 * try {
 *   decodeOffer('lni1qqqq');
 * } catch (error) {
 *   if (error instanceof Bolt12Error) message = error.message;
 * }
 * message; // => 'unexpected prefix lni'
 * ```
 */
export class Bolt12Error extends Error {
  override readonly name = 'Bolt12Error';
  readonly code = 'bad_bolt12';
}
