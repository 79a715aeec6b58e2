import type { Model } from '../model.ts';
import { clearAll, paste } from '../state.ts';
import type { Dispatch } from '../store.ts';
import { part, setProblem, setText, setValue } from '../../dom.ts';

/** The field for the rune and its status. */
export function pasteView(dispatch: Dispatch): (model: Model) => void {
  const input = part('rune-input', HTMLTextAreaElement);
  const problem = part('rune-problem', HTMLElement);
  const status = part('rune-status', HTMLElement);
  const clear = part('rune-clear', HTMLButtonElement);
  const parts = part('rune-parts', HTMLElement);

  input.addEventListener('input', () => dispatch(paste(input.value)));
  clear.addEventListener('click', () => {
    dispatch(clearAll);
    input.focus();
  });

  return (model) => {
    const { state, pasted } = model;
    setValue(input, state.pasted);
    setProblem(input, problem, pasted.kind === 'problem' ? pasted.words : undefined);
    setText(status, statusOf(model));
    clear.hidden = state.pasted === '' && state.added.length === 0;
    parts.hidden = model.rune === undefined;
  };
}

/** Returns the status, which screen readers announce when it changes. */
function statusOf({ rune, state, pasted }: Model): string {
  if (rune === undefined || pasted.kind !== 'rune') {
    return pasted.kind === 'nothing' ? 'The rune never leaves this page.' : '';
  }
  const warnings = rune.restrictions
    .flatMap(({ concerns }) => concerns)
    .concat(rune.concerns)
    .filter(({ severity }) => severity !== 'hint').length;
  const from = pasted.address === undefined ? '' : `, for ${pasted.address}`;
  const added = state.added.length === 0 ? '' : `, ${state.added.length} of them added`;
  return [
    `A rune with ${counted(rune.restrictions.length, 'restriction')}${added}${from}.`,
    ...(warnings === 0 ? [] : [`${counted(warnings, 'warning')}.`]),
  ].join(' ');
}

function counted(count: number, noun: string): string {
  return `${count === 0 ? 'no' : count} ${noun}${count === 1 ? '' : 's'}`;
}
