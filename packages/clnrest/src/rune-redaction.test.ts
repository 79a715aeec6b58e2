import { Rune } from '@clnrest/runes';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { looksLikeRune, redactRunes } from './rune-redaction.ts';

const rune = fc
  .tuple(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.nat().map(String))
  .map(([code, id]) => new Rune(code, id, undefined, []).toBase64());

test('recognizes every rune, with and without padding', () => {
  fc.assert(
    fc.property(rune, (text) => looksLikeRune(text) && looksLikeRune(text.replace(/=+$/, ''))),
  );
});

test.each(['', '-', '-k', '--human-readable', '--rune-file=', `--rune=${'a'.repeat(50)}`])(
  '%j does not look like a rune',
  (word) => {
    expect(looksLikeRune(word)).toBe(false);
  },
);

test('redacts every rune in a text', () => {
  fc.assert(fc.property(rune, (text) => redactRunes(`'--x:${text}' (x)`) === "'--x:(hidden)' (x)"));
});
