import { readPreferences } from './quality.ts';

/** A supported content coding. */
export type Coding = 'br' | 'gzip';

/**
 * Chooses the coding of a response (RFC 9110, section 12.5.3): of `offers`, the one with the highest
 * quality in the `Accept-Encoding` header, and the first of several. Returns `undefined` if none is
 * acceptable, or if the header prefers `identity`: the response is then sent without a coding.
 */
export function chooseCoding(
  header: string | string[] | undefined,
  offers: readonly Coding[],
): Coding | undefined {
  if (typeof header !== 'string') return undefined;
  const preferences = readPreferences(header);
  const rest = preferences.get('*') ?? 0;
  let best: Coding | undefined;
  // The header gives an unnamed `identity` no quality: any acceptable coding is preferred to it.
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
