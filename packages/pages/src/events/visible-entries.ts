import type { Entry } from './entry.ts';
import { type Filter, passes } from './filter.ts';
import type { Kept } from './kept.ts';

/** The entries that the page shows: the newest that match the filter, up to a limit. */
export class VisibleEntries {
  readonly #kept: Kept;
  /** The first number that was not filtered yet. */
  #next = 0;
  entries: readonly Entry[] = [];
  /** Whether older entries match, too. */
  isMore = false;

  constructor(kept: Kept) {
    this.#kept = kept;
  }

  /**
   * Filters all entries again.
   *
   * @param upTo entries from this number on are hidden
   */
  rebuild(filter: Filter, limit: number, upTo = this.#kept.next): void {
    this.entries = [];
    this.isMore = false;
    this.#next = 0;
    this.update(filter, limit, upTo);
  }

  /** Filters only the entries added since the last call. */
  update(filter: Filter, limit: number, upTo = this.#kept.next): void {
    const from = this.#next;
    const found: Entry[] = [];
    for (const entry of this.#kept.newestFirst(from)) {
      if (entry.number >= upTo || !passes(entry, filter)) continue;
      found.push(entry);
      // One more than the limit, to find out whether there are more.
      if (found.length > limit) break;
    }
    const all = [...found, ...this.entries.filter(({ number }) => number >= this.#kept.first)];
    this.isMore = all.length > limit || (this.isMore && all.length === limit);
    this.entries = all.slice(0, limit);
    this.#next = Math.max(from, upTo);
  }
}
