import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { COMMANDS } from './commands/table.ts';
import { BUILTIN_TOPICS, NATIVE_TOPICS } from './notifications/topics.ts';
import { OWN_OPTIONS } from './options/own-options.ts';
import { VERSION } from './version.ts';

const page = readFileSync(new URL('../../../docs/reference/sandbox.md', import.meta.url), 'utf8');

test('the reference has every option that does something', () => {
  const options = OWN_OPTIONS.filter(({ description }) => description !== '');
  const missing = options.filter(({ name }) => !new RegExp(`\`--${name}[=[\`]`).test(page));
  expect(missing).toEqual([]);
});

test('the reference has every command, and no other', () => {
  const table = /## Commands\n([^]*?)\n###/.exec(page)?.[1] ?? '';
  const cells = table.split('\n').filter((line) => line.startsWith('| `'));
  const names = cells.flatMap((line) => {
    const [, first = ''] = line.split('|');
    return [...first.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
  });
  expect(names.toSorted()).toEqual(COMMANDS.map(({ name }) => name).toSorted());
});

/** What lightningd tells of and what never happens here, and the log, which is no event. */
const NEVER_TOLD = new Set([
  'channel_open_failed',
  'log',
  'onionmessage_forward_fail',
  'openchannel_peer_sigs',
]);

test('the reference has every notification, and no other', () => {
  const list = /\*\*Notifications\*\*([^]*?)\./.exec(page)?.[1] ?? '';
  const named = [...list.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
  const told = [...NATIVE_TOPICS, ...BUILTIN_TOPICS].filter((name) => !NEVER_TOLD.has(name));
  expect(named.toSorted()).toEqual(told.toSorted());
});

test('the reference has the version', () => {
  expect(page).toContain(`\`${VERSION}\``);
});
