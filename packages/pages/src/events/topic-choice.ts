import { element, setText } from '../dom.ts';
import { visible } from '../visible.ts';
import { KNOWN_TOPICS } from './known-topics.ts';

/** Limits the number of buttons. Users can type other topics. */
const MAX_BUTTONS = 24;
const MAX_LENGTH = 40;

/** A topic's button and its counter. */
interface TopicButton {
  readonly button: HTMLButtonElement;
  readonly count: HTMLElement;
}

/** The received topics as toggle buttons, and suggestions for the text filter. */
export class TopicChoice {
  readonly #place: HTMLElement;
  readonly #suggestions: HTMLElement;
  readonly #changed: () => void;
  readonly #buttons = new Map<string, TopicButton>();
  readonly #chosen = new Set<string>();
  readonly #suggested = new Set<string>();

  constructor(place: HTMLElement, suggestions: HTMLElement, changed: () => void) {
    this.#place = place;
    this.#suggestions = suggestions;
    this.#changed = changed;
    for (const topic of KNOWN_TOPICS) this.#suggest(topic);
  }

  /** The pressed topics; an empty set shows all topics. */
  get chosen(): ReadonlySet<string> {
    return this.#chosen;
  }

  /** Updates the buttons and their counters. */
  update(counts: ReadonlyMap<string, number>): void {
    for (const topic of counts.keys()) {
      if (this.#buttons.size >= MAX_BUTTONS) break;
      if (!this.#buttons.has(topic)) this.#add(topic);
    }
    for (const [topic, { button, count }] of this.#buttons) {
      const there = counts.get(topic) ?? 0;
      if (there > 0 || this.#chosen.has(topic)) {
        setText(count, there.toLocaleString());
      } else {
        button.remove();
        this.#buttons.delete(topic);
      }
    }
  }

  #add(topic: string): void {
    const count = element('span', { class: 'count' });
    const name = visible(topic.slice(0, MAX_LENGTH));
    const button = element(
      'button',
      { type: 'button', class: 'small mono', 'aria-pressed': 'false' },
      name,
      ' ',
      count,
    );
    button.addEventListener('click', () => {
      const isChosen = !this.#chosen.delete(topic);
      if (isChosen) this.#chosen.add(topic);
      button.setAttribute('aria-pressed', String(isChosen));
      this.#changed();
    });
    this.#buttons.set(topic, { button, count });
    this.#place.append(button);
    this.#suggest(topic);
  }

  #suggest(topic: string): void {
    if (this.#suggested.has(topic) || this.#suggested.size > 100) return;
    this.#suggested.add(topic);
    this.#suggestions.append(element('option', { value: topic }));
  }
}
