/** Limits that no bound exceeds, since integers in runes have 64 bits. */
export const MIN_BOUND = -(2n ** 64n);
export const MAX_BOUND = 2n ** 64n;

export function highest(bounds: readonly bigint[], least: bigint): bigint {
  return bounds.reduce((most, bound) => (bound > most ? bound : most), least);
}

export function lowest(bounds: readonly bigint[], most: bigint): bigint {
  return bounds.reduce((least, bound) => (bound < least ? bound : least), most);
}
