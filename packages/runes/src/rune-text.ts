import { parsePairingLink } from './pairing-link.ts';

/** A rune as text, and the data that came with it. */
export interface RuneText {
  /** The text of the rune, which is not validated. */
  readonly rune: string;
  /** The node's address, from a pairing link. */
  readonly url: string | undefined;
  /** The certificate authority as PEM text, from a pairing link. */
  readonly ca: string | undefined;
}

/**
 * Finds the rune in a text, in the forms in which programs and people hand runes on:
 *
 * - the rune itself, also in quotes or with line breaks;
 * - the result of createrune, `{"rune":"…","unique_id":"0"}`, also inside a JSON-RPC response;
 * - a line of an environment file, such as `LIGHTNING_RUNE="…"` of cln-application, also among other lines;
 * - a pairing link.
 *
 * Other texts are returned as they are, without the white space around them.
 *
 * @throws {RuneSyntaxError} `bad_link` for a malformed pairing link
 *
 * @example
 * ```ts
 * import { extractRune } from '@clnrest/runes';
 *
 * const rune = 'KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==';
 * extractRune(`{"rune":"${rune}","unique_id":"0"}`).rune === rune; // => true
 * extractRune(`LIGHTNING_RUNE="${rune}"`).rune === rune; // => true
 * extractRune(`clnrest+https://node.local:3010?rune=${rune}`).url; // => 'https://node.local:3010'
 * ```
 */
export function extractRune(text: string): RuneText {
  const given = withoutQuotes(text);
  // decode's form can contain any text.
  if (/^[0-9a-f]{64}:/i.test(given)) return { rune: given, url: undefined, ca: undefined };
  const found = withoutQuotes(runeOfJson(given) ?? runeOfVariable(given) ?? given);
  return /^clnrest\b/i.test(found) ? parsePairingLink(found) : bare(found);
}

function bare(text: string): RuneText {
  // Terminals and mails insert line breaks. For invalid text they are kept, so that offsets match the given text.
  const joined = text.includes('\n') ? text.replace(/[ \t\r]*\n\s*/g, '') : text;
  return { rune: /^[\w-]+=*$/.test(joined) ? joined : text, url: undefined, ca: undefined };
}

function withoutQuotes(text: string): string {
  const trimmed = text.trim();
  const quote = trimmed[0];
  const isQuoted = quote === '"' || quote === "'" || quote === '`';
  return isQuoted && trimmed.length > 1 && trimmed.endsWith(quote)
    ? trimmed.slice(1, -1).trim()
    : trimmed;
}

/** Returns the rune of createrune's result or of a response with this result. */
function runeOfJson(text: string): string | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return runeMember(value) ?? runeMember(member(value, 'result'));
  } catch {
    return undefined;
  }
}

function runeMember(value: unknown): string | undefined {
  const rune = member(value, 'rune');
  return typeof rune === 'string' ? rune : undefined;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** `export LIGHTNING_RUNE=…`. Runes are longer than these names, so that no rune is one. */
const VARIABLE = /^[ \t]*(?:export[ \t]+)?[A-Za-z0-9_]{0,30}RUNE[ \t]*=(.*)$/;

/** Returns the value of the first variable whose name ends with `RUNE`. */
function runeOfVariable(text: string): string | undefined {
  for (const line of text.split(/\r?\n/)) {
    const value = VARIABLE.exec(line)?.[1]?.trim() ?? '';
    if (value !== '') return value;
  }
  return undefined;
}
