import { copy } from '../../copy.ts';
import { part, setText } from '../../dom.ts';

/** How long the button shows "Copied". */
const MOMENT_MS = 2_000;

/**
 * A button that copies the text of the element below it. If the browser denies that, as over plain http from another host,
 * the button selects the text.
 *
 * @param statusId the id of the element whose text screen readers announce
 */
export function copyButton(id: string, statusId = 'copied'): void {
  const source = part(id, HTMLElement);
  const button = part(`${id}-copy`, HTMLButtonElement);
  const status = part(statusId, HTMLElement);
  const label = button.textContent;
  let timer: number | undefined;
  const showResult = (words: string, announced: string): void => {
    setText(button, words);
    setText(status, announced);
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      setText(button, label);
      setText(status, '');
    }, MOMENT_MS);
  };
  button.addEventListener('click', () => {
    void copyAndShow();
  });
  const copyAndShow = async (): Promise<void> => {
    if (await copy(source.textContent, source)) showResult('Copied', 'Copied.');
    else showResult('Selected', 'Text selected: copy it with your keyboard.');
  };
}
