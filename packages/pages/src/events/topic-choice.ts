import { element, setText } from '../dom.ts';
import { visible } from '../visible.ts';
import { KNOWN_TOPICS } from './known-topics.ts';

/** More than these are not offered as buttons: whoever looks for one can type it. */
const MOST_BUTTONS = 24;
const LONGEST = 40;

/** A topic's button, and where its number of notifications stands. */
interface TopicButton {
  readonly button: HTMLButtonElement;
  readonly count: HTMLElement;
}

/** The topics that came, as buttons that are pressed or not, and names to choose from while typing. */
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

  /** What is pressed; nothing where all are to be shown. */
  get chosen(): ReadonlySet<string> {
    return this.#chosen;
  }

  /** Offers what is there, with how many there are of each. */
  offer(counts: ReadonlyMap<string, number>): void {
    for (const topic of counts.keys()) {
      if (this.#buttons.size >= MOST_BUTTONS) break;
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
    const name = visible(topic.slice(0, LONGEST));
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
