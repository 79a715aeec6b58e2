import { Restriction, type Rune } from '@clnrest/runes';

/** A command name that no plugin registers. */
const NO_COMMAND = 'clnrest-doctor';

/** The end of the node's refusal if only the restriction that is added here fails. */
const EXPECTED_REASON = `method is not equal to ${NO_COMMAND}`;

/**
 * Returns a narrower rune that allows nothing. The node checks it as it checks the rune itself: signature, blacklist, then
 * each restriction. The last one always fails, so no command runs. Nor does the request spend a use: `rate` and `per`
 * count from the last check that passed (observed on lightningd v26.06).
 */
export function toDryRun(rune: Rune): string {
  return rune.restrict(Restriction.of(`method=${NO_COMMAND}`)).toBase64();
}

/** Returns whether the refusal of a dry run means that the rune itself allows the call. */
export function wouldBeAllowed(message: string): boolean {
  return message.endsWith(EXPECTED_REASON);
}

/** Returns whether a use of the rune keeps its owner from using it for a while. */
export function hasRateLimit({ restrictions }: Rune): boolean {
  return restrictions.some(({ alternatives }) =>
    alternatives.some(({ fieldname }) => fieldname === 'rate' || fieldname === 'per'),
  );
}
