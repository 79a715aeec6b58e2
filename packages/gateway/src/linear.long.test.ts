import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { growth, isLinear } from '@clnrest/testing';
import { isJsonNumber } from './formats/json-number.ts';
import { keyOfXmlName, xmlName } from './formats/xml-name.ts';
import { xmlTypeOf } from './formats/xml-type.ts';
import { chooseMediaType } from './http/accept.ts';
import { chooseCoding } from './http/coding.ts';
import { pathOf, PathTable } from './routing/path-table.ts';
import { printable } from './http/printable.ts';
import { readPreferences } from './http/quality.ts';
import { checkHead } from './http/request-head.ts';
import { FATAL_VALUES } from './node/fatal-values.ts';
import { integer, satoshis } from './node/lightningd-values.ts';
import { RuneReader } from './node/rune-reader.ts';
import { readRune } from './http/rune-header.ts';
import { LIMITS } from './limits.ts';
import { readTopics } from './notifications/topics.ts';
import { canonicalParameters } from './parameters/canonical-json.ts';
import { readBodyType } from './parameters/content-type.ts';
import { formToParameters } from './parameters/form.ts';
import { quoteString } from '@clnrest/json';
import { mergeParameters } from './parameters/merge.ts';
import { xmlToParameters } from './parameters/xml.ts';
import { yamlToParameters } from './parameters/yaml.ts';
import { PathPattern } from './routing/path-pattern.ts';

/** Headers have 16 KiB at most, URLs 4 KiB. */
const HEAD = 16_384;
/** Enough to detect quadratic time in body parsers, which take longer for each character. */
const BODY = 2 ** 18;
const MARKUP = 2 ** 16;
/** Smaller, because the test tries many pairs. */
const PAIRS = 2 ** 12;
/** Smaller still: parsing YAML takes longest. */
const YAML_PAIRS = 2 ** 10;

type Frames = readonly (readonly [before: string, after: string])[];

/** Each text and each pair of texts: their repetition can make a parser backtrack. */
function* repetitions(pieces: readonly string[]): Generator<string> {
  for (const one of pieces) {
    yield one;
    for (const two of pieces) if (two !== one) yield one + two;
  }
}

async function expectLinear(
  run: (text: string) => unknown,
  pieces: Iterable<string>,
  frames: Frames,
  maxSize: number,
): Promise<void> {
  for (const unit of pieces) {
    for (const [before, after] of frames) {
      const input = (size: number): string =>
        before + unit.repeat(Math.ceil(size / unit.length)) + after;
      const grown = await growth(input, run, maxSize);
      expect(grown, JSON.stringify(`${before}${unit}…${after}`)).toBeLessThan(1.6);
    }
  }
}

describe('the measurement detects', () => {
  test('a regular expression that matched a charset in cubic time', async () => {
    const run = (option: string) => /^\s*charset\s*=\s*"?([^"]*?)"?\s*$/i.exec(option);
    const input = (size: number) => `charset=${' '.repeat(size)}"x"y`;
    expect(await growth(input, run, HEAD)).toBeGreaterThan(1.8);
  });

  test('quadratic time, but not linear time', async () => {
    const input = (size: number) => 'a'.repeat(size);
    const quadratic = (text: string): number => {
      let found = 0;
      for (let at = 0; at < text.length; at++) found += text.indexOf('b', at);
      return found;
    };
    expect(await isLinear(input, quadratic, BODY)).toBe(false);
    const linear = (text: string): void => void text.replaceAll(/a/g, () => 'b');
    expect(await isLinear(input, linear, BODY)).toBe(true);
  });
});

