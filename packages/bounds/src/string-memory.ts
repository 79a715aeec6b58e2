/** A character beyond ASCII. */
// eslint-disable-next-line no-control-regex
const BEYOND_ASCII = /[^\x00-\x7f]/;

/** What a string costs besides its characters: header, length, hash and the reference to it. */
const STRING_OVERHEAD = 32;

/**
 * The bytes that a string holds. Engines store a character in one byte or, if any character of the
 * string needs it, in two. Where the border lies depends on how the string was made, so every string
 * that is not ASCII counts two: the estimate is never too low.
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
 * Copies a string so that it holds its own characters only. Engines make `slice`, `split`, `trim`
 * and captures of regular expressions point into the string that they cut from: ten characters of a
 * text of 100 MB keep all of it. Copy a cut text before you keep it for long.
 *
 * @example
 * ```ts
 * import { detachedString } from '@clnrest/bounds';
 * const line = 'x'.repeat(1_000_000).slice(0, 20);
 * detachedString(line) === line // => true
 * ```
 */
export function detachedString(text: string): string {
  // A concatenation is flattened into a new string before it is cut, which is then the parent.
  return ` ${text}`.slice(1);
}
