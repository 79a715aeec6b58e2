import { bytesToHex } from '@noble/hashes/utils.js';
import { Rune } from './rune.ts';
import { summarize } from './summary.ts';
import { bytesFromText, isValidUtf8 } from './text.ts';

/** The result of lightningd's decode for a rune: its parts, or its bytes in hex if they are not valid UTF-8. */
export type DecodedRune =
  | {
      readonly type: 'rune';
      readonly unique_id?: string;
      readonly version?: string;
      /** As secret as the rune. */
      readonly string: string;
      readonly restrictions: readonly {
        readonly alternatives: readonly string[];
        readonly summary: string;
      }[];
      readonly valid: true;
    }
  | {
      readonly type: 'rune';
      readonly hex: string;
      readonly warning_rune_invalid_utf8: string;
      readonly valid: false;
    };

/**
 * Returns the result of lightningd's decode for a rune, with the same members in the same order. Like lightningd, it
 * ignores an empty restriction, which no node accepts.
 *
 * @param now the time that the summaries' "ago" and "from now" refer to, in seconds since 1970
 *
 * @example
 * ```ts
 * import { decodedRune, Rune } from '@clnrest/runes';
 *
 * const rune = Rune.fromBase64('q9n7-c4WnPdZCiUCRbmEaZ1SzJj9-vMyK70_EVHJGvI9MiZtZXRob2Q9Z2V0aW5mbw==');
 * decodedRune(rune, 0n);
 * // => { type: 'rune', unique_id: '2', string: 'abd9fbf9ce169cf7590a250245b984699d52cc98fdfaf3322bbd3f1151c91af2:=2&method=getinfo', restrictions: [{ alternatives: ['method=getinfo'], summary: "method (of command) equal to 'getinfo'" }], valid: true }
 * ```
 */
export function decodedRune(given: Rune, now: bigint): DecodedRune {
  const { code, uniqueId, version } = given;
  const restrictions = given.restrictions.filter(({ alternatives }) => alternatives.length > 0);
  const string = new Rune(code, uniqueId, version, restrictions).toString();
  if (!isValidUtf8(string)) {
    return {
      type: 'rune',
      hex: bytesToHex(bytesFromText(string)),
      warning_rune_invalid_utf8: 'Rune contains invalid UTF-8 strings',
      valid: false,
    };
  }
  return {
    type: 'rune',
    ...(uniqueId === undefined ? {} : { unique_id: uniqueId }),
    ...(version === undefined ? {} : { version }),
    string,
    restrictions: restrictions.map((restriction) => ({
      alternatives: restriction.alternatives.map(String),
      summary: summarize(restriction, now),
    })),
    valid: true,
  };
}
