import { element } from '../../dom.ts';

/** What fits on some ten lines of a phone. */
const MUCH = 500;
/** What browsers lay out at once: more of it keeps them busy. */
const TOO_MUCH = 10_000;

/**
 * Text of unknown origin and length. Much of it scrolls in a place of its own, which can be reached with the keyboard,
 * so that the rest of the page stays where it is; too much is shown when it is asked for.
 */
export function longText(text: string, kind: 'words' | 'code' = 'words'): HTMLElement {
  const content = element(kind === 'code' ? 'code' : 'span', {}, text.slice(0, TOO_MUCH));
  if (text.length <= MUCH) return element('p', { class: kind }, content);
  const label = { role: 'group', 'aria-label': `${text.slice(0, 40)}…` };
  const place = element('p', { class: `${kind} endless`, tabindex: '0', ...label }, content);
  if (text.length <= TOO_MUCH) return place;
  const rest = element(
    'button',
    { type: 'button', class: 'small' },
    `Show all ${text.length} characters`,
  );
  rest.addEventListener('click', () => {
    content.textContent = text;
    rest.remove();
    place.focus();
  });
  return element('div', { class: 'stack tight' }, place, element('div', { class: 'row' }, rest));
}
