import { memoizeLast } from '../memoize-last.ts';
import type { Model } from '../model.ts';
import type { ShownDraft } from '../restricting/shown-draft.ts';
import { addAlternative, addDraft, changeAlternative, removeAlternative } from '../state.ts';
import type { Dispatch } from '../store.ts';
import { part } from '../../dom.ts';
import { DraftLine } from './draft-line.ts';
import { longText } from './long-text.ts';
import { notesOf } from './notes.ts';

/** The form for a restriction: its alternatives and a preview. */
export function draftView(dispatch: Dispatch): (model: Model) => void {
  const form = part('draft', HTMLFormElement);
  const place = part('draft-lines', HTMLElement);
  const or = part('draft-or', HTMLButtonElement);
  const preview = part('draft-preview', HTMLElement);
  const lines = new Map<number, DraftLine>();

  const removeLine = (key: number): void => {
    dispatch(removeAlternative(key));
    [...lines.values()].at(-1)?.focus();
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    dispatch(addDraft);
    for (const line of lines.values()) if (line.focusProblem()) return;
  });
  or.addEventListener('click', () => {
    dispatch(addAlternative);
    [...lines.values()].at(-1)?.focus();
  });

  const lineOf = (key: number): DraftLine => {
    const known = lines.get(key);
    if (known !== undefined) return known;
    const line = new DraftLine(
      key,
      (change) => dispatch(changeAlternative(key, change)),
      () => removeLine(key),
    );
    lines.set(key, line);
    place.append(line.item);
    return line;
  };
  const showPreview = memoizeLast((draft: ShownDraft | undefined) => {
    preview.hidden = draft === undefined;
    preview.replaceChildren(...(draft === undefined ? [] : previewOf(draft)));
  });

  return ({ state, rune }) => {
    const { draft, draftProblems } = state;
    const keys = new Set(draft.map(({ key }) => key));
    for (const [key, line] of lines) {
      if (keys.has(key)) continue;
      line.item.remove();
      lines.delete(key);
    }
    draft.forEach((line, i) => {
      const problem = draftProblems.find(({ key }) => key === line.key);
      const isHelped = draft[i - 1]?.kind === line.kind;
      const isOnly = draft.length === 1;
      lineOf(line.key).show(line, problem, { place: i + 1, isOnly, isHelped });
    });
    showPreview(rune?.draft);
  };
}

function previewOf({ words, text, concerns }: ShownDraft): Node[] {
  return [longText(words), longText(text, 'code'), ...notesOf(concerns)];
}
