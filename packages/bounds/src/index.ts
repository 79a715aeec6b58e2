/** Limits for memory and for shared resources. */

export { BoundedQueue, type Bounds } from './bounded-queue.ts';
export { onAbort } from './on-abort.ts';
export { Semaphore } from './semaphore.ts';
export { detachedString, stringBytes } from './string-memory.ts';
export { TokenBucket } from './token-bucket.ts';
