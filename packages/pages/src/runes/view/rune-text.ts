import type { RunePart } from '../explaining/rune-parts.ts';
import { element } from '../../dom.ts';
import { LongList } from './long-list.ts';
import { longText } from './long-text.ts';

/** Parts to mark in the text, since each is an element. */
const MAX_PARTS = 100;
/** Characters of a part to show in the text. */
const MAX_TEXT = 400;
/** The number of colours in look/runes.css. */
const COLOURS = 6;

/** The text of a rune, with a number and a colour for each part. */
export function runeText(parts: readonly RunePart[]): HTMLElement {
  const marked = parts.slice(0, MAX_PARTS).map(({ text }, i) => {
    const shown = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
    const number = element('sup', { class: 'part-number' }, String(i + 1));
    // The number stays beside the first characters when the line ends.
    const start = element('span', { class: 'part-start' }, number, shown.slice(0, 3));
    return element('span', { class: 'rune-part', ...colourOf(i) }, start, shown.slice(3));
  });
  const rest = parts.length > MAX_PARTS ? ['…'] : [];
  const label = { role: 'group', 'aria-label': 'Parts of the rune’s text', tabindex: '0' };
  return element('p', { class: 'rune-text', ...label }, ...marked, ...rest);
}

/** Shows the meaning of each part, with the same number and colour. */
export function showMeanings(place: HTMLElement, parts: readonly RunePart[]): void {
  place.replaceChildren();
  const list = new LongList<RunePart>(place, element('ol', { class: 'meanings' }), meaningOf, 50);
  list.show(parts);
}

function meaningOf({ decoded, words }: RunePart, index: number): HTMLElement {
  const content = element(
    'div',
    { class: 'stack tight' },
    longText(words),
    longText(decoded, 'code'),
  );
  return element('li', { class: 'rune-part', ...colourOf(index) }, content);
}

function colourOf(index: number): { 'data-part': string } {
  return { 'data-part': String((index % COLOURS) + 1) };
}
