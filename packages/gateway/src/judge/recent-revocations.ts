import type { RevocationRange } from './revocation.ts';

/** As long as another plugin can delay a command before the node runs it. */
const RECENT_MS = 60_000;
const MAX_RANGES = 1_000;

/** Announced changes of the blacklist that the node may not have made yet. A new gateway takes them over. */
export class RecentRevocations {
  readonly #now: () => number;
  #entries: { readonly range: RevocationRange; readonly at: number }[] = [];

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  add(range: RevocationRange): void {
    this.#entries.push({ range, at: this.#now() });
    if (this.#entries.length > MAX_RANGES) this.#merge();
  }

  ranges(): readonly RevocationRange[] {
    this.#entries = this.#entries.filter(({ at }) => this.#now() < at + RECENT_MS);
    return this.#entries.map(({ range }) => range);
  }

  #merge(): void {
    const ranges = this.#entries.map(({ range }) => range);
    const start = Math.min(...ranges.map((range) => range.start));
    const end = Math.max(...ranges.map((range) => range.end));
    this.#entries = [{ range: { start, end }, at: this.#now() }];
  }
}
