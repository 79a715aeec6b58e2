import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Format, format } from './format.ts';
import { parseJsonTree } from './json-tree.ts';

const print = (text: string, as: Format): string => format(parseJsonTree(text), text, as);

const ANSWER = '{"id":"03a6","n":18446744073709551615,"list":[],"o":{"a":[1,{"b":"x\\ny\\"z"}]}}';

test('JSON is indented by three, digits and escapes as they came', () => {
  expect(print(ANSWER, 'json')).toBe(`{
   "id": "03a6",
   "n": 18446744073709551615,
   "list": [],
   "o": {
      "a": [
         1,
         {
            "b": "x\\ny\\"z"
         }
      ]
   }
}`);
});

test('flat', () => {
  expect(print(ANSWER, 'flat')).toBe(
    'id=03a6\nn=18446744073709551615\no.a[0]=1\no.a[1].b=x\\ny\\"z',
  );
});

test('human-readable: line breaks are real, an object of one member is its value', () => {
  expect(print('{"help":[{"command":"getinfo "}]}', 'human')).toBe('getinfo ');
  expect(print('{"a":1,"b":"x\\ny\\"z"}', 'human')).toBe('a=1\nb=x\ny"z');
});

test('the list of commands is sorted', () => {
  const help = '{"help":[{"command":"stop "},{"command":"check c"}],"format-hint":"simple"}';
  expect(print(help, 'help-list')).toMatch(/^check c\n\nstop \n\n---\n/);
});

test('raw is what came', () => {
  expect(print('{ "a" : 1 }', 'raw')).toBe('{ "a" : 1 }');
});

describe('the tree', () => {
  test('takes all JSON, whatever its white space, and prints the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2, '\t'), (value, space) => {
        const text = JSON.stringify(value, null, space);
        expect(JSON.parse(print(text, 'json'))).toEqual(JSON.parse(text));
      }),
    );
  });

  test.each(['', '{', '[1,]', '{"a"}', '{"a":}', '{a:1}', '[1 2]', '1 2', '{"a":1,}', 'tru', '"a'])(
    '%j is no JSON',
    (text) => {
      expect(() => parseJsonTree(text)).toThrow(SyntaxError);
    },
  );
});
