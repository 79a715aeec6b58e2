/**
 * The lowest even bit that is set and not supported, or undefined. A reader ignores odd bits (BOLT 9).
 *
 * @param supported - the even bits of supported features
 */
export function unsupportedFeature(
  features: Uint8Array | undefined,
  supported: readonly number[],
): number | undefined {
  if (features === undefined) return undefined;
  for (let bit = 0; bit < features.length * 8; bit += 2) {
    const byte = features[features.length - 1 - (bit >> 3)] ?? 0;
    if (((byte >> (bit & 7)) & 1) === 1 && !supported.includes(bit)) return bit;
  }
  return undefined;
}
