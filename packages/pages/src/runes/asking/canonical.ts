import { readParameters, RuneSyntaxError } from '@clnrest/runes';

/** A string of JSON, or white space between what matters. */
const STRING_OR_SPACE = /"(?:[^"\\]|\\.)*"|[ \t\r\n]+/gs;

/**
 * A command's parameters in the one spelling in which the gateway hands them to the node's judge and to the
 * command, whatever spelling was sent: without white space, escapes resolved, parameters that are null dropped.
 *
 * @throws {RuneSyntaxError} `bad_parameters` for what the gateway refuses
 */
export function canonical(text: string): string {
  const { kind, entries } = readParameters(text);
  const values = entries.map(({ raw }) => respelled(raw));
  if (kind === 'array') return `[${values.join(',')}]`;
  const names = entries.map(({ name }) => respelled(`"${name}"`));
  refuseAmbiguous(names);
  const members = names.map((name, i) => `${name}:${values[i] ?? ''}`);
  return `{${members.filter((_, i) => values[i] !== 'null').join(',')}}`;
}

/**
 * The inside of a JSON string as the judge compares it: a quote is `\"` there, a backslash `\\`, and a character
 * that can be written as it is has no escape.
 */
export function spelled(text: string): string {
  const json = JSON.stringify(text).slice(1, -1);
  return json.replace(/\\(?:u([0-9a-f]{4})|.)/g, (escape, hex: string | undefined) =>
    hex === undefined ? escape : `\\u${hex.toUpperCase()}`,
  );
}

/** A JSON value, or a part of one, in that spelling. */
export function respelled(raw: string): string {
  return raw.replace(STRING_OR_SPACE, (piece) => {
    if (!piece.startsWith('"')) return '';
    const text = String(JSON.parse(piece));
    if (!text.isWellFormed()) throw bad('half of a character, \\ud800 to \\udfff, stands alone');
    return `"${spelled(text)}"`;
  });
}

/** Left to themselves, the judge and the command may take different ones of two that look alike. */
function refuseAmbiguous(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (name.includes('\\')) throw bad('a name has a quote, a backslash or a control character');
    const bare = name.replace(/[!-/:-@[-`{-~]/g, '');
    if (seen.has(bare)) {
      throw bad('a name is repeated, or two names differ in punctuation only');
    }
    seen.add(bare);
  }
}

function bad(why: string): RuneSyntaxError {
  return new RuneSyntaxError('bad_parameters', why);
}
