import { element } from '../../dom.ts';

/** The number of items to show at once, so that long lists do not slow down the browser. */
const STEP = 100;

/**
 * A list that shows a part of its items and a button for more, since a hostile rune can have thousands of restrictions.
 */
export class LongList<T> {
  readonly #list: HTMLElement;
  readonly #more = element('button', { type: 'button', class: 'small', hidden: true });
  readonly #make: (item: T, index: number) => HTMLElement;
  #items: readonly T[] = [];
  readonly #step: number;
  #limit: number;

  constructor(
    place: HTMLElement,
    list: HTMLElement,
    make: (item: T, index: number) => HTMLElement,
    step = STEP,
  ) {
    this.#step = step;
    this.#limit = step;
    this.#list = list;
    this.#make = make;
    this.#more.addEventListener('click', () => {
      const shown = this.#list.childElementCount;
      this.#limit += this.#step;
      this.#append(shown);
    });
    place.append(list, this.#more);
  }

  show(items: readonly T[]): void {
    this.#items = items;
    this.#list.replaceChildren();
    this.#append(0);
  }

  #append(from: number): void {
    const shown = this.#items.slice(from, this.#limit);
    this.#list.append(...shown.map((item, i) => this.#make(item, from + i)));
    this.#list.hidden = this.#items.length === 0;
    const left = this.#items.length - this.#limit;
    this.#more.hidden = left <= 0;
    this.#more.textContent = `Show ${Math.min(left, this.#step)} more of ${this.#items.length}`;
  }
}
