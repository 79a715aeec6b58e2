import { element } from '../../dom.ts';

/** Longer texts scroll: about ten lines on a phone. */
const SCROLL_LENGTH = 500;
/** Longer texts are cut, since their layout would slow down the browser. */
const MAX_LENGTH = 10_000;

/**
 * Shows untrusted text of any length. Long text scrolls in a focusable element. Very long text is cut, with a button to show
 * all of it.
 */
export function longText(text: string, kind: 'words' | 'code' = 'words'): HTMLElement {
  const content = element(kind === 'code' ? 'code' : 'span', {}, text.slice(0, MAX_LENGTH));
  if (text.length <= SCROLL_LENGTH) return element('p', { class: kind }, content);
  const label = { role: 'group', 'aria-label': `${text.slice(0, 40)}…` };
  const place = element('p', { class: `${kind} endless`, tabindex: '0', ...label }, content);
  if (text.length <= MAX_LENGTH) return place;
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
