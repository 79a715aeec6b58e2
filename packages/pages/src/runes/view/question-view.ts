import type { Question } from '../asking/question.ts';
import { latest } from '../latest.ts';
import type { Model } from '../model.ts';
import { type Command, usageOf } from '../node/commands.ts';
import { ask } from '../state.ts';
import type { Dispatch } from '../store.ts';
import { part, setProblem, setText, setValue } from '../../dom.ts';

/** The question: which call, when, by whom. */
export function questionView(dispatch: Dispatch): (model: Model) => void {
  const method = part('ask-method', HTMLInputElement);
  const params = part('ask-params', HTMLTextAreaElement);
  const inputs: Readonly<Record<keyof Question, HTMLInputElement | HTMLTextAreaElement>> = {
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
  const find = latest((commands: readonly Command[], name: string) =>
    commands.find((command) => command.name === name),
  );
  let command: Command | undefined;

  for (const name of ['method', 'params', 'time', 'nodeId', 'lastUse'] as const) {
    inputs[name].addEventListener('input', () => dispatch(ask({ [name]: inputs[name].value })));
  }
  template.addEventListener('click', () => {
    if (command !== undefined) dispatch(ask({ params: templateOf(command) }));
    params.focus();
  });

  return ({ rune, state }) => {
    const { question, commands } = state;
    for (const name of ['method', 'params', 'time', 'nodeId', 'lastUse'] as const) {
      setValue(inputs[name], question[name]);
    }
    for (const name of ['params', 'time', 'nodeId', 'lastUse'] as const) {
      setProblem(inputs[name], problems[name], rune?.question.problems[name]);
    }
    lastUseField.hidden = rune?.question.hasPause !== true;
    unknown.hidden = commands === undefined || commands.length > 0;
    command = find(commands ?? [], question.method.trim());
    setText(usage, command === undefined ? '' : usageOf(command));
    template.hidden =
      command?.parameters.length === 0 || command === undefined || question.params !== '';
  };
}

/** All that must be given, and nothing in it yet; or the first that may be. */
function templateOf({ parameters }: Command): string {
  const required = parameters.filter(({ required }) => required);
  const named = required.length > 0 ? required : parameters.slice(0, 1);
  return `{${named.map(({ name }) => `"${name}": ""`).join(', ')}}`;
}
