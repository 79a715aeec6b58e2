import { readParameters, RuneSyntaxError } from '@clnrest/runes';

/** A JSON string, or white space between tokens. */
const STRING_OR_SPACE = /"(?:[^"\\]|\\.)*"|[ \t\r\n]+/gs;

/**
 * Rewrites a command's parameters to the canonical form that the gateway passes to the rune check and the command: without
 * white space, with escapes resolved, without parameters that are null.
 *
 * @throws {RuneSyntaxError} `bad_parameters` for parameters that the gateway rejects
 */
export function canonical(text: string): string {
  const { kind, entries } = readParameters(text);
  const values = entries.map(({ raw }) => canonicalValue(raw));
  if (kind === 'array') return `[${values.join(',')}]`;
  const names = entries.map(({ name }) => canonicalValue(`"${name}"`));
  rejectAmbiguous(names);
  const members = names.map((name, i) => `${name}:${values[i] ?? ''}`);
  return `{${members.filter((_, i) => values[i] !== 'null').join(',')}}`;
}

/**
 * Returns the canonical content of a JSON string, which runes are compared with: a quote is `\"`, a backslash is `\\`, and
 * other characters are escaped only if JSON requires it.
 */
export function canonicalText(text: string): string {
  const json = JSON.stringify(text).slice(1, -1);
  return json.replace(/\\(?:u([0-9a-f]{4})|.)/g, (escape, hex: string | undefined) =>
    hex === undefined ? escape : `\\u${hex.toUpperCase()}`,
  );
}

/** Rewrites a JSON value to the canonical form. */
export function canonicalValue(raw: string): string {
  return raw.replace(STRING_OR_SPACE, (piece) => {
    if (!piece.startsWith('"')) return '';
    const text = String(JSON.parse(piece));
    if (!text.isWellFormed()) throw malformed('an unpaired surrogate, \\ud800 to \\udfff');
    return `"${canonicalText(text)}"`;
  });
}

/** Rejects ambiguous names, of which the rune check and the command could use different ones. */
function rejectAmbiguous(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (name.includes('\\'))
      throw malformed('a name contains a quote, a backslash or a control character');
    const bare = name.replace(/[!-/:-@[-`{-~]/g, '');
    if (seen.has(bare)) {
      throw malformed('a name is repeated, or two names differ only in punctuation');
    }
    seen.add(bare);
  }
}

function malformed(why: string): RuneSyntaxError {
  return new RuneSyntaxError('bad_parameters', why);
}
