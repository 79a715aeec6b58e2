import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FINDINGS } from './findings.ts';

const page = readFileSync(new URL('../../../../docs/guide/doctor.md', import.meta.url), 'utf8');

test('the guide lists all findings', () => {
  const rows = page.split('\n').flatMap((line) => {
    const [, code, status, means] = /^\| `([a-z_]+)` +\| (\S+) +\| (.*?) *\|$/.exec(line) ?? [];
    return code === undefined ? [] : [[code, status, means]];
  });
  const catalogue = Object.entries(FINDINGS).map(([code, { status, means }]) => [
    code,
    status === 'left_out' ? 'skipped' : status,
    means,
  ]);
  expect(rows).toEqual(catalogue);
});

test('each finding is used', () => {
  const directory = new URL('./', import.meta.url);
  const sources = readdirSync(directory)
    .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|^findings\.ts$/.test(file))
    .map((file) => readFileSync(new URL(file, directory), 'utf8'))
    .join('\n');
  const unused = Object.keys(FINDINGS).filter((code) => !sources.includes(`'${code}'`));
  expect(unused).toEqual([]);
});
