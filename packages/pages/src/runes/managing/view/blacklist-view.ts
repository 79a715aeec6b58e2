import { element, part, setProblem } from '../../../dom.ts';
import { LongList } from '../../view/long-list.ts';
import { type IdRange, rangeInWords, readIdRange } from '../blacklist.ts';
import type { NodeRunes, RunesState } from '../node-runes.ts';

/** The list of revoked ids, and the form for several ids. */
export class BlacklistView {
  readonly #fold = part('blacklist-fold', HTMLDetailsElement);
  readonly #problem = part('blacklist-problem', HTMLElement);
  readonly #empty = part('blacklist-empty', HTMLElement);
  readonly #list: LongList<IdRange>;
  readonly #runes: NodeRunes;
  readonly #ask: (range: IdRange, isRevoked: boolean) => Promise<void>;
  #shown: readonly IdRange[] | undefined;

  /** @param ask asks the operator, and revokes or restores ids */
  constructor(runes: NodeRunes, ask: (range: IdRange, isRevoked: boolean) => Promise<void>) {
    this.#runes = runes;
    this.#ask = ask;
    const list = element('ul', { class: 'list', 'aria-label': 'Revoked ids' });
    this.#list = new LongList(part('blacklist', HTMLElement), list, (range) => this.#itemOf(range));
    this.#fold.addEventListener('toggle', () => {
      if (this.#fold.open) void this.#load();
    });
    part('range-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  update({ session, blacklist }: RunesState): void {
    if (session === undefined) this.#fold.open = false;
    const refusal = session?.powers.blacklistrune;
    const closed = part('revoking-closed', HTMLElement);
    closed.hidden = refusal === undefined;
    closed.textContent =
      refusal === undefined ? '' : `Your rune does not allow blacklistrune: ${refusal}.`;
    part('revoking-open', HTMLElement).hidden = refusal !== undefined;
    if (blacklist === this.#shown) return;
    this.#shown = blacklist;
    this.#empty.hidden = blacklist?.length !== 0;
    this.#list.show(blacklist ?? []);
  }

  async #load(): Promise<void> {
    this.#problem.hidden = true;
    try {
      await this.#runes.loadBlacklist();
    } catch (error) {
      this.#problem.textContent = error instanceof Error ? error.message : String(error);
      this.#problem.hidden = false;
    }
  }

  #itemOf(range: IdRange): HTMLElement {
    const words = rangeInWords(range);
    const restore = element(
      'button',
      { type: 'button', class: 'small', 'aria-label': `Restore ${words}` },
      'Restore …',
    );
    restore.addEventListener('click', () => void this.#ask(range, false));
    return element(
      'li',
      {},
      element('div', { class: 'row apart' }, element('span', { class: 'figures' }, words), restore),
    );
  }

  #submit(): void {
    const first = part('range-first', HTMLInputElement);
    const last = part('range-last', HTMLInputElement);
    const range = readIdRange(first.value, last.value);
    const problem = 'problem' in range ? range.problem : undefined;
    setProblem(first, part('range-problem', HTMLElement), problem);
    if ('problem' in range) first.focus();
    else void this.#ask(range, true);
  }
}
