import { Alternative, Restriction } from '@clnrest/runes';
import { EMPTY_CALL_FORM, type CallForm } from './checking/call-form.ts';
import {
  type DraftAlternative,
  type DraftProblem,
  emptyDraft,
  readDraft,
} from './restricting/draft.ts';
import { FIELDS } from './restricting/fields.ts';
import { readRestrictionsText } from './restricting/as-text.ts';
import { readNodeId } from './restricting/node-id.ts';
import type { Command } from './node/commands.ts';

/** The state of the page. Immutable: each change creates a new state. */
export interface State {
  /** The content of the rune field. */
  readonly pasted: string;
  /** The restrictions that the user has added. */
  readonly added: readonly Restriction[];
  /** The alternatives of the restriction in the form. */
  readonly draft: readonly DraftAlternative[];
  /** The problems of the form, found when the user submitted it. */
  readonly draftProblems: readonly DraftProblem[];
  /** The command whose parameters the form suggests. */
  readonly about: string;
  /** Restrictions written as text. */
  readonly text: string;
  readonly textProblem: string | undefined;
  /** The node id of the peer to restrict the rune to. */
  readonly peer: string;
  readonly peerProblem: string | undefined;
  readonly callForm: CallForm;
  /** The node's address, if the user has changed it. */
  readonly address: string | undefined;
  readonly showsQr: boolean;
  readonly showsDecoded: boolean;
  /** Whether the text of the rune is shown by part. */
  readonly showsText: boolean;
  /** The node's commands; undefined until they are loaded. */
  readonly commands: readonly Command[] | undefined;
  /** The time of the last change, in seconds since 1970. */
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
    peer: '',
    peerProblem: undefined,
    callForm: EMPTY_CALL_FORM,
    address: undefined,
    showsQr: false,
    showsDecoded: false,
    showsText: false,
    commands: undefined,
    now,
  };
}

/** Replaces the pasted rune. Added restrictions stay, since they can only restrict the rune further. */
export const paste =
  (pasted: string): Action =>
  (state) => ({ ...state, pasted });

/** Clears everything that was pasted, typed and added. Keeps the open sections and the node's commands. */
export const clearAll: Action = ({ now, commands, showsQr, showsDecoded, showsText }) => ({
  ...initialState(now),
  commands,
  showsQr,
  showsDecoded,
  showsText,
});

export const add =
  (restrictions: readonly Restriction[]): Action =>
  (state) => ({ ...state, added: [...state.added, ...restrictions] });

/** @param index among the added restrictions */
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

/** Changes an alternative. A new field resets the inputs that do not apply to it. */
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

/** Adds the restriction of the form and empties the form, or sets the problems. */
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

/** Adds the restrictions written as text, or sets the problem. */
export const addText: Action = (state) => {
  const read = readRestrictionsText(state.text);
  if ('problem' in read) return { ...state, textProblem: read.problem };
  return add(read.restrictions)({ ...state, text: '', textProblem: undefined });
};

export const writePeer =
  (peer: string): Action =>
  (state) => ({ ...state, peer, peerProblem: undefined });

/** Restricts the rune to the peer with the id, or sets the problem. */
export const addPeer: Action = (state) => {
  const read = readNodeId(state.peer);
  if ('problem' in read) return { ...state, peerProblem: read.problem };
  const only = new Restriction([new Alternative('id', '=', read.nodeId)]);
  return add([only])({ ...state, peer: '', peerProblem: undefined });
};

export const changeCall =
  (change: Partial<CallForm>): Action =>
  (state) => ({ ...state, callForm: { ...state.callForm, ...change } });

/** Changes the node's address. An empty address restores that of the pairing link or the page. */
export const changeAddress =
  (address: string): Action =>
  (state) => ({ ...state, address: address.trim() === '' ? undefined : address });

export const showQr =
  (showsQr: boolean): Action =>
  (state) => ({ ...state, showsQr });

export const showDecoded =
  (showsDecoded: boolean): Action =>
  (state) => ({ ...state, showsDecoded });

export const showText =
  (showsText: boolean): Action =>
  (state) => ({ ...state, showsText });

export const setCommands =
  (commands: readonly Command[]): Action =>
  (state) => ({ ...state, commands });
