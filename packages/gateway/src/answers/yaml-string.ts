/**
 * Strings in YAML. A string is unquoted only if no parser of YAML 1.1 or 1.2 can read it as another type:
 * `no`, `1e3`, `0x1F`, `~` and `2020-01-01` are quoted.
 */

/** Texts without characters that have a meaning in YAML in that place. */
const HARMLESS = /^[A-Za-z_/](?:[A-Za-z0-9_./@+ -]{0,254}[A-Za-z0-9_./@+-])?$/;
/** Node ids and hashes. Numbers never contain the letters of `NOT_A_NUMBER`. */
const HEX = /^(?!0b)[0-9][0-9a-f]{0,254}$/;
const NOT_A_NUMBER = /[acdf]/;
/** Words that YAML 1.1 or 1.2 reads as null or a boolean. */
const WORDS = new Set(['null', 'true', 'false', 'yes', 'no', 'on', 'off', 'y', 'n']);

/** Returns a string as YAML, quoted if needed. */
export function yamlString(text: string): string {
  const isPlain = HARMLESS.test(text)
    ? !WORDS.has(text.toLowerCase())
    : HEX.test(text) && NOT_A_NUMBER.test(text);
  return isPlain ? text : `"${yamlQuoted(text)}"`;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** Characters that are not printable, lone surrogates, and line ends (YAML 1.2.2, sections 5.1 and 5.4). */
const NEEDS_ESCAPE =
  // oxlint-disable-next-line no-control-regex -- control characters are what must be escaped
  /["\\\u0000-\u001f\u007f-\u00a0\u2028\u2029\ufeff\ufffe\uffff\p{Surrogate}]/gu;

/** Returns the content of a double-quoted string for a text. */
export function yamlQuoted(text: string): string {
  return text.replace(NEEDS_ESCAPE, (character) => {
    const short = SHORT_ESCAPES[character];
    if (short !== undefined) return short;
    return `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  });
}
