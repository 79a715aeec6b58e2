import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesHeldBy } from '@clnrest/testing/heap';
import { detachedString, stringBytes } from './string-memory.ts';

const MIB = 1024 * 1024;
const held = (result: string): Promise<number> =>
  bytesHeldBy(
    `import { detachedString } from './string-memory.ts';
     const large = (encoding = 'latin1') => Buffer.alloc(5_000_000, 'a line of text\\n').toString(encoding);
     export default () => { return ${result}; };`,
    import.meta.dirname,
  );

describe('a detached string', () => {
  test('equals the original', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(detachedString(text)).toBe(text);
      }),
    );
  });

  test.each([
    ['a slice', 'large().slice(100, 200)'],
    ['a line', "large().split('\\n')[5].repeat(1) + large().split('\\n').at(-2)"],
    ['a capture', '/([^]{100})/.exec(large())[1]'],
    ['a beginning', "'[TRUNCATED]: ' + large().slice(0, 1000)"],
    ['a slice of two-byte text', "large('utf16le').slice(100, 200)"],
  ])('of %s holds only its own characters', async (_what, cut) => {
    expect(await held(`detachedString(${cut})`)).toBeLessThan(MIB);
  });

  test('is necessary: a slice holds its original', async () => {
    expect(await held('large().slice(100, 200)')).toBeGreaterThan(4_900_000);
  });
});

describe('the bytes of a string', () => {
  test.each([
    ['ASCII', '\u007f'],
    ['Latin-1', '\u00ff'],
    ['two bytes for each character', '\u2603'],
    ['surrogates', '\u{1f680}'],
  ])(
    'of %s are at least its real size, and less than 2.2 times as many',
    async (_what, character) => {
      const bytes = await bytesHeldBy(
        `const text = (i) => Buffer.from(${JSON.stringify(character)}.repeat(1000) + String(i).padStart(8)).toString();
       export default () => Array.from({ length: 3_000 }, (_, i) => text(i));`,
        import.meta.dirname,
      );
      const counted = 3_000 * stringBytes(`${character.repeat(1000)}00000000`);
      expect(counted).toBeGreaterThan(0.95 * bytes);
      expect(counted).toBeLessThan(2.2 * bytes);
    },
  );
});
