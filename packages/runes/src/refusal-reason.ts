import type { Call, Circumstances } from './call.ts';
import { Fields, reasonOf } from './fields.ts';
import { restrictionReason } from './reason-text.ts';
import type { Restriction } from './restriction.ts';
import type { Rune } from './rune.ts';

/**
 * The reason why a rune's restrictions refuse a call, in lightningd's exact words (what its checkrune
 * says after `Not permitted: `), or undefined if all restrictions hold.
 *
 * It does not ask whether the rune is genuine; `runeRefusal` does.
 *
 * @throws {RuneSyntaxError} where the call's parameters are not a JSON object or array
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
 * // Without `lastUsed`, no rate can be judged, and what can't be judged is refused.
 * const rated = rune.restrict(Restriction.of('rate=1'));
 * refusalReason(rated, { now, method: 'getinfo' }); // => "can't judge the last use here"
 * refusalReason(rated, { now, method: 'getinfo' }, { lastUsed: () => undefined }); // => undefined
 * ```
 */
export function refusalReason(
  rune: Rune,
  call: Call,
  circumstances: Circumstances = {},
): string | undefined {
  const fields = new Fields(call, circumstances, rune.uniqueId);
  // Parameters that can't be read are an error, whether or not the rune asks for them.
  fields.parameters();
  for (const restriction of rune.restrictions) {
    const reason = reasonAgainst(restriction, fields);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** One alternative suffices; where none holds, the reasons of all. */
function reasonAgainst(restriction: Restriction, fields: Fields): string | undefined {
  const reasons: string[] = [];
  for (const alternative of restriction.alternatives) {
    const reason = reasonOf(fields.test(alternative));
    if (reason === undefined) return undefined;
    reasons.push(reason);
  }
  return restrictionReason(reasons);
}
