import { Rune } from '@clnrest/runes';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasRuneForm, withoutRunes } from './rune-form.ts';

const rune = fc
  .tuple(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.nat().map(String))
  .map(([code, id]) => new Rune(code, id, undefined, []).toBase64());

test('every rune has it, with its padding and without', () => {
  fc.assert(fc.property(rune, (text) => hasRuneForm(text) && hasRuneForm(text.replace(/=+$/, ''))));
});

test.each(['', '-', '-k', '--human-readable', '--rune-file=', `--rune=${'a'.repeat(50)}`])(
  '%j has not',
  (word) => {
    expect(hasRuneForm(word)).toBe(false);
  },
);

test('no rune is left in a text', () => {
  fc.assert(
    fc.property(rune, (text) => withoutRunes(`'--x:${text}' (x)`) === "'--x:(hidden)' (x)"),
  );
});
