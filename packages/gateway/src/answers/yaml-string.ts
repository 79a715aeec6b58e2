/**
 * Strings in YAML. A string is written without quotes only where no reader, of YAML 1.1 or 1.2, could
 * take it for anything else: `no`, `1e3`, `0x1F`, `~` and `2020-01-01` are quoted.
 */

/** No character of these means anything to YAML where it stands. */
const HARMLESS = /^[A-Za-z_/](?:[A-Za-z0-9_./@+ -]{0,254}[A-Za-z0-9_./@+-])?$/;
/** Node ids and hashes: letters that no number has make sure that it is none. */
const HEX = /^(?!0b)[0-9][0-9a-f]{0,254}$/;
const NO_NUMBER = /[acdf]/;
/** What YAML 1.1 or 1.2 take for null or a truth value. */
const WORDS = new Set(['null', 'true', 'false', 'yes', 'no', 'on', 'off', 'y', 'n']);

/** A string as YAML, quoted where it needs to be. */
export function yamlString(text: string): string {
  const isPlain = HARMLESS.test(text)
    ? !WORDS.has(text.toLowerCase())
    : HEX.test(text) && NO_NUMBER.test(text);
  return isPlain ? text : `"${yamlQuoted(text)}"`;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** What is no printable character, or a line end to some (YAML 1.2.2, sections 5.1, 5.4), lone surrogates too. */
const NEEDS_ESCAPE =
  // oxlint-disable-next-line no-control-regex -- control characters are what must be escaped
  /["\\\u0000-\u001f\u007f-\u00a0\u2028\u2029\ufeff\ufffe\uffff\p{Surrogate}]/gu;

/** What stands between double quotes for a text. */
export function yamlQuoted(text: string): string {
  return text.replace(NEEDS_ESCAPE, (character) => {
    const short = SHORT_ESCAPES[character];
    if (short !== undefined) return short;
    return `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  });
}
