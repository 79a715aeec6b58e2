import { readPreferences } from './quality.ts';

/**
 * Chooses the media type of a response (RFC 9110, section 12.5.1): of `offers`, the one with the highest
 * quality in the `Accept` header, and the first of several. Returns `undefined` if none is acceptable.
 */
export function chooseMediaType<const T extends string>(
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

/** The quality that the most specific matching range gives to an offer. */
function qualityOf(offer: string, ranges: ReadonlyMap<string, number>): number {
  const kind = `${offer.split('/')[0] ?? ''}/*`;
  return ranges.get(offer) ?? ranges.get(kind) ?? ranges.get('*/*') ?? 0;
}
