/**
 * A round-robin queue: each caller has its own queue, and the callers take turns. Before an item of
 * another caller, at most one item of a busy caller is taken.
 */
export class CallerQueue<T> {
  readonly #queues = new Map<string, Set<T>>();

  push(caller: string, item: T): void {
    const queue = this.#queues.get(caller);
    if (queue === undefined) this.#queues.set(caller, new Set([item]));
    else queue.add(item);
  }

  /** Removes and returns the oldest item of the caller whose turn it is. */
  shift(): T | undefined {
    for (const [caller, queue] of this.#queues) {
      this.#queues.delete(caller);
      for (const item of queue) {
        queue.delete(item);
        if (queue.size > 0) this.#queues.set(caller, queue);
        return item;
      }
    }
    return undefined;
  }

  /** Removes an item. Returns whether it was queued. */
  delete(caller: string, item: T): boolean {
    const queue = this.#queues.get(caller);
    if (queue?.delete(item) !== true) return false;
    if (queue.size === 0) this.#queues.delete(caller);
    return true;
  }
}
