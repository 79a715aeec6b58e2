import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cut, cuts, jsonText, whiteSpace } from '@clnrest/testing/json-arbitrary';
import { FrameError } from './frame-error.ts';
import { ObjectScanner } from './object-scanner.ts';

type Members = [string, string][];

function objectsIn(pieces: readonly Buffer[]): { objects: Members[]; unfinished: boolean } {
  const objects: Members[] = [];
  let members: Members = [];
  let value: Buffer[] = [];
  let key = '';
  const scanner = new ObjectScanner({
    memberBegin(name) {
      key = name;
      value = [];
    },
    memberBytes(piece) {
      expect(piece.length).toBeGreaterThan(0);
      value.push(piece);
    },
    memberEnd() {
      members.push([key, Buffer.concat(value).toString('utf8')]);
    },
    objectEnd() {
      objects.push(members);
      members = [];
    },
  });
  for (const piece of pieces) scanner.push(piece);
  return { objects, unfinished: scanner.unfinished };
}

const member = fc.tuple(fc.string({ unit: 'binary', maxLength: 6 }), jsonText);
const spaces = fc.array(whiteSpace, { minLength: 24, maxLength: 24 });

function objectText(members: Members, space: readonly string[]): string {
  let next = 0;
  const gap = (): string => space[next++ % space.length] ?? '';
  const body = members.map(
    ([key, value]) => `${gap()}${JSON.stringify(key)}${gap()}:${gap()}${value}${gap()}`,
  );
  return `${gap()}{${body.length === 0 ? gap() : body.join(',')}}${gap()}`;
}

describe('ObjectScanner', () => {
  test('returns members verbatim, for any white space and any split', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(member, { maxLength: 4 }), { maxLength: 3 }),
        spaces,
        cuts,
        (objects, space, at) => {
          const text = objects.map((members) => objectText(members, space)).join('');
          const found = objectsIn(cut(Buffer.from(text, 'utf8'), at));
          expect(found).toEqual({ objects, unfinished: false });
        },
      ),
      { numRuns: 300 },
    );
  });

  test('is unfinished until the last byte', () => {
    const text = ' {"a" : [1, {"b\\"": null}] , "c":"}" }';
    for (let length = 2; length < text.length; length++) {
      const found = objectsIn([Buffer.from(text.slice(0, length))]);
      expect(found).toMatchObject({ objects: [], unfinished: true });
    }
  });

  test.each([
    ['no object', '[1]'],
    ['a number', '1'],
    ['a key without quotes', '{a:1}'],
    ['no colon', '{"a" 1}'],
    ['no value', '{"a":}'],
    ['no comma', '{"a":1 "b":2}'],
    ['a comma at the end', '{"a":1,}'],
    ['a comma alone', '{,}'],
    ['a key with a bad escape', '{"\\x":1}'],
    ['a stray bracket', '{"a":1]'],
    ['a word between objects', '{"a":1} and {"b":2}'],
  ])('rejects %s', (_name, text) => {
    expect(() => objectsIn([Buffer.from(text)])).toThrow(FrameError);
  });

  test('rejects an endless key, in bounded memory', () => {
    const endless = Buffer.alloc(1024, 'k');
    const scanner = new ObjectScanner({
      memberBegin() {},
      memberBytes() {},
      memberEnd() {},
      objectEnd() {},
    });
    scanner.push(Buffer.from('{"'));
    expect(() => {
      for (let count = 0; count < 100; count++) scanner.push(endless);
    }).toThrow('a key longer than 64 KiB');
  });
});
