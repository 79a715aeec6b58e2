import { refusalReason, Rune, RuneSyntaxError } from '@clnrest/runes';

/** A call, as far as a rune looks at it. */
export interface PacedCall {
  readonly method: string;
  /** JSON text. */
  readonly params: string | undefined;
}

const LONGEST = 2n ** 64n;

/** A rune that has anything to say about time between uses; nothing where it has not, or can't be read. */
export function readPacedRune(text: string): Rune | undefined {
  try {
    const rune = Rune.fromBase64(text);
    const isPaced = rune.restrictions
      .flatMap(({ alternatives }) => alternatives)
      .some(({ fieldname }) => fieldname === 'rate' || fieldname === 'per');
    return isPaced ? rune : undefined;
  } catch (error) {
    if (error instanceof RuneSyntaxError) return undefined;
    throw error;
  }
}

/**
 * The milliseconds that must lie between the last use of a rune and this call, 0 where it may follow at
 * once. The judge itself is asked, with last uses ever nearer, so that there is no second reading of
 * `rate`, `per`, their units and their alternatives.
 */
export function pauseBefore(rune: Rune, { method, params }: PacedCall): number {
  const now = BigInt(Date.now()) * 1_000_000n;
  const isTooSoon = (since: bigint): boolean => {
    const reason = refusalReason(rune, { now, method, params }, { lastUsed: () => now - since });
    return reason?.split(' AND ').includes('too soon') === true;
  };
  try {
    if (!isTooSoon(0n)) return 0;
    let tooSoon = 0n;
    let late = LONGEST;
    while (late - tooSoon > 1n) {
      const middle = (tooSoon + late) / 2n;
      if (isTooSoon(middle)) tooSoon = middle;
      else late = middle;
    }
    return Number(late) / 1e6;
  } catch (error) {
    // Parameters that can't be read: the gateway will say so.
    if (error instanceof RuneSyntaxError) return 0;
    throw error;
  }
}
