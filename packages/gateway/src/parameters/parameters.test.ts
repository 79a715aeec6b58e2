import { expect, test } from 'vitest';
import { MAX_MARKUP_BYTES } from './limits.ts';
import { readParameters } from './parameters.ts';
import { readBodyType } from './content-type.ts';
import { Refusal } from '../refusals.ts';

/** Reads the parameters of a body with a content type. */
async function parametersOf(type: string | undefined, body: Buffer): Promise<string> {
  const { format } = readBodyType(type, body.length);
  if (format instanceof Refusal) throw format;
  return readParameters(format, body, 'm');
}

test.each([
  ['application/json', '{"a":1}', '{"a":1}'],
  [undefined, '{"a":1}', '{"a":1}'],
  ['', '{"a":1}', '{"a":1}'],
  ['', '', '{}'],
  ['application/json', ' ', '{}'],
  ['application/json', '\r\n\t ', '{}'],
  ['', '\n', '{}'],
  ['*/*', '{"a":1}', '{"a":1}'],
  ['application/x-www-form-urlencoded', 'a=1', '{"a":"1"}'],
  ['application/yaml', '', '{}'],
  ['application/yaml', 'a: 1', '{"a":1}'],
  ['application/yaml; charset=utf-8', '\ufeffa: 1', '{"a":1}'],
  ['application/x-yaml', 'a: 1', '{"a":1}'],
  ['text/yaml', 'a: 1', '{"a":1}'],
  ['Text/X-YAML', 'a: 1', '{"a":1}'],
  ['application/xml', '<m><a>1</a></m>', '{"a":1}'],
  ['text/xml;charset="UTF-8"', '\ufeff<m><a>1</a></m>', '{"a":1}'],
  ['application/yaml', `a: ${'b'.repeat(MAX_MARKUP_BYTES - 3)}`, `{"a":"${'b'.repeat(262_141)}"}`],
])('Content-Type %j with %.20j is parsed as %.20s', async (type, body, params) => {
  expect(await parametersOf(type, Buffer.from(body))).toBe(params);
});

test.each([
  ['application/json', '\u00a0', 'bad_json'],
  ['application/json', '\ufeff', 'bad_json'],
  ['application/json', ' x', 'bad_json'],
  ['text/plain', ' ', 'content_type'],
  ['application/yaml; charset=utf-16', 'a: 1', 'content_type'],
  ['application/yamlx', 'a: 1', 'content_type'],
  ['constructor', 'a: 1', 'content_type'],
  ['application/yaml', `a: ${'b'.repeat(MAX_MARKUP_BYTES - 2)}`, 'body_too_large'],
  ['application/xml', `<m>${' '.repeat(MAX_MARKUP_BYTES)}</m>`, 'body_too_large'],
])('Content-Type %j with %.20j is refused: %s', async (type, body, kind) => {
  await expect(parametersOf(type, Buffer.from(body))).rejects.toMatchObject({ kind });
});

test.each(['bad_json', 'bad_form', 'bad_yaml', 'bad_xml'])(
  'invalid UTF-8 is refused: %s',
  async (kind) => {
    const types: Readonly<Record<string, string>> = {
      bad_json: 'application/json',
      bad_form: 'application/x-www-form-urlencoded',
      bad_yaml: 'application/yaml',
      bad_xml: 'application/xml',
    };
    const body = Buffer.from([0x61, 0x3a, 0x20, 0xff]);
    await expect(parametersOf(types[kind], body)).rejects.toMatchObject({ kind });
  },
);
