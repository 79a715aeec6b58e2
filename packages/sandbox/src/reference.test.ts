import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { COMMANDS } from './commands/table.ts';
import { BUILTIN_PLUGIN_TOPICS, NATIVE_TOPICS } from '@clnrest/lightningd/topics';
import { optionsWithoutEffect } from './options/options-reference.ts';
import { OWN_OPTIONS } from './options/own-options.ts';
import { VERSION } from './version.ts';

const page = readFileSync(new URL('../../../docs/reference/sandbox.md', import.meta.url), 'utf8');

test('the reference lists every option with an effect', () => {
  const options = OWN_OPTIONS.filter(({ description }) => description !== '');
  const missing = options.filter(({ name }) => !new RegExp(`\`--${name}[=[\`]`).test(page));
  expect(missing).toEqual([]);
});

/** A table without the padding of its cells. */
function compact(table: string): string {
  return table.trim().replaceAll(/ {2,}/g, ' ').replaceAll(/-{3,}/g, '---');
}

test('the reference lists every option without effect: run `npm run reference` if not', () => {
  const part = /<!-- generated: options without effect -->([^]*?)<!-- end/.exec(page)?.[1] ?? '';
  expect(compact(part)).toBe(compact(optionsWithoutEffect()));
});

test('the reference lists exactly the commands', () => {
  const table = /## Commands\n([^]*?)\n###/.exec(page)?.[1] ?? '';
  const cells = table.split('\n').filter((line) => line.startsWith('| `'));
  const names = cells.flatMap((line) => {
    const [, first = ''] = line.split('|');
    return [...first.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
  });
  expect(names.toSorted()).toEqual(COMMANDS.map(({ name }) => name).toSorted());
});

/** Topics of lightningd that the sandbox never uses, and the log. */
const UNLISTED = new Set([
  'channel_open_failed',
  'log',
  'onionmessage_forward_fail',
  'openchannel_peer_sigs',
]);

test('the reference lists exactly the notifications', () => {
  const list = /\*\*Notifications\*\*([^]*?)\./.exec(page)?.[1] ?? '';
  const named = [...list.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
  const sent = [...NATIVE_TOPICS, ...BUILTIN_PLUGIN_TOPICS].filter((name) => !UNLISTED.has(name));
  expect(named.toSorted()).toEqual(sent.toSorted());
});

test('the reference states the version', () => {
  expect(page).toContain(`\`${VERSION}\``);
});
