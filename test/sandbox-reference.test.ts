import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { expectedDifferences } from './lightningd/comparison/differences-reference.ts';

/** A text whose lines can be broken anywhere. */
function unbroken(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ');
}

test('the reference lists the expected differences: run `npm run reference` if not', () => {
  const page = readFileSync(new URL('../docs/reference/sandbox.md', import.meta.url), 'utf8');
  const part = /<!-- generated: differences of replies -->([^]*?)<!-- end/.exec(page)?.[1] ?? '';
  expect(unbroken(part)).toBe(unbroken(expectedDifferences()));
});
