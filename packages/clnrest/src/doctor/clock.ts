import { type Finding, finding, leftOut } from './findings.ts';
import type { Observed } from './probe.ts';

const SECOND_MS = 1_000;
const TOLERATED_MS = 10 * SECOND_MS;
const WRONG_MS = 3_600 * SECOND_MS;

/** How far the server's clock is ahead of this one, in milliseconds; nothing where it does not tell. */
export function clockAhead({ headers, sentAt, answeredAt }: Observed): number | undefined {
  // What a cache has kept has the date of then.
  if (headers.date === undefined || headers.age !== undefined) return undefined;
  const there = Date.parse(headers.date);
  if (Number.isNaN(there)) return undefined;
  // It is told in whole seconds, and made up on the way: the middle of both is nearest.
  return there + SECOND_MS / 2 - (sentAt + answeredAt) / 2;
}

/** Compares the clocks: whether a rune has expired is seen by the node's, a certificate by ours. */
export function checkClock(observed: Observed | undefined): Finding {
  const ahead = observed === undefined ? undefined : clockAhead(observed);
  if (ahead === undefined) return leftOut('clock', 'the answer has no date of its own');
  const off = Math.abs(ahead);
  if (off <= TOLERATED_MS) return finding('clock', 'clock_right', 'the same as here');
  const found = `${lengthOf(off)} ${ahead > 0 ? 'ahead of' : 'behind'} this machine's`;
  const code = off < WRONG_MS ? 'clock_differs' : 'clock_wrong';
  return finding('clock', code, found, {
    remedy:
      "set the one that is wrong (timedatectl): times in runes go by the node's, and certificates by this one",
  });
}

function lengthOf(ms: number): string {
  const seconds = Math.round(ms / SECOND_MS);
  if (seconds < 120) return `${seconds} seconds`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} minutes`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} hours`;
  return `${Math.round(seconds / 86_400)} days`;
}
