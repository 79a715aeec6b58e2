import { copy } from '../../copy.ts';
import { part, setText } from '../../dom.ts';

/** How long a button says that it has copied. */
const MOMENT_MS = 2_000;

/**
 * A button that copies the text of what it stands above. Where the page may not (over plain http, from elsewhere),
 * the text is selected for whoever copies by hand.
 */
export function copyButton(id: string): void {
  const source = part(id, HTMLElement);
  const button = part(`${id}-copy`, HTMLButtonElement);
  const said = part('copied', HTMLElement);
  const label = button.textContent;
  let timer: number | undefined;
  const tell = (words: string, aloud: string): void => {
    setText(button, words);
    setText(said, aloud);
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      setText(button, label);
      setText(said, '');
    }, MOMENT_MS);
  };
  button.addEventListener('click', () => {
    void copyAndTell();
  });
  const copyAndTell = async (): Promise<void> => {
    if (await copy(source.textContent, source)) tell('Copied', 'Copied.');
    else tell('Selected', 'Selected: copy it with your keyboard.');
  };
}
