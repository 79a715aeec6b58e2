import { Restriction, type Rune } from '@clnrest/runes';

/** No command has this name, and none is to get it. */
const NOWHERE = 'clnrest-doctor';

/** How the node's refusal ends where it has nothing against the rune but what was added here. */
const OURS = `method is not equal to ${NOWHERE}`;

/**
 * A narrower rune that allows nothing. The node judges it like the rune itself, restriction by restriction, whether it
 * is genuine and blacklisted included, and refuses it in the end: nothing runs, and no use is spent, since a refused
 * check counts as none (observed: `rate` and `per` go by the last check that passed).
 */
export function questionOf(rune: Rune): string {
  return rune.restrict(Restriction.of(`method=${NOWHERE}`)).toBase64();
}

/** Whether a refusal of the question means that the rune itself allows the call. */
export function isYes(message: string): boolean {
  return message.endsWith(OURS);
}

/** Whether showing the rune itself would keep its owner from using it for a while. */
export function hasPace({ restrictions }: Rune): boolean {
  return restrictions.some(({ alternatives }) =>
    alternatives.some(({ fieldname }) => fieldname === 'rate' || fieldname === 'per'),
  );
}
