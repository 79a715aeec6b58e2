import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Format, format } from './format.ts';
import { parseJsonTree } from './json-tree.ts';

const print = (text: string, as: Format): string => format(parseJsonTree(text), text, as);

const RESULT = '{"id":"03a6","n":18446744073709551615,"list":[],"o":{"a":[1,{"b":"x\\ny\\"z"}]}}';

test('JSON is indented by three and keeps digits and escapes', () => {
  expect(print(RESULT, 'json')).toBe(`{
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
  expect(print(RESULT, 'flat')).toBe(
    'id=03a6\nn=18446744073709551615\no.a[0]=1\no.a[1].b=x\\ny\\"z',
  );
});

test('human-readable output has real line breaks and the value of a single member', () => {
  expect(print('{"help":[{"command":"getinfo "}]}', 'human')).toBe('getinfo ');
  expect(print('{"a":1,"b":"x\\ny\\"z"}', 'human')).toBe('a=1\nb=x\ny"z');
});

test('the list of commands is sorted', () => {
  const help = '{"help":[{"command":"stop "},{"command":"check c"}],"format-hint":"simple"}';
  expect(print(help, 'help-list')).toMatch(/^check c\n\nstop \n\n---\n/);
});

test('raw output is unchanged', () => {
  expect(print('{ "a" : 1 }', 'raw')).toBe('{ "a" : 1 }');
});

describe('the tree', () => {
  test('parses all JSON with any white space, and prints the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2, '\t'), (value, space) => {
        const text = JSON.stringify(value, null, space);
        expect(JSON.parse(print(text, 'json'))).toEqual(JSON.parse(text));
      }),
    );
  });

  test.each(['', '{', '[1,]', '{"a"}', '{"a":}', '{a:1}', '[1 2]', '1 2', '{"a":1,}', 'tru', '"a'])(
    'rejects %j',
    (text) => {
      expect(() => parseJsonTree(text)).toThrow(SyntaxError);
    },
  );
});
