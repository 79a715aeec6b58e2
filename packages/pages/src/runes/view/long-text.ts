import { element } from './dom.ts';

/** What fits on some ten lines of a phone. */
const MUCH = 500;

/**
 * Text of unknown origin and length. Much of it scrolls in a place of its own, which can be reached with the keyboard;
 * the rest of the page stays where it is.
 */
export function longText(text: string, kind: 'words' | 'code' = 'words'): HTMLElement {
  const content = kind === 'code' ? element('code', {}, text) : text;
  if (text.length <= MUCH) return element('p', { class: kind }, content);
  return element(
    'p',
    {
      class: `${kind} endless`,
      tabindex: '0',
      role: 'group',
      'aria-label': `${text.slice(0, 40)}…`,
    },
    content,
  );
}
