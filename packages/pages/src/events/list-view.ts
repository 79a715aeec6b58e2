import type { Entry } from './entry.ts';
import { type Announce, makeRow } from './row.ts';

/**
 * The list in the page, newest first. Open entries stay in the list when newer ones displace them, so that the user can
 * continue reading.
 */
export class ListView {
  readonly #list: HTMLElement;
  readonly #announce: Announce;
  readonly #rows = new Map<number, HTMLLIElement>();

  constructor(list: HTMLElement, announce: Announce) {
    this.#list = list;
    this.#announce = announce;
  }

  /** Shows these entries, newest first. */
  show(entries: readonly Entry[], keep: 'open' | 'none'): void {
    const wanted = new Set(entries.map(({ number }) => number));
    for (const [number, row] of this.#rows) {
      if (wanted.has(number) || (keep === 'open' && isOpen(row))) continue;
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

function isOpen(row: HTMLLIElement): boolean {
  return row.querySelector('details[open]') !== null;
}
