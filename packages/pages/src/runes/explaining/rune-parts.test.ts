import { Master, Restriction, Rune } from '@clnrest/runes';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runePartsOf } from './rune-parts.ts';

const MASTER = new Master(new Uint8Array(32));

test('each part of the text has its meaning', () => {
  const rune = MASTER.create('0', [
    Restriction.of('method^list', 'method=summary'),
    Restriction.of('rate=60'),
  ]);
  const [code, id, first, second, ...more] = runePartsOf(rune, 0n);
  expect(more).toEqual([]);
  // 32 bytes end in the 43rd character.
  expect(code?.text.length).toBe(43);
  expect([id?.decoded, first?.decoded, second?.decoded]).toEqual([
    '=0',
    'method^list|method=summary',
    'rate=60',
  ]);
  expect(first?.words).toBe("The command starts with 'list', or the command is 'summary'.");
  // Most characters of a part are those of its bytes.
  expect(Buffer.from(`x${first?.text}`.slice(0, -1), 'base64url').length).toBeGreaterThan(15);
});

test('the parts are the whole text, for any rune', () => {
  const value = fc
    .string({ unit: 'grapheme', maxLength: 12 })
    .filter((text) => !text.includes('\0'));
  fc.assert(
    fc.property(fc.array(value, { maxLength: 6 }), fc.nat(), (values, id) => {
      const restrictions = values.map((each) => Restriction.of(`pnamea=${each}`));
      const rune = MASTER.create(String(id), restrictions);
      const parts = runePartsOf(rune, 0n);
      expect(parts.map(({ text }) => text).join('')).toBe(rune.toBase64());
      expect(parts.length).toBe(values.length + 2);
    }),
  );
});

test('a rune without an id has its restrictions after the code', () => {
  const rune = new Rune(new Uint8Array(32), undefined, undefined, [Restriction.of('method=pay')]);
  expect(runePartsOf(rune, 0n).map(({ decoded }) => decoded)).toEqual(['00000000…', 'method=pay']);
});
