import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { xmlToParameters } from '../parameters/xml.ts';
import { translated } from '../testing/translated.ts';

const DATASTORE =
  '{"datastore":[{"key":["project"],"generation":0,"hex":"636f","string":"core lightning"}]}';

describe('a result', () => {
  test('in YAML', async () => {
    expect(await translated(DATASTORE, 'yaml')).toBe(`datastore:
- key:
  - project
  generation: 0
  hex: 636f
  string: core lightning
`);
  });

  test('in XML', async () => {
    expect(await translated(DATASTORE, 'xml', 'listdatastore')).toBe(
      '<listdatastore><datastore><key>project</key><generation>0</generation><hex>636f</hex>' +
        '<string>core lightning</string></datastore></listdatastore>',
    );
  });

  test('in a form', async () => {
    expect(await translated(DATASTORE, 'form')).toBe(
      'datastore[0][key][0]=project&datastore[0][generation]=0&datastore[0][hex]=636f' +
        '&datastore[0][string]=core+lightning',
    );
  });

  test.each([
    ['{}', '{}\n', '<m/>', '='],
    ['[]', '[]\n', '<m type="array"/>', '='],
    ['null', 'null\n', '<m type="null"/>', '='],
    ['5', '5\n', '<m>5</m>', '=5'],
    ['"a"', 'a\n', '<m>a</m>', '=a'],
    ['""', '""\n', '<m type="string"></m>', '='],
    ['{"a":[]}', 'a: []\n', '<m/>', 'a='],
    ['{"a":{}}', 'a: {}\n', '<m><a type="object"/></m>', 'a='],
    ['{"a":null}', 'a: null\n', '<m><a type="null"/></m>', 'a='],
    ['{"a":true}', 'a: true\n', '<m><a>true</a></m>', 'a=true'],
    ['{"a":"true"}', 'a: "true"\n', '<m><a type="string">true</a></m>', 'a=true'],
    ['{"a":"12"}', 'a: "12"\n', '<m><a type="string">12</a></m>', 'a=12'],
    ['{"a":1e400}', 'a: 1e400\n', '<m><a>1e400</a></m>', 'a=1e400'],
    ['{"a":{"b":[]}}', 'a:\n  b: []\n', '<m><a type="object"/></m>', 'a[b]='],
    [
      '{"a":[[1],[]]}',
      'a:\n- - 1\n- []\n',
      '<m><a type="array"><item type="array"><item>1</item></item><item type="array"/></a></m>',
      'a[0][0]=1&a[1]=',
    ],
    [
      '{"a":[1,[2]]}',
      'a:\n- 1\n- - 2\n',
      '<m><a>1</a><a type="array"><item>2</item></a></m>',
      'a[0]=1&a[1][0]=2',
    ],
    [
      '[{"a":1,"b":2},[3]]',
      '- a: 1\n  b: 2\n- - 3\n',
      '<m type="array"><item><a>1</a><b>2</b></item><item type="array"><item>3</item></item></m>',
      '0[a]=1&0[b]=2&1[0]=3',
    ],
    ['{"1 a":1}', '"1 a": 1\n', '<m><_x0031__x0020_a>1</_x0031__x0020_a></m>', '1+a=1'],
    ['{"a[":1}', '"a[": 1\n', '<m><a_x005B_>1</a_x005B_></m>', 'a%5B=1'],
    [
      '{"a":"x\\r\\n<&>"}',
      'a: "x\\r\\n<&>"\n',
      '<m><a>x&#13;\n&lt;&amp;&gt;</a></m>',
      'a=x%0D%0A%3C%26%3E',
    ],
    [
      '{"a":"\\u0001\\\\"}',
      'a: "\\u0001\\\\"\n',
      '<m><a escaped="true">\\u0001\\\\</a></m>',
      'a=%01%5C',
    ],
    ['{"a":"\\ud800"}', 'a: "\\uD800"\n', '<m><a escaped="true">\\uD800</a></m>', 'a=%EF%BF%BD'],
  ])('%s', async (json, yaml, xml, form) => {
    expect(await translated(json, 'yaml')).toBe(yaml);
    expect(await translated(json, 'xml')).toBe(xml);
    expect(await translated(json, 'form')).toBe(form);
  });
});

const PLAIN = '02ab 636f v26.06.6 a_b-c.d@e/f+g lnbcrt1 Not E5'.split(' ');
const QUOTED =
  '~ null NULL true Yes no ON off y N << = - --- ... 12 -1 +1 0x1f 0o7 0b1 017 1_0 1e3 02e5 12e34 .5 ' +
  '.inf .NaN 1:20 2020-01-01 a: [a {a &a *a !a | > %a @a `a "a \'a é a\nb \u0085';

describe('a string in YAML', () => {
  test.each([...PLAIN, 'CALM OTTER'])('is unquoted: %s', async (text) => {
    expect(await translated(JSON.stringify(text), 'yaml')).toBe(`${text}\n`);
  });

  test.each([
    ...QUOTED.split(' '),
    '',
    ' a',
    'a ',
    '- a',
    '? a',
    'a: b',
    'a, b',
    'a #b',
    '2020-01-01 10:00:00',
  ])('is quoted: %j', async (text) => {
    expect(await translated(JSON.stringify(text), 'yaml')).toMatch(/^"[^\n]*"\n$/);
  });
});

describe('a long string', () => {
  const long = `\u0001${'12'.repeat(100_000)}\\😀`;
  const json = `{"a":${JSON.stringify(long)},"b":"${'1'.repeat(70_000)}"}`;

  test('is complete in YAML', async () => {
    expect(load(await translated(json, 'yaml'))).toEqual(JSON.parse(json));
  });

  test('is complete in XML', async () => {
    expect(JSON.parse(xmlToParameters(await translated(json, 'xml'), 'm'))).toEqual(
      JSON.parse(json),
    );
  });

  test('is complete in a form', async () => {
    const form = new URLSearchParams(await translated(json, 'form'));
    expect(Object.fromEntries(form)).toEqual(JSON.parse(json));
  });

  test('is refused as a key that exceeds the limit of YAML with its escapes', async () => {
    const key = '\u0001'.repeat(200);
    await expect(translated(JSON.stringify({ [key]: 1 }), 'yaml')).rejects.toMatchObject({
      kind: 'unwritable',
    });
  });

  test('is refused as the path of a value in a form', async () => {
    const nested = (depth: number): string =>
      depth === 0 ? '1' : `{"${'k'.repeat(100)}":${nested(depth - 1)}}`;
    expect(await translated(nested(9), 'form')).toMatch(/^k.*=1$/);
    await expect(translated(nested(10), 'form')).rejects.toMatchObject({ kind: 'unwritable' });
  });
});
