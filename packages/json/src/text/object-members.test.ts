import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ObjectMembers } from './object-members.ts';

/** Reads an object in chunks. Returns the texts of its members, and how many pieces were complete. */
function read(chunks: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  const complete: string[] = [];
  const members = new ObjectMembers((name, piece, isLast) => {
    found.set(name, (found.get(name) ?? '') + piece);
    if (isLast) complete.push(name);
  });
  for (const chunk of chunks) members.push(chunk);
  members.end();
  expect(complete).toEqual([...found.keys()]);
  return found;
}

function cut(text: string, at: readonly number[]): string[] {
  const places = [...at.map((place) => place % (text.length + 1)), 0, text.length];
  const sorted = places.toSorted((a, b) => a - b);
  return sorted.slice(1).map((end, index) => text.slice(sorted[index], end));
}

describe('the members of an object', () => {
  test('match the object, for any JSON and any split', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.constantFrom(undefined, 1, '\t'),
        fc.array(fc.nat(), { maxLength: 20 }),
        (object, space, places) => {
          const text = JSON.stringify(object, undefined, space);
          const entries = [...read(cut(text, places))].map(([name, value]) => [
            name,
            JSON.parse(value) as unknown,
          ]);
          expect(new Map(entries as [string, unknown][])).toEqual(
            new Map(Object.entries(JSON.parse(text) as object)),
          );
        },
      ),
    );
  });

  test('keep their text', () => {
    expect(read(['{ "a" : 9007199254740993 , "b": [ 1,2 ] }'])).toEqual(
      new Map([
        ['a', '9007199254740993'],
        ['b', '[ 1,2 ]'],
      ]),
    );
  });
});

test.each(['[]', '{,}', '{"a":}', '{"a" 1}', '{a:1}', '{}{}', '{"a":1,}', '{"\\x":1}', 'null', ''])(
  '%s is rejected',
  (text) => {
    expect(() => read([text])).toThrow(SyntaxError);
  },
);

test('an object that ends too early is rejected, at any length', () => {
  const text = '{"a":{"b":"}"},"c":[1]}';
  for (let length = 0; length < text.length; length++) {
    expect(() => read([text.slice(0, length)])).toThrow(SyntaxError);
  }
});

test('a key that does not end is rejected', () => {
  const members = new ObjectMembers(() => undefined);
  const chunk = 'k'.repeat(1_000);
  expect(() => {
    members.push('{"');
    for (let count = 0; count < 100; count++) members.push(chunk);
  }).toThrow('too long');
});
