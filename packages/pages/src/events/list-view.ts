import type { Entry } from './entry.ts';
import { type Announce, makeRow } from './row.ts';

/**
 * The list in the page: the newest on top, and no more of them than are asked for. What is unfolded stays
 * while newer ones push others out, so that nobody loses what he reads.
 */
export class ListView {
  readonly #list: HTMLElement;
  readonly #announce: Announce;
  readonly #rows = new Map<number, HTMLLIElement>();

  constructor(list: HTMLElement, announce: Announce) {
    this.#list = list;
    this.#announce = announce;
  }

  /** Shows these, which come newest first. */
  show(entries: readonly Entry[], keep: 'unfolded' | 'none'): void {
    const wanted = new Set(entries.map(({ number }) => number));
    for (const [number, row] of this.#rows) {
      if (wanted.has(number) || (keep === 'unfolded' && isUnfolded(row))) continue;
      row.remove();
      this.#rows.delete(number);
    }
    let next = this.#list.firstElementChild;
    for (const entry of entries) {
      const there = this.#rows.get(entry.number);
      if (there !== undefined) {
        next = there.nextElementSibling;
        continue;
      }
      const row = makeRow(entry, this.#announce);
      this.#rows.set(entry.number, row);
      this.#list.insertBefore(row, next);
    }
  }

  get size(): number {
    return this.#rows.size;
  }
}

function isUnfolded(row: HTMLLIElement): boolean {
  return row.querySelector('details[open]') !== null;
}
