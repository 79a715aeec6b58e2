/** A raw template keeps its escapes. */
const RAW_TEMPLATE = /\braw`[^`]*[^\0-\x7F]/;

/**
 * Escapes the characters outside ASCII in a script without comments. V8 keeps a script with one such character as two bytes for
 * each of its characters. esbuild escapes them in strings, but not in regular expressions.
 */
export function toAscii(script) {
  const raw = RAW_TEMPLATE.exec(script)?.[0];
  if (raw !== undefined) throw new Error(`cannot escape a raw template: ${raw}`);
  return script.replaceAll(
    /[^\0-\x7F]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
