import type { RuneSyntaxError } from '@clnrest/runes';
import { visible } from '../../visible.ts';

/**
 * Describes why a text is not a rune or a pairing link. Quotes only the invalid character.
 *
 * @param text the text that the error's offset refers to
 */
export function problemText({ code, message, offset }: RuneSyntaxError, text: string): string {
  switch (code) {
    case 'bad_base64':
      return strayCharacterText(text, offset ?? 0);
    case 'too_short':
      return 'This is too short to be a rune, which has at least 43 characters. Part of the rune is probably missing.';
    case 'bad_link':
      return `Invalid pairing link: ${message}.`;
    case 'misplaced_id':
      return `This rune is damaged: its restrictions contain another unique id ${at(offset)}.`;
    default:
      return `This rune is damaged: its restrictions are invalid ${at(offset)} (${visible(message)}). Characters are missing or changed.`;
  }
}

function strayCharacterText(text: string, offset: number): string {
  const [character = ''] = /^./su.exec(text.slice(offset)) ?? [];
  if (character === '+' || character === '/') {
    return `Not a rune: '${character}' ${at(offset)}. Runes contain - and _ instead of + and /.`;
  }
  if (/^\s/.test(character)) return `Not a rune: white space ${at(offset)}.`;
  if (!/^[\w=-]?$/.test(character)) {
    return `Not a rune: '${visible(character)}' ${at(offset)}. Runes contain only letters, digits, - and _.`;
  }
  return character === '='
    ? `Not a rune: '=' ${at(offset)}, before the end.`
    : 'Not a complete rune: the end is invalid. A character is missing, changed or extra.';
}

function at(offset: number | undefined): string {
  return offset === undefined ? 'somewhere' : `at character ${offset + 1}`;
}