describe('linear time suffices', { timeout: 120_000 }, () => {
  const HEADER_PIECES = [
    'a',
    ' ',
    '\t',
    ',',
    ';',
    '=',
    '"',
    '\\',
    '"a"',
    'q=0',
    'q=0.1,',
    '*/*',
    '\xff',
  ];

  test('for Content-Type', async () => {
    const frames: Frames = [
      ['', ''],
      ['application/json;', ''],
      ['application/json; charset=', '"x"y'],
      ['application/json; charset="', ''],
    ];
    const run = (header: string): void => {
      readBodyType(header, 1);
    };
    await expectLinear(run, repetitions([...HEADER_PIECES, 'charset=']), frames, HEAD);
  });

  test('for Accept and Accept-Encoding', async () => {
    const frames: Frames = [
      ['', ''],
      ['a;q', '!'],
      ['"', '\\'],
    ];
    await expectLinear(readPreferences, repetitions(HEADER_PIECES), frames, HEAD);
    const run = (header: string): void => {
      chooseMediaType(header, ['application/json', 'text/html']);
      chooseCoding(header, ['br', 'gzip']);
    };
    await expectLinear(run, repetitions(HEADER_PIECES), [['', '']], HEAD);
  });

  test('for the rune, topics, and log lines', async () => {
    const reader = new RuneReader();
    const run = (header: string): void => {
      reader.read(header);
      readTopics(header);
      printable(header);
      readRune(header);
    };
    await expectLinear(
      run,
      repetitions(['a', '=', '_', ' ', '.', ',', 'é']),
      [
        ['', ''],
        ['a', ','],
      ],
      HEAD,
    );
  });

  test('for the other headers', async () => {
    const run = (text: string): void => {
      const headers = { host: text, expect: text, 'transfer-encoding': text };
      const rawHeaders = ['Host', text, 'Expect', text];
      const head = { headers, rawHeaders, httpVersion: '1.1', url: '/' };
      checkHead(head as unknown as IncomingMessage, LIMITS);
    };
    await expectLinear(run, HEADER_PIECES, [['', '']], HEAD);
  });

  test('for URLs', async () => {
    const paths = new PathTable();
    const route = (): void => undefined;
    paths.add('POST', '/v1/*', route, { yields: true });
    paths.add('GET', '/a/:b/c', route);
    for (const path of ['v{a}/x', '{a}/{b}/{c}', 'a/{b}c/aaaa{d}aaaa/e']) {
      const registration = { path, rpcMethod: 'm', httpMethod: 'GET', runeRequired: true } as const;
      paths.register({ ...registration, runeRestrictions: {} }, route);
    }
    const pieces = ['a', '/', '?', '#', '%', '%41', '%2F', '%ff', ':', '=', '&', '+', '.', 'v1/'];
    const frames: Frames = [
      ['/', ''],
      ['http://', '/'],
      ['/v1/', '?a'],
    ];
    const run = (url: string): void => {
      pathOf(url);
      paths.find('GET', url);
    };
    await expectLinear(run, repetitions(pieces), frames, HEAD);
  });

  test('for registered paths', async () => {
    const run = (path: string): void => {
      new PathPattern(path).match(path.split('/'));
    };
    await expectLinear(run, repetitions(['a', '/', '{', '}', '{a}', '-', '%']), [['a', 'a']], HEAD);
  });

  test('for forms and queries', async () => {
    const pieces = [
      'a',
      '=',
      '&',
      '[',
      ']',
      '[]',
      '[a]',
      '+',
      '%',
      '%41',
      '%0a',
      '"',
      '\x01',
      'é',
      'a=1&',
    ];
    await expectLinear(formToParameters, repetitions(pieces), [['', '']], PAIRS);
    await expectLinear(
      formToParameters,
      pieces,
      [
        ['a=', ''],
        ['a[', ']=1'],
        ['', '=%'],
      ],
      BODY,
    );
    const numbered = (key: (index: number) => string) => (size: number) =>
      Array.from({ length: Math.ceil(size / 8) }, (_, index) => `${key(index)}=1`).join('&');
    for (const key of [
      (index: number) => `a[${index}]`,
      (index: number) => `a[${index}][b][c]`,
      (index: number) => `a[b][c][d][e][f][g][${index}]`,
      (index: number) => `a[${index % 300}][${index}]`,
      () => 'a[]',
      () => 'a[][][][]',
      () => 'a[][b]',
      (index: number) => `k_${index}`,
    ]) {
      expect(await isLinear(numbered(key), formToParameters, BODY), key(7)).toBe(true);
    }
  });

  test('for JSON', async () => {
    const pieces = [
      '{',
      '[',
      ']',
      '"',
      '\\',
      '\\"',
      '\\/',
      '\\u0041',
      '\\u0001',
      '\\ud83d',
      '\\ude00',
    ];
    pieces.push(',', ':', '1', '-', '1.', 'e', ' ', 'é', '\n', '1,', '"a":1,', '{"a":');
    await expectLinear(canonicalParameters, repetitions(pieces), [['', '']], PAIRS);
    const frames: Frames = [
      ['{"a":"', '"}'],
      ['{"a":"', ''],
      ['[[', '1]]'],
      ['[{', '}]'],
      ['[', '1]'],
    ];
    await expectLinear(canonicalParameters, pieces, frames, BODY);
    const members = (member: (index: number) => string) => (size: number) =>
      `{"a":{${Array.from({ length: Math.ceil(size / 8) }, (_, index) => member(index)).join(',')}}}`;
    for (const member of [
      (index: number) => `"a${index}":1`,
      (index: number) => `"\\u0061${index}":null`,
      (index: number) => `"${index}":"\\/"`,
    ]) {
      expect(await isLinear(members(member), canonicalParameters, BODY), member(7)).toBe(true);
    }
  });

  test('for YAML', async () => {
    const pieces = [
      'a',
      '1',
      ' ',
      '\n',
      '\t',
      '- ',
      '-',
      '? ',
      ': ',
      ', ',
      ',',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
    ];
    pieces.push(
      '&a ',
      '*a ',
      '!a ',
      '#',
      '|',
      '>',
      '%',
      '\\',
      '---\n',
      '...\n',
      '\n a',
      '\n\n',
      'é',
      '[],',
      'a: 1\n',
    );
    await expectLinear(yamlToParameters, repetitions(pieces), [['', '']], YAML_PAIRS);
    const frames: Frames = [
      ['', ''],
      ['a: "', '"'],
      ["a: '", "'"],
      ['a: [', ']'],
      ['a: {', '}'],
      ['a: >\n ', ''],
      ['a: |\n ', '\n'],
      ['a: ', ''],
      ['a:\n', ''],
    ];
    await expectLinear(yamlToParameters, pieces, frames, MARKUP);
    const keys = (size: number) =>
      `a:\n${Array.from({ length: Math.ceil(size / 8) }, (_, index) => `  a${index}: 1`).join('\n')}`;
    expect(await isLinear(keys, yamlToParameters, MARKUP)).toBe(true);
  });

  test('for XML', async () => {
    const run = (xml: string): string => xmlToParameters(xml, 'm');
    const pieces = [
      'a',
      '<',
      '>',
      '<a>',
      '</a>',
      '<a/>',
      '<a>1</a>',
      '&',
      '&lt;',
      '&#65;',
      '&#',
      ' ',
      '\n',
      '\r',
    ];
    pieces.push(
      '"',
      '<!--',
      '-->',
      '--',
      '<![CDATA[',
      ']]>',
      ']]',
      ']',
      '<?a ?>',
      '<?',
      '?',
      '=',
      " a=''",
      '_x0041_',
      'é',
    );
    await expectLinear(run, repetitions(pieces), [['<m>', '</m>']], PAIRS);
    const frames: Frames = [
      ['', ''],
      ['<m><a>', '</a></m>'],
      ['<m ', '/>'],
      ['<m type="', '"/>'],
      ['<m><a escaped="true">', '</a></m>'],
      ['<m><', '/></m>'],
      ['<?xml ', '?><m/>'],
      ['<m><!--', '--></m>'],
      ['<m><![CDATA[', ']]></m>'],
      ['<!DOCTYPE ', '>'],
    ];
    await expectLinear(run, [...pieces, '\\u0041', '\\n'], frames, MARKUP);
    const elements = (size: number) =>
      `<m><a>${Array.from({ length: Math.ceil(size / 8) }, (_, index) => `<a${index}/>`).join('')}</a></m>`;
    expect(await isLinear(elements, run, MARKUP)).toBe(true);
    const attributes = (size: number) =>
      `<m ${Array.from({ length: Math.ceil(size / 8) }, (_, index) => `a${index}=""`).join(' ')}/>`;
    expect(await isLinear(attributes, run, MARKUP)).toBe(true);
  });

  test('for single values', async () => {
    const pieces = ['0', '1', '-', '.', 'e', '+', ' ', '_', '_x', 'x0041_', '"', '\x1f', 'é'];
    const run = (text: string): void => {
      isJsonNumber(text);
      xmlTypeOf(text);
      keyOfXmlName(text);
      xmlName(text);
      quoteString(text);
    };
    await expectLinear(
      run,
      repetitions(pieces),
      [
        ['', ''],
        ['1', '!'],
        ['_x0041', ''],
      ],
      PAIRS,
    );
  });

  test('to merge parameters', async () => {
    const outside = `{${Array.from({ length: 100 }, (_, index) => `"x${index}":"1"`).join(',')}}`;
    const body = (size: number) =>
      `{${Array.from({ length: Math.ceil(size / 8) }, (_, index) => `"a_${index}":[{"b":"c"}]`).join(',')}}`;
    expect(await isLinear(body, (text) => mergeParameters(outside, text), BODY)).toBe(true);
  });
});

describe('the examination of values on which lightningd could stop takes linear time', () => {
  const frames: Frames = [
    ['"', '"'],
    ['"0x', 'g"'],
    ['"0b1', '2"'],
    ['"-0', 'x"'],
    ['"1.', 'x"'],
    ['["', '"]'],
    ['[{"a":"', '"}]'],
  ];
  const pieces = ['0', '1', ' ', 'f', ';', 'x', String.raw`\"`, String.raw`\\`];

  test('of numbers and amounts', async () => {
    const run = (raw: string) => [integer(raw), satoshis(raw)];
    await expectLinear(run, pieces, frames, BODY);
  });

  test.each([...FATAL_VALUES])('of %s', async (_, values) => {
    const run = (raw: string) => values.map(({ fault }) => fault(raw));
    await expectLinear(run, pieces, frames, MARKUP);
  });
});
