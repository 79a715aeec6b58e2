import { part, setProblem } from '../dom.ts';
import { runeMemory } from './rune-memory.ts';
import type { State } from './state.ts';

/** Asks for the rune. It is in the field while the page is open, and elsewhere only where its user asks for that. */
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
      if (!this.#remember.checked) runeMemory.forget();
    });
  }

  /** Connects with a rune that was handed over. */
  take(rune: string): void {
    this.#rune.value = rune;
    this.#submit();
  }

  /** Connects with the rune that this tab remembers, if it does. */
  recall(): void {
    const rune = runeMemory.read();
    this.#remember.checked = rune !== undefined;
    if (rune !== undefined) this.take(rune);
  }

  follow(state: State): void {
    const hadFocus = this.#form.contains(document.activeElement);
    this.#form.hidden = state.is === 'listening' || state.is === 'waiting';
    // Whoever has no mouse goes on where there is something to do.
    if (this.#form.hidden && hadFocus) part('pause', HTMLElement).focus();
    if (!this.#form.hidden && document.activeElement === document.body) this.#open.focus();
    const isRefused = state.is === 'refused';
    setProblem(this.#rune, this.#refusal, isRefused ? state.reason : undefined);
    if (!isRefused) return;
    // It would be refused again.
    runeMemory.forget();
    if (this.#form.contains(document.activeElement)) this.#rune.focus();
  }

  #submit(): void {
    const rune = this.#rune.value.trim();
    if (rune === '') return;
    if (this.#remember.checked) runeMemory.write(rune);
    this.#connect(rune);
  }
}
