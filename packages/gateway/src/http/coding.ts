import { readPreferences } from './quality.ts';

/** A way in which we compress. */
export type Coding = 'br' | 'gzip';

/**
 * Chooses how to compress an answer: the first of `offers` among those that an `Accept-Encoding` header
 * likes best, if it likes them no less than an answer as it is (RFC 9110, section 12.5.3). `undefined` if
 * it is to be sent as it is, which is always understood.
 */
export function chooseCoding(
  header: string | string[] | undefined,
  offers: readonly Coding[],
): Coding | undefined {
  if (typeof header !== 'string') return undefined;
  const preferences = readPreferences(header);
  const rest = preferences.get('*') ?? 0;
  let best: Coding | undefined;
  // What is not named is welcome only if nothing better is.
  let bestQuality = preferences.get('identity') ?? 0;
  for (const offer of offers) {
    const quality = preferences.get(offer) ?? preferences.get(ALIASES[offer]) ?? rest;
    if (quality > bestQuality || (best === undefined && quality === bestQuality && quality > 0)) {
      best = offer;
      bestQuality = quality;
    }
  }
  return best;
}

/** RFC 9110, section 8.4.1.3. */
const ALIASES: Readonly<Record<Coding, string>> = { br: 'br', gzip: 'x-gzip' };
