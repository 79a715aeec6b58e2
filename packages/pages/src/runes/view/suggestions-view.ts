import { memoizeLast } from '../memoize-last.ts';
import type { Model } from '../model.ts';
import { FIELDS } from '../restricting/fields.ts';
import { suggestedCommand } from '../restricting/suggested.ts';
import { type Command, usageOf } from '../node/commands.ts';
import { suggestFor } from '../state.ts';
import type { Dispatch } from '../store.ts';
import { element, part, setText, setValue } from '../../dom.ts';

/** Suggestions of the inputs: the node's commands, and the parameters of one command. */
export function suggestionsView(dispatch: Dispatch): (model: Model) => void {
  const names = part('commands', HTMLDataListElement);
  const parameters = part('parameters', HTMLDataListElement);
  const positions = part('positions', HTMLDataListElement);
  const field = part('about-field', HTMLElement);
  const about = part('about', HTMLInputElement);
  const usage = part('about-usage', HTMLElement);

  about.addEventListener('input', () => dispatch(suggestFor(about.value)));
  const suggestNames = memoizeLast((commands: readonly Command[]) =>
    names.replaceChildren(...commands.map(({ name }) => element('option', { value: name }))),
  );
  const suggestParameters = memoizeLast((command: Command | undefined) => {
    const all = command?.parameters ?? [];
    parameters.replaceChildren(...all.map(({ name }) => element('option', { value: name })));
    positions.replaceChildren(
      ...all.map(({ name }, i) => element('option', { value: String(i), label: name })),
    );
  });

  return ({ state, rune }) => {
    const { draft, callForm, commands = [] } = state;
    const needsParameters = draft.some(({ kind }) =>
      /^(?:parameter|position)$/.test(FIELDS[kind].detail ?? ''),
    );
    const isShown = needsParameters && commands.length > 0;
    const command = isShown
      ? suggestedCommand(state.about, draft, rune?.all ?? [], callForm.method, commands)
      : undefined;
    suggestNames(commands);
    suggestParameters(command);
    field.hidden = !isShown;
    setValue(about, state.about);
    about.placeholder = command?.name ?? 'a command';
    setText(usage, command === undefined ? '' : usageOf(command));
  };
}
