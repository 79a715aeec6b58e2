import {
  bytesFromText,
  isValidUtf8,
  type Restriction,
  type Rune,
  summarize,
  uniqueIdNumber,
} from '@clnrest/runes';

/** What lightningd's decode says of a rune, member by member. */
export function decodedRune(rune: Rune, nowSeconds: bigint): Record<string, unknown> {
  const string = rune.toString();
  if (!isValidUtf8(string)) {
    return {
      type: 'rune',
      hex: Buffer.from(bytesFromText(string)).toString('hex'),
      warning_rune_invalid_utf8: 'Rune contains invalid UTF-8 strings',
      valid: false,
    };
  }
  return {
    type: 'rune',
    ...(rune.uniqueId === undefined ? {} : { unique_id: rune.uniqueId }),
    ...(rune.version === undefined ? {} : { version: rune.version }),
    string,
    restrictions: rune.restrictions.map((restriction: Restriction) => ({
      alternatives: restriction.alternatives.map(String),
      summary: summarize(restriction, nowSeconds),
    })),
    valid: true,
  };
}

/** Whether a node of Core Lightning takes the id: a number of at most 63 bits. */
export function hasNumericId(rune: Rune): boolean {
  return rune.uniqueId !== undefined && uniqueIdNumber(rune.uniqueId) !== undefined;
}
