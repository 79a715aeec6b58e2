import { readFileSync, writeFileSync } from 'node:fs';
import { commandReference } from '../packages/clnrest/src/command-table/reference.ts';
import { optionsWithoutEffect } from '../packages/sandbox/src/options/options-reference.ts';
import { expectedDifferences } from '../test/lightningd/comparison/differences-reference.ts';

/**
 * Writes the generated parts of the reference pages: `npm run reference`. A comment before and after each part names it.
 */
const PAGES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'docs/reference/sandbox.md': {
    'options without effect': optionsWithoutEffect(),
    'differences of replies': expectedDifferences(),
  },
  'docs/reference/command-line.md': { subcommands: commandReference() },
};

for (const [file, parts] of Object.entries(PAGES)) {
  let page = readFileSync(file, 'utf8');
  for (const [name, text] of Object.entries(parts)) {
    const [start, end] = [`<!-- generated: ${name} -->`, `<!-- end: ${name} -->`];
    const [from, to] = [page.indexOf(start), page.indexOf(end)];
    if (from === -1 || to === -1) throw new Error(`${file} has no place for ${name}`);
    page = `${page.slice(0, from + start.length)}\n\n${text}\n\n${page.slice(to)}`;
  }
  writeFileSync(file, page);
}
