/**
 * Chooses what to answer with: the first of `offers` (media types, the most welcome first) among
 * those that an `Accept` header likes best (RFC 9110, section 12.5.1). `undefined` if it likes none.
 */
export function choose<const T extends string>(
  accept: string | undefined,
  offers: readonly [T, ...T[]],
): T | undefined {
  if (accept === undefined || accept === '*/*' || accept.trim() === '') return offers[0];
  const ranges = accept.split(',').map(readRange);
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

interface Range {
  readonly type: string;
  readonly quality: number;
}

function readRange(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith('q='));
  const value = quality === undefined ? 1 : Number(quality.slice(2));
  return { type, quality: value >= 0 && value <= 1 ? value : 0 };
}

/** What the most specific of the ranges that fit says. */
function qualityOf(offer: string, ranges: readonly Range[]): number {
  const kind = `${offer.split('/')[0] ?? ''}/*`;
  for (const type of [offer, kind, '*/*']) {
    const range = ranges.find((candidate) => candidate.type === type);
    if (range !== undefined) return range.quality;
  }
  return 0;
}
