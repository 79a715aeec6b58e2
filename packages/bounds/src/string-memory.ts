/** A character beyond ASCII. */
// eslint-disable-next-line no-control-regex
const BEYOND_ASCII = /[^\x00-\x7f]/;

/** Bytes besides the characters: header, length, hash and the reference to the string. */
const STRING_OVERHEAD = 32;

/**
 * Estimates the bytes that a string holds. Engines store each character in one byte or, if any character
 * of the string needs it, in two. Which characters need two depends on how the string was made, so strings
 * beyond ASCII count two: the estimate is never too low.
 *
 * @example
 * ```ts
 * import { stringBytes } from '@clnrest/bounds';
 * stringBytes('abcd') // => 36
 * stringBytes('äbcd') // => 40
 * ```
 */
export function stringBytes(text: string): number {
  return STRING_OVERHEAD + (BEYOND_ASCII.test(text) ? 2 : 1) * text.length;
}

/**
 * Copies a string so that it holds only its own characters. In engines the results of `slice`, `split`,
 * `trim` and regular expressions point into the original string: ten characters of a text of 100 MB keep
 * all of it in memory. Copy such a string before you store it.
 *
 * @example
 * ```ts
 * import { detachedString } from '@clnrest/bounds';
 * const line = 'x'.repeat(1_000_000).slice(0, 20);
 * detachedString(line) === line // => true
 * ```
 */
export function detachedString(text: string): string {
  // `slice` first flattens the concatenation into a new string, which becomes the parent.
  return ` ${text}`.slice(1);
}
