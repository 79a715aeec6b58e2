import { refusalReason, Rune, RuneSyntaxError } from '@clnrest/runes';

/** The parts of a call that a rune restricts. */
export interface PacedCall {
  readonly method: string;
  /** JSON text. */
  readonly params: string | undefined;
}

const MAX_PAUSE_NS = 2n ** 64n;

/** Returns the rune if it has a `rate` or `per` restriction; `undefined` if it has none or cannot be read. */
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
 * Returns the milliseconds that must pass between the last use of a rune and this call; 0 if the call is allowed
 * immediately. A binary search over the last use calls `refusalReason`, so that `rate`, `per`, their units and their
 * alternatives are interpreted in one place.
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
    let late = MAX_PAUSE_NS;
    while (late - tooSoon > 1n) {
      const middle = (tooSoon + late) / 2n;
      if (isTooSoon(middle)) tooSoon = middle;
      else late = middle;
    }
    return Number(late) / 1e6;
  } catch (error) {
    // The gateway rejects malformed parameters with an error of its own.
    if (error instanceof RuneSyntaxError) return 0;
    throw error;
  }
}
