import { parsePairingLink } from './pairing-link.ts';

/** A rune as text, and the data that came with it. */
export interface RuneText {
  /** The text of the rune, which is not validated. */
  readonly rune: string;
  /** The node's address, from a pairing link or a page's address. */
  readonly url: string | undefined;
  /** The certificate authority as PEM text, from a pairing link. */
  readonly ca: string | undefined;
}

/**
 * Finds the rune in a text, in the forms in which programs and people hand runes on:
 *
 * - the rune itself, also in quotes, with line breaks, or after `Rune:`;
 * - the result of createrune, `{"rune":"…","unique_id":"0"}`, also inside a JSON-RPC response;
 * - a line of an environment file, such as `LIGHTNING_RUNE="…"` of cln-application, also among other lines;
 * - a pairing link, or the address of a page that contains the rune: `https://node.local:3010/runes#rune=…`.
 *
 * The rune is empty if a variable is. Other texts are returned as they are, without the white space around them.
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
  if (/^clnrest\b/i.test(found)) return parsePairingLink(found);
  return /^https?:\/\//i.test(found) ? runeOfPage(found) : bare(found);
}

function bare(text: string): RuneText {
  // Terminals and mails insert line breaks. For invalid text they are kept, so that offsets match the given text.
  const joined = text.includes('\n') ? text.replace(/[ \t\r]*\n\s*/g, '') : text;
  return { rune: /^[\w-]+=*$/.test(joined) ? joined : text, url: undefined, ca: undefined };
}

/** Reads `https://node.local:3010/runes#rune=…`, as the pages link to each other. */
function runeOfPage(text: string): RuneText {
  const [, encoded] = /[#?&]rune=([^&#]+)/.exec(text) ?? [];
  try {
    if (encoded === undefined) return bare(text);
    const { origin, pathname } = new URL(text);
    const url = origin + pathname.replace(/\/[^/]*$/, '');
    return { rune: decodeURIComponent(encoded), url, ca: undefined };
  } catch {
    return bare(text);
  }
}

/** What encloses a text in shells, JSON and documents. Documents also replace quotation marks by typographic ones. */
const QUOTES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["'", "'"],
  ['`', '`'],
  ['“', '”'],
  ['„', '“'],
  ['”', '”'],
  ['‘', '’'],
  ['‚', '‘'],
  ['«', '»'],
]);

function withoutQuotes(text: string): string {
  const trimmed = text.trim();
  const end = QUOTES.get(trimmed[0] ?? '');
  return end !== undefined && trimmed.length > 1 && trimmed.endsWith(end)
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

/** `export LIGHTNING_RUNE=…`, or the header `Rune: …`. Runes are longer than these names, so that no rune is one. */
const VARIABLE = /^[ \t]*(?:export[ \t]+)?[A-Za-z0-9_-]{0,30}RUNE[ \t]*[=:](.*)$/i;

/** A blank line, a comment or another variable. */
const OTHER_LINE = /^\s*(?:#.*|(?:export[ \t]+)?[A-Za-z0-9_]{1,30}=.*)?$/;

/** Returns the value of the first variable whose name ends with `RUNE`; empty if there is nothing else. */
function runeOfVariable(text: string): string | undefined {
  let isOnlyVariables = true;
  let isEmpty = false;
  for (const line of text.split(/\r?\n/)) {
    const value = VARIABLE.exec(line)?.[1];
    if (value === undefined) isOnlyVariables &&= OTHER_LINE.test(line);
    else if (withoutQuotes(withoutComment(value)) === '') isEmpty = true;
    else return withoutComment(value);
  }
  return isOnlyVariables && isEmpty ? '' : undefined;
}

/** Removes what follows a quoted value, or ` #` after a bare one. */
function withoutComment(text: string): string {
  const value = text.trim();
  const [first = ''] = value;
  const end = first === '"' || first === "'" ? value.indexOf(first, 1) : -1;
  return end > 0 ? value.slice(0, end + 1) : value.replace(/(?:^|[ \t])#.*$/s, '').trim();
}
