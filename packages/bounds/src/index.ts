/** Bounded resources: what a program holds, and who may hold it. */

export { BoundedQueue, type Bounds } from './bounded-queue.ts';
export { Semaphore } from './semaphore.ts';
export { detachedString, stringBytes } from './string-memory.ts';
