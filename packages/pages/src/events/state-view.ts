import { part, setText } from '../dom.ts';
import { visible } from '../visible.ts';
import { clock } from './moment.ts';
import type { Announce } from './row.ts';
import { announcement, describe, type State } from './state.ts';

/** Shows the state of the connection. */
export class StateView {
  readonly #dot = part('dot', HTMLElement);
  readonly #words = part('state', HTMLElement);
  readonly #announce: Announce;
  #ticking: number | undefined;

  constructor(announce: Announce) {
    this.#announce = announce;
  }

  show(state: State): void {
    clearInterval(this.#ticking);
    this.#write(state);
    if (state.is === 'reconnecting')
      this.#ticking = window.setInterval(() => this.#write(state), 1_000);
    this.#announce(visible(announcement(state)));
  }

  #write(state: State): void {
    const { tone, isBusy, words } = describe(state, Date.now(), clock);
    this.#dot.dataset['tone'] = tone;
    this.#dot.classList.toggle('busy', isBusy);
    setText(this.#words, visible(words));
  }
}
