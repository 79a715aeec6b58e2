import { expect, test } from 'vitest';
import { UsageError } from '../usage-error.ts';
import { parseCliOptions } from './options.ts';

test('options stand anywhere, values follow = or are the next word', () => {
  const argv = ['-k', '--lightning-dir=/x', 'createrune', '--regtest', 'a=b', '--rpc-file', 'r'];
  expect(parseCliOptions(argv)).toMatchObject({
    lightningDir: '/x',
    network: 'regtest',
    rpcFile: 'r',
    style: 'keywords',
    words: ['createrune', 'a=b'],
  });
});

test('one-letter options may be joined, and the last of a kind counts', () => {
  expect(parseCliOptions(['-RoF', 'getinfo'])).toMatchObject({ format: 'flat', style: 'ordered' });
  expect(parseCliOptions(['-l', '{"id":true}', 'getinfo'])).toMatchObject({
    filter: '{"id":true}',
  });
  expect(parseCliOptions(['-l{"id":true}', 'getinfo'])).toMatchObject({ filter: '{"id":true}' });
});

test('behind -- nothing is an option', () => {
  expect(parseCliOptions(['ping', '--', '-H', '--x'])).toMatchObject({
    words: ['ping', '-H', '--x'],
  });
});

test.each([[['--nope']], [['-x']], [['--network']], [['-l']]])('%j is refused', (argv) => {
  expect(() => parseCliOptions(argv)).toThrow(UsageError);
});
