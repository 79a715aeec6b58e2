import { ClnrestError, type ClnrestErrorCode } from '../errors.ts';

/** Errors after which the same request can succeed. All others would recur. */
const TRANSIENT: ReadonlySet<ClnrestErrorCode> = new Set([
  'connection_failed',
  'node_away',
  'busy',
  'node_silent',
  'timed_out',
  'too_soon',
]);

const FIRST_MS = 1_000;
const MAX_MS = 60_000;

/** Whether the same request can succeed later. */
export function isTransient(error: unknown): error is ClnrestError {
  return error instanceof ClnrestError && TRANSIENT.has(error.code);
}

/** Milliseconds until the next attempt, doubled with each failure, up to a minute. */
export function backoff(failures: number, firstMs = FIRST_MS): number {
  return Math.min(firstMs * 2 ** Math.min(failures, 10), MAX_MS);
}
