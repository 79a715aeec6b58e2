import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commandReference } from './reference.ts';

/** The text without what prettier changes: the widths of tables. */
function normalized(text: string): string {
  return text
    .replaceAll(/-{3,}/g, '---')
    .replaceAll(/[ \n]+/g, ' ')
    .trim();
}

test('the reference lists all subcommands: run `npm run reference` if not', () => {
  const file = new URL('../../../../docs/reference/command-line.md', import.meta.url);
  const part = /<!-- generated: subcommands -->([^]*?)<!-- end/.exec(readFileSync(file, 'utf8'));
  expect(normalized(part?.[1] ?? '')).toBe(normalized(commandReference()));
});
