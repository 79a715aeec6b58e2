import type { Call, Circumstances } from './call.ts';
import { Fields } from './fields.ts';
import type { Restriction } from './restriction.ts';
import type { Rune } from './rune.ts';

/**
 * Judges a call by a rune's restrictions: nothing where all hold, else the reason, in lightningd's
 * exact words (what its checkrune says after `Not permitted: `).
 *
 * It does not ask whether the rune is genuine; `checkRune` does.
 *
 * @throws {RuneSyntaxError} where the call's parameters are not a JSON object or array
 *
 * @example
 * ```ts
 * import { judge, Rune } from '@clnrest/runes';
 *
 * const rune = Rune.fromBase64('9CsFtt9kKMTzzWxSEB31CFmOnCR6ZEKxfiQAnOmfdUQ9MCZtZXRob2Q9Z2V0aW5mbw==');
 * const now = 1_700_000_000_000_000_000n;
 * judge(rune, { now, method: 'getinfo' }); // => undefined
 * judge(rune, { now, method: 'invoice' }); // => 'method is not equal to getinfo'
 * ```
 */
export function judge(
  rune: Rune,
  call: Call,
  circumstances: Circumstances = {},
): string | undefined {
  const fields = new Fields(call, circumstances, rune.uniqueId);
  for (const restriction of rune.restrictions) {
    const reason = reasonAgainst(restriction, fields);
    if (reason !== undefined) return inEnglish(escapeForJson(reason));
  }
  return undefined;
}

/** One alternative suffices; where none holds, the reasons of all. */
function reasonAgainst(restriction: Restriction, fields: Fields): string | undefined {
  const reasons: string[] = [];
  for (const alternative of restriction.alternatives) {
    const reason = fields.test(alternative);
    if (reason === undefined) return undefined;
    reasons.push(reason);
  }
  return reasons.join(' AND ');
}

/** lightningd turns the start of the whole reason into English, and only the start. */
function inEnglish(reason: string): string {
  return reason
    .replace(/^pname/, 'parameter ')
    .replace(/^parr/, 'parameter #')
    .replace(/^pnum/, 'number of parameters')
    .replace(/^pinv/, 'invoice parameter ');
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\b': '\\b',
  '\f': '\\f',
  '\t': '\\t',
  '\r': '\\r',
  '\\': '\\\\',
  '"': '\\"',
};

/** lightningd escapes the reason before it goes, escaped once more, into the reply. */
function escapeForJson(reason: string): string {
  // oxlint-disable-next-line no-control-regex
  return reason.replace(/[\0-\x1f\x7f"\\]/g, (character) => {
    const hex = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    return SHORT_ESCAPES[character] ?? `\\u${hex}`;
  });
}
