import { describe, expect, test } from 'vitest';
import { UsageError } from '../usage-error.ts';
import { parseCliOptions } from './options.ts';

test('options can be anywhere, and values follow = or are the next word', () => {
  const argv = ['-k', '--lightning-dir=/x', 'createrune', '--regtest', 'a=b', '--rpc-file', 'r'];
  expect(parseCliOptions(argv)).toMatchObject({
    lightningDir: '/x',
    network: 'regtest',
    rpcFile: 'r',
    style: 'keywords',
    words: ['createrune', 'a=b'],
  });
});

test('one-letter options can be joined, and the last of a kind wins', () => {
  expect(parseCliOptions(['-RoF', 'getinfo'])).toMatchObject({ format: 'flat', style: 'ordered' });
  expect(parseCliOptions(['-l', '{"id":true}', 'getinfo'])).toMatchObject({
    filter: '{"id":true}',
  });
  expect(parseCliOptions(['-l{"id":true}', 'getinfo'])).toMatchObject({ filter: '{"id":true}' });
});

test('options end at --', () => {
  expect(parseCliOptions(['ping', '--', '-H', '--x'])).toMatchObject({
    words: ['ping', '-H', '--x'],
  });
});

test.each([[['--nope']], [['-x']], [['--network']], [['-l']]])('%j is refused', (argv) => {
  expect(() => parseCliOptions(argv)).toThrow(UsageError);
});

describe('a rune that begins with -', () => {
  // One rune in 64 begins with -.
  const AFTER_DASH = 'XzL3GhECjqxj-0lceBQjgOuwPBG3sHQysg8DGnr549MCZtZXRob2Q9Z2V0aW5mbyZwbnVtPDIw';

  test.each(['-t', '--', '-kt', '-7', '-_'])('is a parameter: %s…', (begin) => {
    const rune = `${begin}${AFTER_DASH}`;
    const words = ['checkrune', rune];
    expect(parseCliOptions(words)).toMatchObject({ words, style: 'auto' });
    expect(parseCliOptions([...words, '-o'])).toMatchObject({ words, style: 'ordered' });
    expect(parseCliOptions(['--', ...words])).toMatchObject({ words });
  });

  test.each(['-l', '-h', '-V', '-N', '-c', '-kJc'])(
    'is rejected if lightning-cli would read options: %s…',
    (begin) => {
      const rune = `${begin}${AFTER_DASH}`;
      expect(() => parseCliOptions(['checkrune', rune])).toThrow(
        /^a rune that begins like an option must follow --$/,
      );
      expect(parseCliOptions(['checkrune', '--', rune]).words).toEqual(['checkrune', rune]);
    },
  );

  test('is not quoted in errors', () => {
    expect(() => parseCliOptions([`--rune=-t${AFTER_DASH}`])).toThrow(
      /^--rune=\(hidden\): unrecognized option$/,
    );
  });

  test('any number of joined options remain options', () => {
    const flags = `-${'kJ'.repeat(30)}`;
    expect(parseCliOptions([flags])).toMatchObject({
      style: 'keywords',
      format: 'json',
      words: [],
    });
  });
});
