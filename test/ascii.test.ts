import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const ROOT = new URL('..', import.meta.url);
/** The scripts have no types. */
const { toAscii } = (await import(new URL('scripts/ascii.mjs', ROOT).href)) as {
  readonly toAscii: (script: string) => string;
};

test('characters outside ASCII are escaped in regular expressions, also in pairs', () => {
  const script = toAscii('[/^₿/, /[😀-😎]/u]');
  expect(script).toBe(String.raw`[/^\u20bf/, /[\ud83d\ude00-\ud83d\ude0e]/u]`);
  const [bitcoin, faces] = new Function(`return ${script}`)() as [RegExp, RegExp];
  expect([bitcoin.test('₿'), faces.test('😃'), faces.test('😳')]).toEqual([true, true, false]);
  expect(toAscii('a\0b')).toBe('a\0b');
});

test('a raw template is refused, because it keeps escapes', () => {
  expect(() => toAscii('String.raw`a₿`')).toThrow('cannot escape a raw template: raw`a₿');
});

test.each(['packages/clnrest/dist', 'packages/sandbox/dist/program'])(
  'the scripts in %s are ASCII',
  (folder) => {
    const directory = new URL(`${folder}/`, ROOT);
    const names = readdirSync(directory).filter((name) => name.endsWith('.js'));
    expect(names.length).toBeGreaterThan(1);
    for (const name of names) {
      expect(/[^\0-\x7F]/.exec(readFileSync(new URL(name, directory), 'latin1'))).toBeNull();
    }
  },
);
