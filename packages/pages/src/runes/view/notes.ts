import type { Concern } from '../reading/concerns.ts';
import { element } from '../../dom.ts';
import { LongList } from './long-list.ts';
import { longText } from './long-text.ts';

const TONES = { danger: 'fail', mistake: 'warn', hint: 'idle' } as const;
const WORDS = { danger: 'Danger', mistake: 'Mistake', hint: 'Good to know' } as const;

/** More than that of one restriction say the same again. */
const AT_ONCE = 5;

/** Where notes are shown: what is to be noticed about a rune or a restriction. */
export function notesIn(place: HTMLElement): LongList<Concern> {
  return new LongList(place, element('div', { class: 'stack tight' }), noteOf, AT_ONCE);
}

/** Notes that never change, with nothing around them where there are none. */
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
