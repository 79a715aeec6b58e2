import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lint, Master, parseRestrictions, READONLY, type Restriction } from '@clnrest/runes';
import { describe, expect, test } from 'vitest';
import { COMMAND_NAMES } from './command-names.ts';

/** The runes of the guides, pages and examples of this repository pass lint, unless they are dangerous by intention. */
const ROOT = new URL('../../../..', import.meta.url).pathname;
const NOW = 1_700_000_000n;
const master = new Master(new Uint8Array(32).fill(7));

/** Programs that pay, and what the guide says about their runes. */
const PAYING = 'docs/guide/clients.md';
/** The mistake of the manual of createrune, which the guide explains. */
const MANUAL = '[["time<…","rate=2"]]';
/** The rune of the runes page, which makes and revokes runes. */
const RUNES_PAGE = '[["method=showrunes","method=createrune","method=blacklistrune"],';

const files = ['README.md', 'SECURITY.md', ...textsIn('docs'), ...textsIn('examples')].concat(
  textsIn('packages'),
);

function textsIn(directory: string): string[] {
  return readdirSync(join(ROOT, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = `${directory}/${entry.name}`;
    if (entry.isDirectory()) {
      return ['node_modules', 'dist', 'facts', 'schemas'].includes(entry.name) ? [] : textsIn(path);
    }
    return /\.(?:md|ts|mjs|json|yml)$/.test(path) && !path.endsWith('.test.ts') ? [path] : [];
  });
}

const runes = files.flatMap((file) => {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const found = text.matchAll(/createrune\b[^'\n]*'(\[\[[^']*\]\])'/g);
  // In comments of TypeScript, further lines begin with slashes.
  return [...found].map(([, json = '']) => [file, json.replaceAll(/\s+(?:\/\/ )?/g, ' ')] as const);
});

function findings(restrictions: readonly Restriction[]) {
  const all = lint(master.create('0', restrictions), NOW, { commands: COMMAND_NAMES });
  return all.filter(({ severity }) => severity !== 'hint').map(({ code }) => code);
}

describe('the rune', () => {
  test.each(runes)('of %s: %s', (file, json) => {
    if (json === MANUAL) return;
    const codes = findings(parseRestrictions(json, 'createrune'));
    if (json.startsWith(RUNES_PAGE)) expect([...new Set(codes)]).toEqual(['makes_runes']);
    else if (file === PAYING)
      expect(codes.filter((code) => code !== 'unlimited_amount')).toEqual([]);
    else expect(codes).toEqual([]);
  });

  test('of readonly', () => {
    expect(findings(READONLY)).toEqual([]);
  });
});

test('the search finds the runes', () => {
  const found = new Set(runes.map(([file]) => file));
  expect(found).toContain('README.md');
  expect(found).toContain('docs/guide/runes.md');
  expect(found).toContain('packages/pages/src/events/markup.ts');
  expect(runes.filter(([file]) => file === PAYING).length).toBeGreaterThan(8);
  expect(readFileSync(join(ROOT, PAYING), 'utf8')).toContain('spend without a limit');
});
