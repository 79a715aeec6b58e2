import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArrayItems } from './array-items.ts';

function itemsOf(pieces: readonly string[], name = 'list'): unknown[] {
  const items = new ArrayItems(name);
  const found = pieces.flatMap((piece) => items.push(piece));
  items.end();
  return found.map((text) => JSON.parse(text) as unknown);
}

function cut(text: string, at: readonly number[]): string[] {
  const places = [...at.map((place) => place % (text.length + 1)), 0, text.length];
  const sorted = places.toSorted((a, b) => a - b);
  return sorted.slice(1).map((end, index) => text.slice(sorted[index], end));
}

const members = fc.dictionary(fc.string(), fc.jsonValue());

describe('the items of an array', () => {
  test('match the array, for any JSON and any split', () => {
    fc.assert(
      fc.property(
        fc.record({ before: members, list: fc.array(fc.jsonValue()), after: members }),
        fc.constantFrom(undefined, 1, '\t'),
        fc.array(fc.nat(), { maxLength: 20 }),
        ({ before, list, after }, space, places) => {
          delete before['list'];
          delete after['list'];
          for (const name of Object.keys(before)) delete after[name];
          const text = JSON.stringify({ ...before, list, ...after }, undefined, space);
          expect(itemsOf(cut(text, places))).toEqual(JSON.parse(JSON.stringify(list)));
        },
      ),
    );
  });

  test('match the array when every character arrives separately', () => {
    const list = [1, 'a"\\', '\\\\', { b: ['}', ']'] }, [], {}, null, true, -1.5e3, ''];
    const text = JSON.stringify({ 'li\\"st': 0, list, end: '"' });
    expect(itemsOf([...text])).toEqual(list);
    expect(itemsOf([...'{ "l\\u0069st" : [ 1 , 2 ] }'])).toEqual([1, 2]);
  });

  test('are returned as soon as they are complete', () => {
    const items = new ArrayItems('list');
    expect(items.push('{"list":[{"a":1}')).toEqual(['{"a":1}']);
    expect(items.push(',2')).toEqual([]);
    expect(items.push(',')).toEqual(['2']);
  });

  test('of a truncated object end with an error, wherever it is cut', () => {
    const text = '{"a":{"b":"]"},"list":[{"c":"\\""},2],"d":null}';
    for (let length = 0; length < text.length; length++) {
      expect(() => itemsOf([text.slice(0, length)])).toThrow(SyntaxError);
    }
    expect(itemsOf([text])).toEqual([{ c: '"' }, 2]);
  });

  test.each([
    '[]',
    '{"list":{}}',
    '{"list":null}',
    '{"other":[1]}',
    '{}',
    '{"list":[1],"list":[2]}',
    '{"list":[1,]}',
    '{"list":[,1]}',
    '{"list":[1]]}',
    '{"list":[1]}}',
    '{"list":[1]} x',
    '{"list" [1]}',
    '{"list":[1],}',
    '{list:[1]}',
    '{"list":[1 2]}',
    '<html>',
    '"list"',
    '',
  ])('%j is rejected', (text) => {
    expect(() => itemsOf([text])).toThrow(SyntaxError);
    expect(() => itemsOf([...text])).toThrow(SyntaxError);
  });
});
