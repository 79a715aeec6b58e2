import { part, setText } from '../dom.ts';
import { matches } from './matches.ts';

/** Shows the field above the list of commands, which hides the commands that do not match. */
export function startCommandFilter(): void {
  const list = document.querySelector('.command-list');
  if (list === null) return;
  const field = part('command-filter', HTMLInputElement);
  const count = part('command-count', HTMLElement);
  const sections = [...list.querySelectorAll('section')];
  const filter = (): void => {
    const shown = sections.map((section) => filterSection(section, field.value));
    const total = shown.reduce((sum, each) => sum + each, 0);
    setText(count, field.value.trim() === '' ? '' : inWords(total));
  };
  field.addEventListener('input', filter);
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') list.querySelector<HTMLElement>('li:not([hidden]) > a')?.click();
  });
  for (const place of list.querySelectorAll<HTMLElement>('.command-filter')) place.hidden = false;
}

/** Returns how many commands of the section match. */
function filterSection(section: HTMLElement, words: string): number {
  const items = [...section.querySelectorAll('li')];
  for (const item of items) item.hidden = !matches(item.textContent, words);
  const shown = items.filter(({ hidden }) => !hidden).length;
  section.hidden = shown === 0;
  return shown;
}

function inWords(total: number): string {
  if (total === 0) return 'No command matches.';
  return total === 1 ? '1 command matches.' : `${total} commands match.`;
}
