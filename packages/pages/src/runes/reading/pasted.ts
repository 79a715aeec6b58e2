import { parsePairingLink, Rune, RuneSyntaxError } from '@clnrest/runes';
import { problemInWords } from './problem-in-words.ts';

/** What stands in the field where a rune belongs. */
export type Pasted =
  { readonly kind: 'nothing' } | PastedRune | { readonly kind: 'problem'; readonly words: string };

/** A rune, and what came with it. */
export interface PastedRune {
  readonly kind: 'rune';
  readonly rune: Rune;
  /** Where the node is, if a pairing link said so. */
  readonly address: string | undefined;
  /** Whose certificates it shows, PEM text, if the link brought that. */
  readonly ca: string | undefined;
}

/** More than that no server takes in a header, by far; and reading it could keep the page busy. */
export const MOST_CHARACTERS = 256 * 1024;

/**
 * Reads what people have at hand when they look for a rune: the rune, in base64 or as decode shows it, the whole
 * answer of createrune, or a pairing link. Line breaks, which terminals and letters put in, are passed over.
 */
export function readPasted(text: string): Pasted {
  const given = text.trim();
  if (given === '') return { kind: 'nothing' };
  if (given.length > MOST_CHARACTERS) {
    const words = `This is too long to be a rune: ${given.length} characters.`;
    return { kind: 'problem', words };
  }
  let runeText = given;
  try {
    const { rune, ...link } = takeOut(given);
    runeText = rune;
    return { kind: 'rune', rune: readRune(rune), ...link };
  } catch (error) {
    if (!(error instanceof RuneSyntaxError)) throw error;
    return { kind: 'problem', words: problemInWords(error, runeText) };
  }
}

/** The rune's text, out of what it came in, and what else that said. */
function takeOut(given: string): {
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
  // Of text that is no rune the problem is told as it stands there, line breaks and all.
  return { rune: /^[\w-]+=*$/.test(joined) ? joined : text, address: undefined, ca: undefined };
}

function readRune(text: string): Rune {
  return /^[0-9a-f]{64}:/i.test(text) ? Rune.fromString(text) : Rune.fromBase64(text);
}

/** createrune answers `{"rune":"…","unique_id":"0"}`. */
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
