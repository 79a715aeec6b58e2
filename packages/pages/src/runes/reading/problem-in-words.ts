import type { RuneSyntaxError } from '@clnrest/runes';
import { visible } from '../../visible.ts';

/**
 * What is wrong with a text that should have been a rune or a pairing link, for whoever pasted it. Nothing of it is
 * repeated but the character at fault.
 *
 * @param text where the error's offset points into
 */
export function problemInWords({ code, message, offset }: RuneSyntaxError, text: string): string {
  switch (code) {
    case 'bad_base64':
      return strayInWords(text, offset ?? 0);
    case 'too_short':
      return 'This is too short to be a rune, which has 43 characters or more. Part of it may be missing.';
    case 'bad_link':
      return `This is no pairing link: ${message}.`;
    case 'misplaced_id':
      return `This rune can't be read: ${at(offset)} of its restrictions stands another unique id.`;
    default:
      return `This rune can't be read: its restrictions are damaged ${at(offset)} (${visible(message)}). Part of it may be missing or changed.`;
  }
}

function strayInWords(text: string, offset: number): string {
  const [character = ''] = /^./su.exec(text.slice(offset)) ?? [];
  if (character === '+' || character === '/') {
    return `This is no rune: it has a '${character}' ${at(offset)}. Runes are written with - and _ instead of + and /.`;
  }
  if (/^\s/.test(character)) return `This is no rune: there is white space ${at(offset)}.`;
  if (!/^[\w=-]?$/.test(character)) {
    return `This is no rune: '${visible(character)}' ${at(offset)} is none of the letters, digits, - and _ that runes are written with.`;
  }
  return character === '='
    ? `This is no rune: the '=' ${at(offset)} stands where a rune does not end.`
    : 'This is no whole rune: its end does not fit. A character may be missing, changed, or one too many.';
}

function at(offset: number | undefined): string {
  return offset === undefined ? 'somewhere' : `at character ${offset + 1}`;
}
