import { type Finding, finding, skipped } from './findings.ts';
import type { Observed } from './probe.ts';

const SECOND_MS = 1_000;
const TOLERATED_MS = 10 * SECOND_MS;
const WRONG_MS = 3_600 * SECOND_MS;

/** Returns by how many milliseconds the server's clock is ahead of this one, if the response has a date. */
export function clockAhead({ headers, sentAt, answeredAt }: Observed): number | undefined {
  // A cached response (RFC 9111, 5.1) has the date of the original one.
  if (headers.date === undefined || headers.age !== undefined) return undefined;
  const there = Date.parse(headers.date);
  if (Number.isNaN(there)) return undefined;
  // Date has whole seconds, and the server set it between request and response: compare the midpoints.
  return there + SECOND_MS / 2 - (sentAt + answeredAt) / 2;
}

/** Compares the clocks. The node's clock decides when a rune expires, this machine's when a certificate does. */
export function checkClock(observed: Observed | undefined): Finding {
  const ahead = observed === undefined ? undefined : clockAhead(observed);
  if (ahead === undefined) return skipped('clock', 'the response has no date, or was cached');
  const difference = Math.abs(ahead);
  if (difference <= TOLERATED_MS) {
    return finding('clock', 'clock_right', "agrees with this machine's");
  }
  const found = `${durationText(difference)} ${ahead > 0 ? 'ahead of' : 'behind'} this machine's`;
  const code = difference < WRONG_MS ? 'clock_differs' : 'clock_wrong';
  return finding('clock', code, found, {
    remedy:
      "set the wrong clock (timedatectl): runes expire by the node's clock, certificates by this machine's",
  });
}

function durationText(ms: number): string {
  const seconds = Math.round(ms / SECOND_MS);
  if (seconds < 120) return `${seconds} seconds`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} minutes`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} hours`;
  return `${Math.round(seconds / 86_400)} days`;
}
