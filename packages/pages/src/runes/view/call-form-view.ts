import type { CallForm } from '../checking/call-form.ts';
import { memoizeLast } from '../memoize-last.ts';
import type { Model } from '../model.ts';
import { type Command, usageOf } from '../node/commands.ts';
import { changeCall } from '../state.ts';
import type { Dispatch } from '../store.ts';
import { part, setProblem, setText, setValue } from '../../dom.ts';

/** The form for the call to check. */
export function callFormView(dispatch: Dispatch): (model: Model) => void {
  const method = part('ask-method', HTMLInputElement);
  const params = part('ask-params', HTMLTextAreaElement);
  const inputs: Readonly<Record<keyof CallForm, HTMLInputElement | HTMLTextAreaElement>> = {
    method,
    params,
    time: part('ask-time', HTMLInputElement),
    nodeId: part('ask-node', HTMLInputElement),
    lastUse: part('ask-last-use', HTMLInputElement),
  };
  const problems = {
    params: part('ask-params-problem', HTMLElement),
    time: part('ask-time-problem', HTMLElement),
    nodeId: part('ask-node-problem', HTMLElement),
    lastUse: part('ask-last-use-problem', HTMLElement),
  };
  const usage = part('ask-usage', HTMLElement);
  const template = part('ask-template', HTMLButtonElement);
  const lastUseField = part('ask-last-use-field', HTMLElement);
  const unknown = part('commands-unknown', HTMLElement);
  const find = memoizeLast((commands: readonly Command[], name: string) =>
    commands.find((command) => command.name === name),
  );
  let command: Command | undefined;

  for (const name of ['method', 'params', 'time', 'nodeId', 'lastUse'] as const) {
    inputs[name].addEventListener('input', () =>
      dispatch(changeCall({ [name]: inputs[name].value })),
    );
  }
  template.addEventListener('click', () => {
    if (command !== undefined) dispatch(changeCall({ params: templateOf(command) }));
    params.focus();
  });

  return ({ rune, state }) => {
    const { callForm, commands } = state;
    for (const name of ['method', 'params', 'time', 'nodeId', 'lastUse'] as const) {
      setValue(inputs[name], callForm[name]);
    }
    for (const name of ['params', 'time', 'nodeId', 'lastUse'] as const) {
      setProblem(inputs[name], problems[name], rune?.callCheck.problems[name]);
    }
    lastUseField.hidden = rune?.callCheck.hasPause !== true;
    unknown.hidden = commands === undefined || commands.length > 0;
    command = find(commands ?? [], callForm.method.trim());
    setText(usage, command === undefined ? '' : usageOf(command));
    template.hidden =
      command?.parameters.length === 0 || command === undefined || callForm.params !== '';
  };
}

/** Returns an object with the required parameters, or the first optional one, and empty values. */
function templateOf({ parameters }: Command): string {
  const required = parameters.filter(({ required }) => required);
  const named = required.length > 0 ? required : parameters.slice(0, 1);
  return `{${named.map(({ name }) => `"${name}": ""`).join(', ')}}`;
}
