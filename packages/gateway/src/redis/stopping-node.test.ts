import { FakeNode } from '@clnrest/testing/fake-node';
import { expect, onTestFinished, test } from 'vitest';
import { StoppingNode } from './stopping-node.ts';

/** A node whose plugins are listed, one list for each question; the last list again for further ones. */
async function start(...lists: readonly (readonly string[])[]) {
  const fake = await FakeNode.start({ getinfo: (call) => call.result('{"id":"02"}') });
  const left = [...lists];
  fake.on('plugin', (call) => {
    const names = (left.length > 1 ? left.shift() : left[0]) ?? [];
    const plugins = names.map((name) => ({ name, active: true, dynamic: true }));
    call.result(JSON.stringify({ command: 'list', plugins }));
  });
  const node = new StoppingNode(fake.socketPath);
  onTestFinished(() => node.close());
  expect(await node.id()).toBe('02');
  return { fake, node };
}

test('a node that stops is asked until this plugin is the last one', async () => {
  const { fake, node } = await start(['ours', 'other', 'third'], ['ours', 'other'], ['ours']);
  fake.stopListening();
  expect(await node.untilLast(5_000)).toBe(true);
  expect(fake.paramsOf('plugin')).toEqual(Array.from({ length: 3 }, () => '{"subcommand":"list"}'));
});

test('the wait for other plugins ends after a time', async () => {
  const { fake, node } = await start(['ours', 'other']);
  fake.stopListening();
  expect(await node.untilLast(100)).toBe(false);
  expect(fake.paramsOf('plugin').length).toBeGreaterThan(1);
});

test('a node that listens does not stop', async () => {
  const { fake, node } = await start(['ours']);
  expect(await node.untilLast(5_000)).toBe(false);
  expect(fake.paramsOf('plugin')).toEqual([]);
});

test('a node that is gone or does not reply has possibly sent more', async () => {
  const { fake, node } = await start(['ours']);
  fake.on('plugin', () => undefined);
  fake.stopListening();
  expect(await node.untilLast(50)).toBe(false);
  await fake.stop();
  expect(await node.untilLast(5_000)).toBe(false);
});
