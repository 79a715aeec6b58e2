import type { Concern } from '../explaining/concerns.ts';
import { element } from '../../dom.ts';
import { LongList } from './long-list.ts';
import { longText } from './long-text.ts';

const TONES = { danger: 'fail', mistake: 'warn', hint: 'idle' } as const;
const WORDS = { danger: 'Danger', mistake: 'Mistake', hint: 'Note' } as const;

/** The number of notes to show at once, since further notes on a restriction mostly repeat. */
const STEP = 5;

/** Creates a list of notes about a rune or a restriction. */
export function notesIn(place: HTMLElement): LongList<Concern> {
  return new LongList(place, element('div', { class: 'stack tight' }), noteOf, STEP);
}

/** Returns notes that never change, or nothing without concerns. */
export function notesOf(concerns: readonly Concern[]): readonly Node[] {
  if (concerns.length === 0) return [];
  const place = element('div');
  notesIn(place).show(concerns);
  return [place];
}

function noteOf({ severity, message }: Concern): HTMLElement {
  const word = element('strong', {}, `${WORDS[severity]}: `);
  return element('div', { class: 'note', 'data-tone': TONES[severity] }, word, longText(message));
}
