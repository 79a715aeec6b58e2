import { parsePairingLink, Rune, RuneSyntaxError } from '@clnrest/runes';
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
 * Parses a rune in base64 or in decode's form, the result of createrune, or a pairing link. Ignores line breaks, which
 * terminals and mails insert.
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
    const { rune, ...link } = extract(given);
    runeText = rune;
    return { kind: 'rune', rune: readRune(rune), ...link };
  } catch (error) {
    if (!(error instanceof RuneSyntaxError)) throw error;
    return { kind: 'problem', words: problemText(error, runeText) };
  }
}

/** Extracts the rune's text, and the address and certificate authority of a pairing link. */
function extract(given: string): {
  rune: string;
  address: string | undefined;
  ca: string | undefined;
} {
  if (/^clnrest\b/i.test(given)) {
    const { url, rune, ca } = parsePairingLink(given);
    return { rune, address: url, ca };
  }
  const text = given.startsWith('{') ? runeOfAnswer(given) : given.replace(/^"(.*)"$/s, '$1');
  const joined = text.replace(/\s*\n\s*/g, '');
  // For invalid text, line breaks are kept, so that the offset of the problem matches the pasted text.
  return { rune: /^[\w-]+=*$/.test(joined) ? joined : text, address: undefined, ca: undefined };
}

function readRune(text: string): Rune {
  return /^[0-9a-f]{64}:/i.test(text) ? Rune.fromString(text) : Rune.fromBase64(text);
}

/** Extracts the rune from createrune's result, `{"rune":"…","unique_id":"0"}`. */
function runeOfAnswer(json: string): string {
  let answer: unknown;
  try {
    answer = JSON.parse(json);
  } catch {
    return json;
  }
  const rune = typeof answer === 'object' && answer !== null && 'rune' in answer && answer.rune;
  return typeof rune === 'string' ? rune : json;
}
