import { readPreferences } from './quality.ts';

/**
 * Chooses what to answer with: the first of `offers` (media types, the most welcome first) among
 * those that an `Accept` header likes best (RFC 9110, section 12.5.1). `undefined` if it likes none.
 */
export function choose<const T extends string>(
  accept: string | undefined,
  offers: readonly [T, ...T[]],
): T | undefined {
  if (accept === undefined || accept === '*/*' || accept.trim() === '') return offers[0];
  if (accept === offers[0]) return offers[0];
  const ranges = readPreferences(accept);
  let best: T | undefined;
  let bestQuality = 0;
  for (const offer of offers) {
    const quality = qualityOf(offer, ranges);
    if (quality > bestQuality) {
      best = offer;
      bestQuality = quality;
    }
  }
  return best;
}

/** What the most specific of the ranges that fit says. */
function qualityOf(offer: string, ranges: ReadonlyMap<string, number>): number {
  const kind = `${offer.split('/')[0] ?? ''}/*`;
  return ranges.get(offer) ?? ranges.get(kind) ?? ranges.get('*/*') ?? 0;
}
