import fc from 'fast-check';
import { dump } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../refusals.ts';
import { yamlToParameters } from './yaml.ts';

function outcome(text: string): string {
  try {
    return yamlToParameters(text);
  } catch (error) {
    if (error instanceof Refusal) return error.kind;
    throw error;
  }
}

describe('yamlToParameters', () => {
  test.each([
    ['', '{}'],
    ['# nothing', '{}'],
    ['---\n', '{}'],
    ['--- # a\n...\n', '{}'],
    ['a: 1\nb: x', '{"a":1,"b":"x"}'],
    ['{"a": 1, "b": ["x", true, null]}', '{"a":1,"b":["x",true,null]}'],
    ['key: [project]', '{"key":["project"]}'],
    ["key: ['project']", '{"key":["project"]}'],
    ['key:\n- a\n- b: 1\n  c: {}\n-\n  - d', '{"key":["a",{"b":1,"c":{}},["d"]]}'],
    ['- 1000\n- a\n- ~', '[1000,"a",null]'],
    ['[]', '[]'],
    ['a:\nb: ~\nc: null\nd: Null\ne: 1', '{"e":1}'],
    ['a: {b: }', '{"a":{"b":null}}'],
    ['%YAML 1.2\n---\na: 1', '{"a":1}'],
    ['a: &x 1', '{"a":1}'],
    ['a: |\n  l1\n  l2\n', '{"a":"l1\\nl2\\n"}'],
    ['a: >-\n  l1\n  l2\n', '{"a":"l1 l2"}'],
    ['a: l1\n  l2', '{"a":"l1 l2"}'],
    ['a: "\\u00e9\\x41\\ud83d\\ude00"', '{"a":"éA😀"}'],
    ["a: 'it''s'", '{"a":"it\'s"}'],
    ['1: a\ntrue: b\n~: c', '{"1":"a","true":"b","~":"c"}'],
    ['"": 1', '{"":1}'],
    ['"<<": 1', '{"<<":1}'],
    ['__proto__: 1\nconstructor: {__proto__: 2}', '{"__proto__":1,"constructor":{"__proto__":2}}'],
    ['? a\n: b', '{"a":"b"}'],
    ['a: 1\r\nb: 2\r\n', '{"a":1,"b":2}'],
  ])('%j', (yaml, json) => {
    expect(outcome(yaml)).toBe(json);
  });

  test.each([
    // Numbers in JSON's syntax.
    ['18446744073709551615', '18446744073709551615'],
    ['0.1000', '0.1000'],
    ['-0', '-0'],
    ['1e400', '1e400'],
    ['1E+2', '1E+2'],
    ['true', 'true'],
    ['FALSE', 'false'],
    // Values of other types in YAML 1.1 only, and digits that are usually meant as text.
    ['no', '"no"'],
    ['Yes', '"Yes"'],
    ['on', '"on"'],
    ['y', '"y"'],
    ['tRUE', '"tRUE"'],
    ['2020-01-01', '"2020-01-01"'],
    ['1_000', '"1_000"'],
    ['190:20:30', '"190:20:30"'],
    ['0b11', '"0b11"'],
    ['017', '"017"'],
    ['00', '"00"'],
    ['-017', 'bad_yaml'],
    ['103x1x0', '"103x1x0"'],
    ['=', '"="'],
    ['"12"', '"12"'],
    ["'true'", '"true"'],
    ['""', '""'],
    // Numbers in YAML's syntax only.
    ['0x1F', 'bad_yaml'],
    ['0o17', 'bad_yaml'],
    ['+5', 'bad_yaml'],
    ['.5', 'bad_yaml'],
    ['5.', 'bad_yaml'],
    ['.inf', 'bad_yaml'],
    ['-.INF', 'bad_yaml'],
    ['.nan', 'bad_yaml'],
    ['01.5', 'bad_yaml'],
  ])('the scalar %s becomes %s', (yaml, json) => {
    const expected = json === 'bad_yaml' ? json : `{"a":[${json}]}`;
    expect(outcome(`a: [${yaml}]`)).toBe(expected);
    expect(outcome(`a:\n- ${yaml}`)).toBe(expected);
  });

  test.each([
    ['two documents', 'a: 1\n---\nb: 2', 'bad_yaml'],
    ['many documents', '---\n'.repeat(1_000), 'bad_yaml'],
    ['an alias', 'a: &x 1\nb: *x', 'bad_yaml'],
    ['an alias as key', 'a: &x b\n*x : 1', 'bad_yaml'],
    ['an alias without an anchor', 'a: *x', 'bad_yaml'],
    ['a merge key', '<<: {a: 1}\nb: 2', 'bad_yaml'],
    ['a tag', 'a: !!str 5', 'bad_yaml'],
    ['a local tag', 'a: !x 5', 'bad_yaml'],
    ['a tag on a mapping', 'a: !!map {b: 1}', 'bad_yaml'],
    ['a tag on a sequence', 'a: !!set {b: 1}', 'bad_yaml'],
    ['a verbatim tag', 'a: !<tag:yaml.org,2002:js/function> "x"', 'bad_yaml'],
    ['binary', 'a: !!binary aGk=', 'bad_yaml'],
    ['another version', '%YAML 1.1\n---\na: yes', 'bad_yaml'],
    ['a tag directive', '%TAG ! tag:x,2000:\n---\na: 1', 'bad_yaml'],
    ['a sequence as key', '? [a]\n: b', 'bad_yaml'],
    ['a mapping as key', '{{a: 1}: b}', 'bad_yaml'],
    ['a missing key', ': b', 'bad_yaml'],
    ['a missing key in a flow mapping', '{ : b}', 'bad_yaml'],
    ['a lone surrogate', 'a: "\\ud800"', 'bad_yaml'],
    ['a lone surrogate in a key', '"\\udc00": 1', 'bad_yaml'],
    ['a control character', 'a: "\u0001"', 'bad_yaml'],
    ['a tab for indentation', 'a:\n\tb: 1', 'bad_yaml'],
    ['an unterminated string', 'a: "b', 'bad_yaml'],
    ['unbalanced brackets', 'a: [1}', 'bad_yaml'],
    ['a repeated key', 'a: 1\na: 2', 'ambiguous_parameters'],
    ['a repeated key in a nested mapping', 'a: {b: 1, "\\x62": 2}', 'ambiguous_parameters'],
    ['names that differ in punctuation', 'amount_msat: 1\namountmsat: 2', 'ambiguous_parameters'],
    ['a name with a quote', '"a\\"": 1', 'impossible_parameter'],
    ['a string', 'just text', 'not_parameters'],
    ['a quoted string', '""', 'not_parameters'],
    ['a number', '5', 'not_parameters'],
    ['null', '~', 'not_parameters'],
    ['deep brackets', '['.repeat(100_000), 'too_complex'],
    ['deep dashes', '- '.repeat(100_000), 'too_complex'],
    ['deep question marks', '? '.repeat(100_000), 'too_complex'],
    ['deep keys', '{a: '.repeat(60_000), 'too_complex'],
    ['a long number', `a: ${'1'.repeat(1_001)}`, 'too_complex'],
    ['many values', `[${'1,'.repeat(100_001)}]`, 'too_complex'],
  ])('refuses %s', (_, yaml, kind) => {
    expect(outcome(yaml)).toBe(kind);
  });

  test('reports the line of an error without quoting the text', () => {
    const refused = expect(() => yamlToParameters('a: 1\nsecret: "secret\n'));
    refused.toThrow(/^Body is not valid YAML: syntax error in line \d$/);
  });

  test('accepts at most 64 levels', () => {
    const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(outcome(nested(64))).toBe(nested(64));
    expect(outcome(nested(65))).toBe('too_complex');
  });

  test('reads what js-yaml writes', () => {
    const name = fc.stringMatching(/^[a-z]{1,6}$/);
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.boolean(), fc.constant(null)),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(fc.string({ unit: 'grapheme' }), tie('tree'), { maxKeys: 3 }),
      ),
    }));
    const value = fc.dictionary(name, tree, { minKeys: 1 });
    const property = fc.property(value, (parameters) => {
      const withoutNulls = Object.entries(parameters).filter(([, each]) => each !== null);
      const read: unknown = JSON.parse(yamlToParameters(dump(parameters, { noRefs: true })));
      expect(read).toEqual(JSON.parse(JSON.stringify(Object.fromEntries(withoutNulls))));
    });
    fc.assert(property, { numRuns: 300 });
  });

  test('returns parameters or throws a refusal for any text', () => {
    const soup = fc.string({
      unit: fc.constantFrom(...'ab1:-?,[]{}#&*!|>\'"%@`~ \n\t\r<\\', ': ', '- ', '? ', '---\n'),
      size: '+1',
    });
    const property = fc.property(soup, (text) => {
      expect(outcome(text)).toMatch(/^[[{]|^[a-z_]+$/);
    });
    fc.assert(property, { numRuns: 2_000 });
  });
});
