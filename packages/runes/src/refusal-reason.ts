import type { Call, Circumstances } from './call.ts';
import { Fields, reasonOf } from './fields.ts';
import { restrictionReason } from './reason-text.ts';
import type { Restriction } from './restriction.ts';
import type { Rune } from './rune.ts';

/**
 * Returns the reason why a rune's restrictions refuse a call, in lightningd's exact words (checkrune's message after
 * `Not permitted: `), or undefined if all restrictions hold.
 *
 * It does not check whether the rune is genuine; `runeRefusal` does.
 *
 * @throws {RuneSyntaxError} if the call's parameters are not a JSON object or array
 *
 * @example
 * ```ts
 * import { refusalReason, Restriction, Rune } from '@clnrest/runes';
 *
 * const rune = Rune.fromBase64('9CsFtt9kKMTzzWxSEB31CFmOnCR6ZEKxfiQAnOmfdUQ9MCZtZXRob2Q9Z2V0aW5mbw==');
 * const now = 1_700_000_000_000_000_000n;
 * refusalReason(rune, { now, method: 'getinfo' }); // => undefined
 * refusalReason(rune, { now, method: 'invoice' }); // => 'method is not equal to getinfo'
 *
 * // Without `lastUsed`, a rate cannot be checked and is refused.
 * const rated = rune.restrict(Restriction.of('rate=1'));
 * refusalReason(rated, { now, method: 'getinfo' }); // => 'the last use is unknown here'
 * refusalReason(rated, { now, method: 'getinfo' }, { lastUsed: () => undefined }); // => undefined
 * ```
 */
export function refusalReason(
  rune: Rune,
  call: Call,
  circumstances: Circumstances = {},
): string | undefined {
  const fields = new Fields(call, circumstances, rune.uniqueId);
  // Malformed parameters are an error, even if the rune does not restrict them.
  fields.parameters();
  for (const restriction of rune.restrictions) {
    const reason = reasonAgainst(restriction, fields);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** Returns undefined if one alternative holds, else the reasons of all alternatives. */
function reasonAgainst(restriction: Restriction, fields: Fields): string | undefined {
  const reasons: string[] = [];
  for (const alternative of restriction.alternatives) {
    const reason = reasonOf(fields.test(alternative));
    if (reason === undefined) return undefined;
    reasons.push(reason);
  }
  return restrictionReason(reasons);
}
