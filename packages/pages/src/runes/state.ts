import type { Restriction } from '@clnrest/runes';
import { NO_QUESTION, type Question } from './asking/question.ts';
import {
  type DraftAlternative,
  type DraftProblem,
  emptyDraft,
  readDraft,
} from './narrowing/draft.ts';
import { FIELDS } from './narrowing/fields.ts';
import { readRestrictionsText } from './narrowing/as-text.ts';
import type { Command } from './node/commands.ts';

/** All that the page knows. It is never changed: whoever changes something makes another. */
export interface State {
  /** What stands in the field for the rune. */
  readonly pasted: string;
  /** The restrictions that were added here. */
  readonly added: readonly Restriction[];
  /** The restriction in the form, its alternatives. */
  readonly draft: readonly DraftAlternative[];
  /** What is wrong with it, told when it was to be added. */
  readonly draftProblems: readonly DraftProblem[];
  /** The command whose parameters the form suggests. */
  readonly about: string;
  /** Restrictions written by those who know how, and what is wrong with them. */
  readonly text: string;
  readonly textProblem: string | undefined;
  readonly question: Question;
  /** The node's address if it was changed here. */
  readonly address: string | undefined;
  readonly showsQr: boolean;
  readonly showsDecoded: boolean;
  /** Of the node; nothing until they are known. */
  readonly commands: readonly Command[] | undefined;
  /** Seconds since 1970, when something was changed. */
  readonly now: bigint;
}

export type Action = (state: State) => State;

export function initialState(now: bigint): State {
  return {
    pasted: '',
    added: [],
    draft: [emptyDraft(0)],
    draftProblems: [],
    about: '',
    text: '',
    textProblem: undefined,
    question: NO_QUESTION,
    address: undefined,
    showsQr: false,
    showsDecoded: false,
    commands: undefined,
    now,
  };
}

/** Another rune. What was added here stays: it can only make that one narrower. */
export const paste =
  (pasted: string): Action =>
  (state) => ({ ...state, pasted });

/** Forgets all that was pasted, typed and added. What is unfolded stays, and what is known of the node. */
export const forget: Action = ({ now, commands, showsQr, showsDecoded }) => ({
  ...initialState(now),
  commands,
  showsQr,
  showsDecoded,
});

export const add =
  (restrictions: readonly Restriction[]): Action =>
  (state) => ({ ...state, added: [...state.added, ...restrictions] });

/** @param index among those that were added here */
export const remove =
  (index: number): Action =>
  (state) => ({ ...state, added: state.added.filter((_, i) => i !== index) });

export const removeAll: Action = (state) => ({ ...state, added: [] });

export const addAlternative: Action = (state) => {
  const key = Math.max(...state.draft.map((line) => line.key)) + 1;
  const kind = state.draft.at(-1)?.kind;
  return { ...state, draft: [...state.draft, emptyDraft(key, kind)] };
};

export const removeAlternative =
  (key: number): Action =>
  (state) => ({
    ...state,
    draft: state.draft.filter((line) => line.key !== key),
    draftProblems: state.draftProblems.filter((problem) => problem.key !== key),
  });

/** A change of the field brings its own operators, and forgets what was meant for another. */
export const changeAlternative =
  (key: number, change: Partial<DraftAlternative>): Action =>
  (state) => ({
    ...state,
    draft: state.draft.map((line) => (line.key === key ? changed(line, change) : line)),
    draftProblems: state.draftProblems.filter((problem) => problem.key !== key),
  });

function changed(line: DraftAlternative, change: Partial<DraftAlternative>): DraftAlternative {
  const { kind } = change;
  if (kind === undefined || kind === line.kind) return { ...line, ...change };
  const fresh = emptyDraft(line.key, kind);
  const [before, after] = [FIELDS[line.kind], FIELDS[kind]];
  const isChosen = line.condition !== before.conditions[0];
  return {
    ...fresh,
    condition:
      isChosen && after.conditions.includes(line.condition) ? line.condition : fresh.condition,
    detail: before.detail === after.detail ? line.detail : fresh.detail,
    value: before.value === after.value ? line.value : '',
  };
}

/** Adds the restriction of the form, and empties it; or tells what is wrong. */
export const addDraft: Action = (state) => {
  const read = readDraft(state.draft);
  if ('problems' in read) return { ...state, draftProblems: read.problems };
  const key = Math.max(...state.draft.map((line) => line.key)) + 1;
  return add([read.restriction])({ ...state, draft: [emptyDraft(key)], draftProblems: [] });
};

export const suggestFor =
  (about: string): Action =>
  (state) => ({ ...state, about });

export const write =
  (text: string): Action =>
  (state) => ({ ...state, text, textProblem: undefined });

/** Adds the restrictions that were written as text; or tells what is wrong. */
export const addText: Action = (state) => {
  const read = readRestrictionsText(state.text);
  if ('problem' in read) return { ...state, textProblem: read.problem };
  return add(read.restrictions)({ ...state, text: '', textProblem: undefined });
};

export const ask =
  (change: Partial<Question>): Action =>
  (state) => ({ ...state, question: { ...state.question, ...change } });

/** Empty: wherever the page or the pairing link leads. */
export const changeAddress =
  (address: string): Action =>
  (state) => ({ ...state, address: address.trim() === '' ? undefined : address });

export const showQr =
  (showsQr: boolean): Action =>
  (state) => ({ ...state, showsQr });

export const showDecoded =
  (showsDecoded: boolean): Action =>
  (state) => ({ ...state, showsDecoded });

export const learnCommands =
  (commands: readonly Command[]): Action =>
  (state) => ({ ...state, commands });
