import { part, setText } from '../../../dom.ts';

/** A question in a dialog. */
export interface Question {
  readonly title: string;
  readonly content: readonly Node[];
  /** The label of the button that confirms. */
  readonly confirm: string;
  readonly isDangerous: boolean;
}

/** Asks the operator. Resolves with whether the operator confirms; closing the dialog does not. */
export async function confirm({
  title,
  content,
  confirm,
  isDangerous,
}: Question): Promise<boolean> {
  const dialog = part('confirm', HTMLDialogElement);
  const yes = part('confirm-yes', HTMLButtonElement);
  setText(part('confirm-title', HTMLElement), title);
  setText(yes, confirm);
  yes.classList.toggle('danger', isDangerous);
  yes.classList.toggle('primary', !isDangerous);
  part('confirm-text', HTMLElement).replaceChildren(...content);
  // Escape keeps the value of the last time.
  dialog.returnValue = '';
  // The first button, Cancel, gets the focus.
  dialog.showModal();
  await new Promise((resolve) => {
    dialog.addEventListener('close', resolve, { once: true });
  });
  return dialog.returnValue === 'yes';
}

/** Closes the dialog, if it is open, as if the operator had cancelled. */
export function cancelQuestion(): void {
  const dialog = part('confirm', HTMLDialogElement);
  if (dialog.open) dialog.close('');
}
