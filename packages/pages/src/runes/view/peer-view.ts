import type { Model } from '../model.ts';
import { addPeer, writePeer } from '../state.ts';
import type { Dispatch } from '../store.ts';
import { part, setProblem, setValue } from '../../dom.ts';

/** The form that restricts the rune to one peer. */
export function peerView(dispatch: Dispatch): (model: Model) => void {
  const form = part('peer-form', HTMLFormElement);
  const input = part('peer-input', HTMLInputElement);
  const problem = part('peer-problem', HTMLElement);

  input.addEventListener('input', () => dispatch(writePeer(input.value)));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    dispatch(addPeer);
    input.focus();
  });

  return ({ state }) => {
    setValue(input, state.peer);
    setProblem(input, problem, state.peerProblem);
  };
}
