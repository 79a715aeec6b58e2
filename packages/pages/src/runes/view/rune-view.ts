import { memoizeLast } from '../memoize-last.ts';
import type { Model } from '../model.ts';
import type { Concern } from '../explaining/concerns.ts';
import type { RunePart } from '../explaining/rune-parts.ts';
import type { ShownRestriction } from '../explaining/shown.ts';
import { remove, removeAll, showDecoded, showText } from '../state.ts';
import type { Dispatch } from '../store.ts';
import { element, part, setText } from '../../dom.ts';
import { LongList } from './long-list.ts';
import { longText } from './long-text.ts';
import { notesIn, notesOf } from './notes.ts';
import { runeText, showMeanings } from './rune-text.ts';

/** The card that explains the rune: its restrictions in words and encoded, and the concerns. */
export function runeView(dispatch: Dispatch): (model: Model) => void {
  const heading = part('explaining-title', HTMLElement);
  const introduction = part('rune-introduction', HTMLElement);
  const all = part('remove-all', HTMLButtonElement);
  const place = part('rune-restrictions', HTMLElement);
  const whole = notesIn(part('rune-concerns', HTMLElement));

  const removeOne = (index: number): void => {
    dispatch(remove(index));
    // The focused button was removed: focus the next one, or the heading.
    const buttons = place.querySelectorAll<HTMLElement>('button[data-added]');
    (buttons[Math.min(index, buttons.length - 1)] ?? heading).focus();
  };
  all.addEventListener('click', () => {
    dispatch(removeAll);
    heading.focus();
  });

  const list = new LongList<ShownRestriction>(
    place,
    element('ol', { class: 'restrictions' }),
    (shown) => itemOf(shown, removeOne),
  );
  const showList = memoizeLast((shown: readonly ShownRestriction[]) => list.show(shown));
  const showConcerns = memoizeLast((concerns: readonly Concern[]) => whole.show(concerns));

  const textFold = part('rune-text-fold', HTMLDetailsElement);
  const text = part('rune-text', HTMLElement);
  textFold.addEventListener('toggle', () => dispatch(showText(textFold.open)));
  const showParts = memoizeLast((parts: readonly RunePart[] | undefined) => {
    text.replaceChildren();
    if (parts === undefined) return;
    const meanings = element('div');
    showMeanings(meanings, parts);
    text.append(element('div', { class: 'stack' }, runeText(parts), meanings));
  });

  const decoded = part('decoded', HTMLElement);
  const fold = part('decoded-fold', HTMLDetailsElement);
  fold.addEventListener('toggle', () => dispatch(showDecoded(fold.open)));

  return ({ rune, state }) => {
    setText(decoded, rune?.decoded ?? '');
    showParts(rune?.parts);
    if (rune === undefined) {
      // Removes the previous rune from the page.
      showList([]);
      showConcerns([]);
      setText(introduction, '');
      return;
    }
    setText(introduction, rune.introduction);
    showConcerns(rune.concerns);
    showList(rune.restrictions);
    all.hidden = state.added.length < 2;
  };
}

function itemOf(
  { words, text, concerns, added }: ShownRestriction,
  removeOne: (index: number) => void,
): HTMLElement {
  const content: Node[] = [longText(words), longText(text, 'code'), ...notesOf(concerns)];
  if (added !== undefined) {
    const button = element(
      'button',
      {
        type: 'button',
        class: 'quiet small danger',
        'data-added': String(added),
        'aria-label': `Remove: ${words.slice(0, 200)}`,
      },
      'Remove',
    );
    button.addEventListener('click', () => removeOne(added));
    const badge = element('span', { class: 'badge', 'data-tone': 'info' }, 'added');
    content.push(element('div', { class: 'row' }, badge, button));
  }
  return element('li', {}, element('div', { class: 'stack tight' }, ...content));
}
