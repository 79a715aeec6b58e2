import { extractRune, Rune, RuneSyntaxError } from '@clnrest/runes';
import { problemText } from './problem-text.ts';

/** The content of the rune field. */
export type Pasted =
  { readonly kind: 'nothing' } | PastedRune | { readonly kind: 'problem'; readonly words: string };

/** A rune, and the data that came with it. */
export interface PastedRune {
  readonly kind: 'rune';
  readonly rune: Rune;
  /** The node's address, from a pairing link. */
  readonly address: string | undefined;
  /** The certificate authority as PEM text, from a pairing link. */
  readonly ca: string | undefined;
}

/** Well above the header limit of servers. Longer texts could make the page slow. */
export const MAX_CHARACTERS = 256 * 1024;

/**
 * Parses a rune in base64 or in decode's form, also in quotes or with line breaks, the result of createrune, a line of an
 * environment file, a pairing link, or the address of a page with a rune.
 */
export function readPasted(text: string): Pasted {
  const given = text.trim();
  if (given === '') return { kind: 'nothing' };
  if (given.length > MAX_CHARACTERS) {
    const words = `This is too long to be a rune: ${given.length} characters.`;
    return { kind: 'problem', words };
  }
  let runeText = given;
  try {
    const { rune, url, ca } = extractRune(given);
    runeText = rune;
    if (rune === '') return { kind: 'problem', words: 'This text contains no rune.' };
    return { kind: 'rune', rune: readRune(rune), address: url, ca };
  } catch (error) {
    if (!(error instanceof RuneSyntaxError)) throw error;
    return { kind: 'problem', words: problemText(error, runeText) };
  }
}

function readRune(text: string): Rune {
  return /^[0-9a-f]{64}:/i.test(text) ? Rune.fromString(text) : Rune.fromBase64(text);
}
