import { element } from '../dom.ts';
import { prettyPrint } from '../json/pretty-print.ts';

/** Maximum number of characters to show. The copy button copies all. */
const MAX_CHARACTERS = 200_000;
/** Maximum number of coloured pieces, each of which is an element. */
const MAX_COLOURED = 4_000;

/** Shows pretty-printed JSON as text, never as markup. */
export function jsonView(text: string): HTMLPreElement {
  const shown = element('pre', { class: 'wrap json', tabindex: '0', 'aria-label': 'Notification' });
  let characters = 0;
  let coloured = 0;
  let plain = '';
  const flush = (): void => {
    if (plain !== '') shown.append(plain);
    plain = '';
  };
  for (const { kind, text: piece } of prettyPrint(text)) {
    const room = MAX_CHARACTERS - characters;
    const part = piece.slice(0, room);
    characters += part.length;
    if (kind === 'between' || coloured >= MAX_COLOURED) {
      plain += part;
    } else {
      flush();
      coloured++;
      shown.append(element('span', { class: kind }, part));
    }
    if (piece.length > room) {
      plain += `\n… the rest is hidden; Copy copies all ${text.length.toLocaleString()} characters`;
      break;
    }
  }
  flush();
  return shown;
}
