import type { Semaphore } from '@clnrest/bounds';
import { Refusal } from '../errors.ts';
import type { Origin } from './origin.ts';

/** Returns what was acquired. A second call does nothing. */
export type Release = () => void;

/**
 * Acquires a permit for an origin. Throws a {@link Refusal} (`busy`) if the origin holds its share already,
 * or if no permit is free.
 *
 * @param what - what a permit stands for, in the plural: `commands`
 */
export function acquirePermit(semaphore: Semaphore, origin: Origin, what: string): Release {
  if (!semaphore.acquire(origin.key)) throw busy(semaphore, origin, what);
  let isReleased = false;
  return () => {
    if (!isReleased) semaphore.release(origin.key);
    isReleased = true;
  };
}

/** The refusal for an origin that can't acquire more. It says whether the origin itself holds some. */
export function busy(semaphore: Semaphore, { key, name }: Origin, what: string): Refusal {
  return Refusal.of('busy', { detail: semaphore.heldBy(key) > 0 ? `${what} ${name}` : what });
}
