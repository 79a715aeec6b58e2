import { element } from '../dom.ts';
import { laidOut } from '../json/laid-out.ts';

/** So much of a notification is shown; copying gives all of it. */
const MOST_CHARACTERS = 200_000;
/** So many pieces have a colour: each is an element. */
const MOST_COLOURED = 4_000;

/** A notification laid out, as text: nothing in it is taken for markup. */
export function whole(text: string): HTMLPreElement {
  const shown = element('pre', { class: 'wrap json', tabindex: '0', 'aria-label': 'Notification' });
  let characters = 0;
  let coloured = 0;
  let plain = '';
  const flush = (): void => {
    if (plain !== '') shown.append(plain);
    plain = '';
  };
  for (const { kind, text: piece } of laidOut(text)) {
    const room = MOST_CHARACTERS - characters;
    const part = piece.slice(0, room);
    characters += part.length;
    if (kind === 'between' || coloured >= MOST_COLOURED) {
      plain += part;
    } else {
      flush();
      coloured++;
      shown.append(element('span', { class: kind }, part));
    }
    if (piece.length > room) {
      plain += `\n… more of it is not shown; Copy gives all ${text.length.toLocaleString()} characters`;
      break;
    }
  }
  flush();
  return shown;
}
