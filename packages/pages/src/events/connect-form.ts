import { part, setProblem } from '../dom.ts';
import { runeMemory } from './rune-memory.ts';
import type { State } from './state.ts';

/** The form for the rune. The rune stays in the field, and in the tab's storage only if the user ticks the box. */
export class ConnectForm {
  readonly #form = part('connect', HTMLFormElement);
  readonly #rune = part('rune', HTMLInputElement);
  readonly #open = part('open', HTMLButtonElement);
  readonly #remember = part('remember', HTMLInputElement);
  readonly #refusal = part('refusal', HTMLElement);
  readonly #connect: (rune: string) => void;

  constructor(connect: (rune: string) => void) {
    this.#connect = connect;
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#remember.addEventListener('change', () => {
      if (!this.#remember.checked) runeMemory.clear();
    });
  }

  /** Connects with a rune, for example one from the page's address. */
  connectWith(rune: string): void {
    this.#rune.value = rune;
    this.#submit();
  }

  /** Connects with the rune that this tab remembers, if any. */
  restore(): void {
    const rune = runeMemory.read();
    this.#remember.checked = rune !== undefined;
    if (rune !== undefined) this.connectWith(rune);
  }

  update(state: State): void {
    const hadFocus = this.#form.contains(document.activeElement);
    this.#form.hidden = state.is === 'connected' || state.is === 'reconnecting';
    // Keeps the keyboard focus on a visible control.
    if (this.#form.hidden && hadFocus) part('pause', HTMLElement).focus();
    if (!this.#form.hidden && document.activeElement === document.body) this.#open.focus();
    const isRefused = state.is === 'refused';
    setProblem(this.#rune, this.#refusal, isRefused ? state.reason : undefined);
    if (!isRefused) return;
    // The node would refuse the rune again.
    runeMemory.clear();
    if (this.#form.contains(document.activeElement)) this.#rune.focus();
  }

  #submit(): void {
    const rune = this.#rune.value.trim();
    if (rune === '') return;
    if (this.#remember.checked) runeMemory.write(rune);
    this.#connect(rune);
  }
}
