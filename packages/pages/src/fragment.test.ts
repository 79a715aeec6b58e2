import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runeInFragment, withRune } from './fragment.ts';

test('a rune survives a round trip in the fragment', () => {
  expect(withRune('events', 'a-_=')).toBe('events#rune=a-_%3D');
  expect(runeInFragment('#rune=a-_%3D')).toBe('a-_=');
  // Typed by hand, without escapes.
  expect(runeInFragment('#rune=a-_==')).toBe('a-_==');
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (rune) => {
      const link = withRune('events', rune);
      expect(runeInFragment(link.slice(link.indexOf('#')))).toBe(rune);
    }),
  );
});

test.each(['', '#', '#rune', '#rune=', '#events', '#x&rune=a'])('%j contains no rune', (text) => {
  expect(runeInFragment(text)).toBeUndefined();
});

test('invalid encoding is returned unchanged, so that the page reports it', () => {
  expect(runeInFragment('#rune=%zz')).toBe('%zz');
});
