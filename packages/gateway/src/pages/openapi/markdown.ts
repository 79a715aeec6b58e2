/**
 * Quotes an untrusted text as code in Markdown, the format of descriptions. Its markup, such as images and links, is
 * not rendered (CommonMark 0.31, section 6.1).
 */
export function code(text: string): string {
  const line = oneLine(text);
  const runs = line.match(/`+/g) ?? [];
  const longest = runs.reduce((longest, { length }) => Math.max(longest, length), 0);
  const fence = '`'.repeat(longest + 1);
  // Spaces separate the fence from a backquote at either end. Markdown removes the spaces.
  return /^`|`$|^ .* $/.test(line) ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}

/** Puts a text on one line, and replaces invisible characters by spaces. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{C}\p{Z}]+/gu, ' ').trim();
}
