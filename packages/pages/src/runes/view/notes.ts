import type { Concern } from '../reading/concerns.ts';
import { element } from './dom.ts';

const TONES = { danger: 'fail', mistake: 'warn', hint: 'info' } as const;
const WORDS = { danger: 'Danger', mistake: 'Mistake', hint: 'Good to know' } as const;

/** Something about a rune, so that it is noticed. */
export function noteOf({ severity, message }: Concern): HTMLElement {
  const word = element('strong', {}, `${WORDS[severity]}: `);
  return element('p', { class: 'note', 'data-tone': TONES[severity] }, word, message);
}
