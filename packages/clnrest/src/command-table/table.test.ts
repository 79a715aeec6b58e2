import { describe, expect, test } from 'vitest';
import { main } from '../main.ts';
import type { CommandEntry } from './entry.ts';
import { helpText } from './help.ts';
import { PROGRAM } from './table.ts';

/** All commands with the words before their arguments. */
function all(entry: CommandEntry, path = 'clnrest'): [string, CommandEntry][] {
  const below = (entry.commands ?? []).flatMap((command) =>
    all(command, `${path} ${command.name}`),
  );
  return [[path, entry], ...below];
}

const ENTRIES = all(PROGRAM);

describe.each(ENTRIES)('%s', (path, entry) => {
  test.each([40, 52, 80, 200])('has help that fits %i columns', (columns) => {
    const lines = helpText(path, entry, { columns }).split('\n');
    expect(lines.filter((line) => line.length > Math.min(columns, 80))).toEqual([]);
  });

  test('prints its help, which has an example and the exit statuses', async () => {
    // The sandbox asks its plugins for their options, in a process.
    if (path === 'clnrest sandbox') return;
    let out = '';
    const terminal = {
      out: (text: string) => void (out += text),
      error: () => expect.fail('an error'),
      input: () => expect.fail('reads stdin'),
    };
    expect(await main([...path.split(' ').slice(1), '--help'], terminal)).toBe(0);
    expect(out).toBe(helpText(path, entry, {}));
    expect(out).toMatch(/\nExamples?:\n {2}\S*.*clnrest/);
    expect(out).toMatch(/\nExit status:\n {2}0 {2}/);
  });

  test('has examples with options that exist', () => {
    expect(entry.examples.length).toBeGreaterThan(0);
    for (const example of entry.examples) {
      const words = example.split(' ');
      const start = words.findIndex((word) => word.includes('clnrest'));
      expect(start).toBeGreaterThanOrEqual(0);
      expect(unknownOptions(words.slice(start + 1))).toEqual([]);
    }
  });
});

/** Options of an example that its command lacks. */
function unknownOptions(words: readonly string[]): string[] {
  const path = ['clnrest'];
  for (const word of words) {
    if (!ENTRIES.some(([name]) => name === [...path, word].join(' '))) break;
    path.push(word);
  }
  const entry = ENTRIES.find(([name]) => name === path.join(' '))?.[1];
  const options = words.flatMap((word) => /^--([a-z-]+)/.exec(word)?.[1] ?? []);
  // `sandbox` has the options of lightningd as well.
  if (path[1] === 'sandbox') return [];
  return options.filter((name) => !Object.hasOwn(entry?.options ?? {}, name));
}

test('colour marks the headings only if the terminal has colour', () => {
  const [path, entry] = ENTRIES[0] ?? expect.fail('no entry');
  expect(helpText(path, entry, { color: true })).toContain('\u001B[1mOptions:\u001B[22m');
  expect(helpText(path, entry, {})).not.toContain('\u001B');
});
