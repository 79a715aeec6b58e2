import { describe, expect, test } from 'vitest';
import { JsonLines, jsonLine } from './json-lines.ts';

const VALUES = [{ text: 'a\nb\u2028☃\ud800' }, [1, null], 'x'.repeat(1_000)];
const BYTES = Buffer.from(VALUES.map(jsonLine).join(''));

describe('lines of JSON', () => {
  test.each([1, 2, 7, 100_000])('are decoded unchanged from chunks of %i bytes', (size) => {
    const lines = new JsonLines();
    const values: unknown[] = [];
    for (let at = 0; at < BYTES.length; at += size) {
      values.push(...lines.push(BYTES.subarray(at, at + size)));
    }
    expect(values).toEqual(VALUES);
  });

  test('are refused if they are too long, even before they end', () => {
    const lines = new JsonLines(10);
    expect([...lines.push(Buffer.from('"12345678"\n"1234567'))]).toEqual(['12345678']);
    expect(() => [...lines.push(Buffer.from('890'))]).toThrow('a line exceeds 10 bytes');
  });

  test('throw if they are not JSON', () => {
    expect(() => [...new JsonLines().push(Buffer.from('Segmentation fault\n'))]).toThrow();
  });
});
