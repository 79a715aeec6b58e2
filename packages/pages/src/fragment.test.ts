import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runeInFragment, withRune } from './fragment.ts';

test('a rune goes from page to page in the fragment', () => {
  expect(withRune('events', 'a-_=')).toBe('events#rune=a-_%3D');
  expect(runeInFragment('#rune=a-_%3D')).toBe('a-_=');
  // As people write it by hand.
  expect(runeInFragment('#rune=a-_==')).toBe('a-_==');
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (rune) => {
      const link = withRune('events', rune);
      expect(runeInFragment(link.slice(link.indexOf('#')))).toBe(rune);
    }),
  );
});

test.each(['', '#', '#rune', '#rune=', '#events', '#x&rune=a'])('there is none in %j', (text) => {
  expect(runeInFragment(text)).toBeUndefined();
});

test('what is badly encoded is handed on as it is, to be told so', () => {
  expect(runeInFragment('#rune=%zz')).toBe('%zz');
});
