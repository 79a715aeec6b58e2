import { part, setText } from '../../../dom.ts';
import type { NodeRune } from '../node-rune.ts';
import type { RunesState } from '../node-runes.ts';
import { ALL_RUNES, ORDERS, queryRunes, type RuneQuery, STATES } from '../rune-query.ts';
import { type RowActions, type RowContext, runeRow } from './rune-row.ts';

/** The number of rows to show at once: a node can have thousands of runes. */
const STEP = 50;

/** The list of the node's runes, with search, filter and order. */
export class RuneListView {
  readonly #card = part('listing', HTMLElement);
  readonly #words = part('list-words', HTMLInputElement);
  readonly #shown = part('list-shown', HTMLSelectElement);
  readonly #order = part('list-order', HTMLSelectElement);
  readonly #count = part('list-count', HTMLElement);
  readonly #list = part('rune-list', HTMLElement);
  readonly #more = part('list-more', HTMLButtonElement);
  readonly #actions: Omit<RowActions, 'isOpen' | 'setOpen'>;
  readonly #now: () => bigint;
  readonly #open = new Set<bigint>();
  /** The rows of runes that have not changed. */
  #rows = new WeakMap<NodeRune, HTMLElement>();
  #limit = STEP;
  #query: RuneQuery = ALL_RUNES;
  #state: RunesState | undefined;

  constructor(now: () => bigint, actions: Omit<RowActions, 'isOpen' | 'setOpen'>) {
    this.#now = now;
    this.#actions = actions;
    for (const control of [this.#words, this.#shown, this.#order]) {
      control.addEventListener('input', () => this.#changeQuery());
    }
    this.#more.addEventListener('click', () => {
      const from = this.#limit;
      this.#limit += STEP;
      this.#render();
      // The button can be gone: continue in the first new row.
      this.#list.children[from]?.querySelector<HTMLElement>('button')?.focus();
    });
  }

  /** Shows a state, unless the list is the same. */
  update(state: RunesState): void {
    const before = this.#state;
    this.#state = state;
    if (state.session !== before?.session) this.#rows = new WeakMap();
    if (state.session === undefined) this.#open.clear();
    if (
      state.runes !== before?.runes ||
      state.session !== before.session ||
      state.list.is !== before.list.is
    ) {
      this.#render();
    }
  }

  /** Updates the times. */
  refresh(): void {
    if ((this.#state?.runes.length ?? 0) === 0) return;
    this.#rows = new WeakMap();
    this.#render();
  }

  /** Focuses the button of a row, or else the heading. */
  focus(rune: NodeRune, action: string): void {
    const row = `[data-rune="${rune.id}"] [data-action="${action}"]`;
    const button = this.#list.querySelector<HTMLElement>(row);
    (button ?? part('listing-title', HTMLElement)).focus();
  }

  #changeQuery(): void {
    this.#query = {
      words: this.#words.value,
      state: STATES.find((each) => each === this.#shown.value) ?? 'all',
      order: ORDERS.find((each) => each === this.#order.value) ?? 'newest',
    };
    this.#limit = STEP;
    this.#render();
  }

  #render(): void {
    const state = this.#state;
    if (state?.session === undefined) {
      this.#list.replaceChildren();
      return;
    }
    const { runes, list, session } = state;
    const context: RowContext = {
      now: this.#now(),
      ownId: session.ownId,
      canRevoke: session.powers.blacklistrune === undefined,
    };
    this.#card.hidden = runes.length === 0 && list.is === 'failed';
    const found = queryRunes(runes, this.#query, context.now);
    const rows = found.slice(0, this.#limit).map((rune) => this.#rowOf(rune, context));
    this.#replaceRows(rows);
    const left = found.length - rows.length;
    this.#more.hidden = left <= 0;
    setText(this.#more, `Show ${Math.min(left, STEP)} more of ${found.length}`);
    setText(this.#count, countInWords(runes.length, found.length, list.is === 'loading'));
  }

  #rowOf(rune: NodeRune, context: RowContext): HTMLElement {
    const known = this.#rows.get(rune);
    if (known !== undefined) return known;
    const row = runeRow(rune, context, {
      ...this.#actions,
      isOpen: ({ id }) => this.#open.has(id),
      setOpen: ({ id }, isOpen) => {
        if (isOpen) this.#open.add(id);
        else this.#open.delete(id);
      },
    });
    this.#rows.set(rune, row);
    return row;
  }

  /** Replaces the rows. An element that moves loses the focus, so the same button gets it again. */
  #replaceRows(rows: readonly HTMLElement[]): void {
    const focused = document.activeElement;
    const action = focused instanceof HTMLElement ? focused.dataset['action'] : undefined;
    const id = focused?.closest<HTMLElement>('[data-rune]')?.dataset['rune'];
    this.#list.replaceChildren(...rows);
    if (id === undefined || action === undefined || focused === document.activeElement) return;
    this.#list.querySelector<HTMLElement>(`[data-rune="${id}"] [data-action="${action}"]`)?.focus();
  }
}

function countInWords(all: number, found: number, isLoading: boolean): string {
  if (isLoading && all === 0) return '';
  if (all === 0) return 'The node has created no rune yet.';
  const total = all === 1 ? '1 rune' : `${all} runes`;
  if (found === all) return `${total}.`;
  return found === 0 ? `No rune of ${all} matches.` : `${found} of ${total}.`;
}
