import { Bolt11Error } from '@clnrest/runes/bolt11';
import { FEATURES } from '../features.ts';

const KNOWN = BigInt(`0x${FEATURES.invoice}`);

/**
 * Rejects an invoice that requires a feature which lightningd does not have. BOLT 11: a payment must fail if an unknown even
 * bit is set.
 *
 * @param features - in hex
 * @throws Bolt11Error
 */
export function rejectUnknownFeatures(features: string): void {
  const bits = BigInt(`0x0${features}`);
  for (let bit = 0n; bits >> bit > 0n; bit += 2n) {
    const isRequired = ((bits >> bit) & 1n) === 1n;
    // Each feature has two bits. The odd one makes it optional.
    const isKnown = ((KNOWN >> bit) & 3n) !== 0n;
    if (isRequired && !isKnown) throw new Bolt11Error(`9: unknown feature bit ${bit}`);
  }
}
