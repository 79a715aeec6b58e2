import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../refusals.ts';
import { jsonOf, someTree } from '../testing/json-tree.ts';
import { JsonScanner, MAX_PIECE_LENGTH } from './json-scanner.ts';

/** The events of a text, or the kind of the refusal. */
function eventsOf(...pieces: readonly string[]): readonly string[] {
  const events: string[] = [];
  const scanner = new JsonScanner({
    beginObject: () => events.push('{'),
    endObject: () => events.push('}'),
    beginArray: () => events.push('['),
    endArray: () => events.push(']'),
    name: (key) => events.push(`${JSON.stringify(key)}:`),
    literal: (text) => events.push(text),
    string: (piece, isLast) => events.push(JSON.stringify(piece) + (isLast ? '' : '…')),
  });
  try {
    for (const piece of pieces) scanner.push(piece);
    scanner.end();
    return events;
  } catch (error) {
    if (error instanceof Refusal) return [error.kind];
    throw error;
  }
}

describe('JsonScanner', () => {
  test.each([
    ['{}', ['{', '}']],
    [' [ ] ', ['[', ']']],
    ['5', ['5']],
    ['"a"', ['"a"']],
    ['{"a":[1,"b",{"c":null}],"d":true}', '{ "a": [ 1 "b" { "c": null } ] "d": true }'.split(' ')],
    [
      '[18446744073709551615,0.1000,-0,1e400]',
      '[ 18446744073709551615 0.1000 -0 1e400 ]'.split(' '),
    ],
    [
      '["\\u00e9\\ud83d\\ude00\\/\\b\\f\\n\\r\\t\\"\\\\"]',
      ['[', JSON.stringify('é😀/\b\f\n\r\t"\\'), ']'],
    ],
    ['{"\\u0061":1}', ['{', '"a":', '1', '}']],
    // Not JSON, but some plugins write raw control characters.
    ['["a\tb"]', ['[', '"a\\tb"', ']']],
  ])('reads %s', (json, events) => {
    expect(eventsOf(json)).toEqual(events);
    expect(eventsOf(...json.split(/(?=[^])/))).toEqual(events);
  });

  test.each([
    '',
    ' ',
    '{',
    '[',
    '[1',
    '[1,]',
    '[,1]',
    '[1 2]',
    '[1}',
    '{"a":1]',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{,}',
    '{a:1}',
    '{1:1}',
    '{"a":1 "b":2}',
    '{} {}',
    '1 2',
    '[] ]',
    'nul',
    'True',
    '01',
    '1.',
    '+1',
    '--1',
    '1e',
    'NaN',
    '"a',
    '"\\x"',
    '"\\u12',
    '"\\u12g4"',
    ':',
    ',',
    '}',
  ])('refuses %j', (json) => {
    expect(eventsOf(json)).toEqual(['node_broke_off']);
    expect(eventsOf(...json.split(/(?=[^])/))).toEqual(['node_broke_off']);
  });

  test('emits the same events wherever the text is split', () => {
    const property = fc.property(
      someTree(),
      fc.array(fc.nat(), { maxLength: 8 }),
      fc.nat({ max: 3 }),
      (tree, cuts, indent) => {
        const json = JSON.stringify(JSON.parse(jsonOf(tree)), null, indent);
        const ends = cuts.map((cut) => cut % (json.length + 1)).toSorted((a, b) => a - b);
        const pieces = [...ends, json.length].map((end, i) => json.slice(ends[i - 1] ?? 0, end));
        expect(eventsOf(...pieces)).toEqual(eventsOf(json));
      },
    );
    fc.assert(property, { numRuns: 500 });
  });

  test('accepts what JSON.parse accepts', () => {
    const soup = fc.string({
      unit: fc.constantFrom(...'[]{}:,"\\ 10-.eE+tfn', 'true', 'null', '"a"', '"a":', '\\u0041'),
      size: '+1',
    });
    const property = fc.property(soup, (text) => {
      const isJson = ((): boolean => {
        try {
          JSON.parse(text);
          return true;
        } catch {
          return false;
        }
      })();
      expect(eventsOf(text).includes('node_broke_off')).toBe(!isJson);
    });
    fc.assert(property, { numRuns: 5_000 });
  });
});

describe('long texts', () => {
  test('a long string arrives in pieces that split no character', () => {
    const text = `${'x'.repeat(MAX_PIECE_LENGTH)}${'😀'.repeat(MAX_PIECE_LENGTH)}`;
    for (const json of [JSON.stringify(text), `"${escapeAll(text)}"`]) {
      const cut = Array.from({ length: Math.ceil(json.length / 999) }, (_, i) =>
        json.slice(i * 999, (i + 1) * 999),
      );
      const events = eventsOf(...cut);
      const pieces = events.map((event) => JSON.parse(event.replace(/…$/, '')) as string);
      expect(pieces.join('') === text).toBe(true);
      expect(pieces.filter((piece) => /\p{Surrogate}/u.test(piece))).toEqual([]);
      expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(
        MAX_PIECE_LENGTH + 1_000,
      );
      expect(events.map((event) => event.endsWith('…')).lastIndexOf(true)).toBe(events.length - 2);
    }
  });

  test('a string of the maximum length arrives in one piece', () => {
    expect(eventsOf(`"${'x'.repeat(MAX_PIECE_LENGTH)}"`)).toHaveLength(1);
    expect(eventsOf(`"${'x'.repeat(MAX_PIECE_LENGTH + 1)}"`)).toHaveLength(2);
  });

  test.each([
    ['levels', `${'['.repeat(64)}${']'.repeat(64)}`, `${'['.repeat(65)}${']'.repeat(65)}`],
    ['a key', `{"${'k'.repeat(1_000)}":1}`, `{"${'k'.repeat(1_001)}":1}`],
    ['a number', '1'.repeat(65_536), '1'.repeat(65_537)],
  ])('limit of %s', (_, within, beyond) => {
    expect(eventsOf(within)).not.toContain('unwritable');
    expect(eventsOf(beyond)).toEqual(['unwritable']);
    expect(eventsOf(...beyond.split(/(?=[^])/))).toEqual(['unwritable']);
  });
});

function escapeAll(text: string): string {
  const unit = (index: number): string => text.charCodeAt(index).toString(16).padStart(4, '0');
  return Array.from({ length: text.length }, (_, index) => `\\u${unit(index)}`).join('');
}
