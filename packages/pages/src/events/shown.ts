import type { Entry } from './entry.ts';
import { type Filter, passes } from './filter.ts';
import type { Kept } from './kept.ts';

/** Which of what is kept stands in the page: the newest that pass the filter, up to a limit. */
export class Shown {
  readonly #kept: Kept;
  /** What has this number or a later one was not looked at yet. */
  #next = 0;
  entries: readonly Entry[] = [];
  /** Older ones would pass, too. */
  isMore = false;

  constructor(kept: Kept) {
    this.#kept = kept;
  }

  /**
   * Chooses anew from all.
   *
   * @param upTo what has this number or a later one waits
   */
  choose(filter: Filter, limit: number, upTo = this.#kept.next): void {
    this.entries = [];
    this.isMore = false;
    this.#next = 0;
    this.advance(filter, limit, upTo);
  }

  /** Looks at what came since, and at nothing else. */
  advance(filter: Filter, limit: number, upTo = this.#kept.next): void {
    const from = this.#next;
    const found: Entry[] = [];
    for (const entry of this.#kept.newestFirst(from)) {
      if (entry.number >= upTo || !passes(entry, filter)) continue;
      found.push(entry);
      // One more than are shown, to know that it is there.
      if (found.length > limit) break;
    }
    const all = [...found, ...this.entries.filter(({ number }) => number >= this.#kept.first)];
    this.isMore = all.length > limit || (this.isMore && all.length === limit);
    this.entries = all.slice(0, limit);
    this.#next = Math.max(from, upTo);
  }
}
