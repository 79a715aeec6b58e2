import { element } from '../../dom.ts';

/** So many at once: more nobody reads, and they would keep the browser busy. */
const AT_ONCE = 100;

/**
 * Shows as many items as can be looked at, and a button for more. A rune may have thousands of restrictions, if somebody
 * means no good.
 */
export class LongList<T> {
  readonly #list: HTMLElement;
  readonly #more = element('button', { type: 'button', class: 'small' });
  readonly #make: (item: T, index: number) => HTMLElement;
  #items: readonly T[] = [];
  readonly #step: number;
  #limit: number;

  constructor(
    place: HTMLElement,
    list: HTMLElement,
    make: (item: T, index: number) => HTMLElement,
    step = AT_ONCE,
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
