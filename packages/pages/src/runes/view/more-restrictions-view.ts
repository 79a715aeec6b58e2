import type { Model } from '../model.ts';
import { PRESETS } from '../restricting/presets.ts';
import { add, addText, write } from '../state.ts';
import type { Dispatch } from '../store.ts';
import { element, part, setProblem, setValue } from '../../dom.ts';

/** Other ways to add restrictions: presets and text. */
export function moreRestrictionsView(dispatch: Dispatch): (model: Model) => void {
  const closed = part('restricting-closed', HTMLElement);
  const open = part('restricting-open', HTMLElement);
  const form = part('text-form', HTMLFormElement);
  const text = part('text-input', HTMLTextAreaElement);
  const problem = part('text-problem', HTMLElement);

  const buttons = PRESETS.map(({ label, make }) => {
    const button = element('button', { type: 'button', class: 'small' }, label);
    button.addEventListener('click', () => dispatch((state) => add(make(state.now))(state)));
    return button;
  });
  part('presets', HTMLElement).append(...buttons);
  text.addEventListener('input', () => dispatch(write(text.value)));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    dispatch(addText);
    text.focus();
  });

  return ({ state, rune }) => {
    closed.hidden = rune?.isOpen !== false;
    open.hidden = rune?.isOpen !== true;
    setValue(text, state.text);
    setProblem(text, problem, state.textProblem);
  };
}
