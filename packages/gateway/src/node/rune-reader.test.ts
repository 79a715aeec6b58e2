import { inspect } from 'node:util';
import { Restriction, Rune } from '@clnrest/runes';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../refusals.ts';
import { originOfRune } from '../http/origin.ts';
import type { ParsedRune } from './parsed-rune.ts';
import { RuneReader } from './rune-reader.ts';

function numbered(id: number | string): Rune {
  return new Rune(new Uint8Array(32).fill(7), String(id), undefined, []);
}

function parsed(reader: RuneReader, text: string): ParsedRune {
  const rune = reader.read(text);
  if (rune instanceof Refusal) throw rune;
  return rune;
}

describe('RuneReader', () => {
  test.each([0, 7, 10, 12_345, Number.MAX_SAFE_INTEGER])(
    'parses rune %i and derived runes',
    (id) => {
      const reader = new RuneReader();
      const rune = numbered(id);
      const narrow = rune.restrict(Restriction.of('method=getinfo', 'rate=60'));
      const narrower = narrow.restrict(Restriction.of(`pnamelabel=${'x'.repeat(300)}`));
      for (const text of [rune, narrow, narrower].map((each) => each.toBase64())) {
        for (const form of [text, text.replace(/=+$/, '')]) {
          const read = parsed(reader, form);
          expect(read.text).toBe(form);
          expect(read.id).toBe(BigInt(id));
          expect(originOfRune(read).key).toBe(`=${id}`);
        }
      }
    },
  );

  test.each([
    ['', 'rune: should be base64 string'],
    ['%', 'rune: should be base64 string'],
    ['AAAA', 'rune: should be base64 string'],
    [numbered('x').toBase64(), 'rune: should have valid numeric unique_id'],
  ])('refuses %j as lightningd does', (text, message) => {
    expect(new RuneReader().read(text)).toMatchObject({ code: -32602, message });
  });

  test('returns the same object for a rune that it keeps, and only for that', () => {
    const reader = new RuneReader();
    const [first, second] = [1, 2].map((id) => numbered(id).toBase64());
    const kept = parsed(reader, first ?? '');
    reader.keep(kept);
    const other = parsed(reader, second ?? '');
    expect(reader.read(first ?? '')).toBe(kept);
    expect(reader.read(second ?? '')).not.toBe(other);
    reader.keep(other);
    expect(reader.read(first ?? '')).toBe(kept);
    expect(reader.read(second ?? '')).toBe(other);
  });

  test('evicts the rune that was used the longest time ago', () => {
    const reader = new RuneReader();
    const long = Restriction.of(`pnamelabel=${'x'.repeat(50_000)}`);
    const texts = Array.from({ length: 10 }, (_, id) => numbered(id).restrict(long).toBase64());
    const kept = texts.map((text) => {
      const rune = parsed(reader, text);
      reader.keep(rune);
      reader.read(texts[0] ?? '');
      return rune;
    });
    expect(reader.read(texts[0] ?? '')).toBe(kept[0]);
    expect(reader.read(texts[1] ?? '')).not.toBe(kept[1]);
    expect(reader.read(texts[9] ?? '')).toBe(kept[9]);
  });
});

test('a parsed rune prints redacted', () => {
  const text = numbered(12).toBase64();
  const rune = parsed(new RuneReader(), text);
  const options = { depth: 9, showHidden: true };
  for (const shown of [inspect(rune, options), JSON.stringify({ rune }), `${rune}`]) {
    expect(shown).toContain('ParsedRune(12, redacted)');
    expect(shown).not.toContain(text.slice(0, 12));
  }
});
