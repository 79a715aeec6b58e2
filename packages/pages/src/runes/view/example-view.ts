import { Rune } from '@clnrest/runes';
import { runePartsOf } from '../explaining/rune-parts.ts';
import type { Model } from '../model.ts';
import { paste } from '../state.ts';
import type { Dispatch } from '../store.ts';
import { part } from '../../dom.ts';
import { runeText, showMeanings } from './rune-text.ts';

/** The example in createrune's manual: most read-only commands, except listdatastore. */
const EXAMPLE =
  'NbL7KkXcPQsVseJ9TdJNjJK2KsPjnt_q4cE_wvc873I9MCZtZXRob2RebGlzdHxtZXRob2ReZ2V0fG1ldGhvZD1zdW1tYXJ5Jm1ldGhvZC9saXN0ZGF0YXN0b3Jl';

/** The decoded example, until the user enters a rune. */
export function exampleView(dispatch: Dispatch): (model: Model) => void {
  const card = part('rune-example-card', HTMLElement);
  const button = part('rune-example', HTMLButtonElement);
  const input = part('rune-input', HTMLTextAreaElement);
  // The example does not depend on the time.
  const parts = runePartsOf(Rune.fromBase64(EXAMPLE), 0n);
  part('example-text', HTMLElement).append(runeText(parts));
  showMeanings(part('example-parts', HTMLElement), parts);
  button.addEventListener('click', () => {
    dispatch(paste(EXAMPLE));
    input.focus();
  });
  return ({ state }) => {
    card.hidden = state.pasted !== '';
  };
}
