/**
 * A text of others as code in Markdown, which is what descriptions are written in: nothing in it is
 * taken for markup, so that no picture or link of theirs gets onto a page (CommonMark 0.31, section 6.1).
 */
export function code(text: string): string {
  const line = oneLine(text);
  const runs = line.match(/`+/g) ?? [];
  const longest = runs.reduce((longest, { length }) => Math.max(longest, length), 0);
  const fence = '`'.repeat(longest + 1);
  // Spaces inside, where it begins or ends in the very characters that fence it; they are not shown.
  return /^`|`$|^ .* $/.test(line) ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}

/** The same on one line, without what can't be seen. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{C}\p{Z}]+/gu, ' ').trim();
}
