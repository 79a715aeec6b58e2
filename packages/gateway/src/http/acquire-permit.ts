import type { Semaphore } from '@clnrest/bounds';
import { Refusal } from '../refusals.ts';
import type { Origin } from './origin.ts';

/** Releases what was acquired. A second call has no effect. */
export type Release = () => void;

/**
 * Acquires a permit for an origin. Throws a {@link Refusal} (`busy`) if the origin holds its share, or if
 * no permit is free.
 *
 * @param what - the resource, in the plural: `commands`
 */
export function acquirePermit(semaphore: Semaphore, origin: Origin, what: string): Release {
  if (!semaphore.acquire(origin.key)) throw limitReached(semaphore, origin, what);
  let isReleased = false;
  return () => {
    if (!isReleased) semaphore.release(origin.key);
    isReleased = true;
  };
}

/** The refusal for an origin that cannot acquire more. Its detail shows whether the origin holds any permits. */
export function limitReached(semaphore: Semaphore, { key, name }: Origin, what: string): Refusal {
  return Refusal.of('busy', { detail: semaphore.heldBy(key) > 0 ? `${what} ${name}` : what });
}
