import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { expectValid, lookUp } from '@clnrest/testing/openapi-check';
import { type OpenApi, openApi } from './document.ts';
import { readFacts } from './facts/read-facts.ts';
import type { Operation } from './operation.ts';

const FACTS = readFacts();

function documentOf(...usages: readonly string[]): OpenApi {
  return openApi(
    usages.map((usage) => ({ usage, category: undefined, description: undefined })),
    undefined,
    FACTS,
  );
}

/** The document of a node whose `help` agrees with the facts about all commands. */
const ALL = documentOf(
  ...Object.entries(FACTS.commands).map(([name, { positions, required }]) =>
    [name, ...positions.map((each) => (required.includes(each) ? each : `[${each}]`))].join(' '),
  ),
);

function operation(document: OpenApi, name: string): Operation {
  const found = document.paths[`/v1/${name}`]?.post;
  if (found === undefined) throw new Error(`${name} is missing`);
  return found;
}

const JSON_RESULT = '201/content/application~1json';

describe('the facts about commands', () => {
  test('give each operation a summary, typed parameters, and a response with a valid example', async () => {
    await expectValid(ALL);
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'document', ...ALL });
    for (const name of Object.keys(FACTS.commands)) {
      const { summary, responses } = operation(ALL, name);
      expect(summary).toMatch(/^[A-Z][a-z]+s,? .*[^.]$/);
      const content = lookUp(responses, JSON_RESULT) as { schema: object; example: unknown };
      expect(content.schema).toEqual({ $ref: `#/components/schemas/${name}.result` });
      const isValid = ajv.compile({ $ref: `document#/components/schemas/${name}.result` });
      isValid(content.example);
      expect([name, isValid.errors]).toEqual([name, null]);
    }
  });

  test('describe parameters, with defaults that are values', () => {
    const parameters = lookUp(ALL, '#/components/schemas/fundchannel.parameters/properties');
    expect(parameters).toMatchObject({
      id: { type: 'string', format: 'pubkey', description: expect.any(String) as string },
      announce: { type: ['boolean', 'string', 'null'], default: true },
      minconf: { type: ['integer', 'string', 'null'], format: 'uint32', default: 1 },
      reserve: { description: expect.stringContaining('1% of the funding amount') as string },
    });
    expect(parameters).not.toHaveProperty('reserve.default');
  });

  test('describe members of results that are present on a condition', () => {
    const place = '#/components/schemas/listinvoices.result/properties/invoices/items';
    expect(lookUp(ALL, `${place}/properties/paid_at`)).toEqual({
      type: 'integer',
      format: 'uint64',
      description: 'When it was paid, in seconds since 1970. Present only if `status` is `paid`.',
    });
    expect(lookUp(ALL, `${place}/required`)).not.toContain('paid_at');
  });

  test('state the error codes and versions of a command', () => {
    const { description } = operation(ALL, 'delforward');
    expect(description).toContain('Error codes: `1401` (delforward not found).');
    expect(operation(ALL, 'createrune').description).toContain('Since v23.08.');
    expect(operation(ALL, 'getroute')).toMatchObject({ deprecated: true });
    expect(operation(ALL, 'getroute').description).toContain('Deprecated since v26.06;');
  });
});

describe('a command whose help differs from the facts', () => {
  const schemaOf = (document: OpenApi, name: string) =>
    lookUp(operation(document, name).responses, `${JSON_RESULT}/schema`) ??
    lookUp(operation(document, name).responses, '201/content/application~1yaml/schema');

  test('is described from help if it lacks a parameter or requires another', () => {
    const older = documentOf('listinvoices [label]', 'delinvoice label status [desconly] mine');
    const result = { $ref: '#/components/schemas/Result' };
    expect(schemaOf(older, 'listinvoices')).toEqual(result);
    expect(schemaOf(older, 'delinvoice')).toEqual(result);
    expect(operation(older, 'listinvoices').summary).toBe('Lists invoices, or finds one');
  });

  test('is described by the facts if it has undocumented optional parameters', () => {
    const line = 'delinvoice label status [desconly] [dev_mine]';
    const document = documentOf(line);
    expect(schemaOf(document, 'delinvoice')).toEqual({
      $ref: '#/components/schemas/delinvoice.result',
    });
    const named = lookUp(document, '#/components/schemas/delinvoice.parameters');
    expect(named).toMatchObject({ properties: { dev_mine: {} }, additionalProperties: false });
  });

  test('has the names of help if a required parameter has another name', () => {
    const { positions } = FACTS.commands['decode'] ?? { positions: [] };
    expect(positions).toEqual(['string']);
    const document = documentOf('decode text');
    expect(schemaOf(document, 'decode')).toEqual({ $ref: '#/components/schemas/decode.result' });
    const named = lookUp(document, '#/components/schemas/decode.parameters');
    expect(named).toMatchObject({ required: ['text'], properties: { text: { type: 'string' } } });
  });

  test('has the parameters of both if its line lists only some', () => {
    const document = documentOf('plugin subcommand=start|stop|startdir|rescan|list');
    const named = lookUp(document, '#/components/schemas/plugin.parameters');
    expect(named).toMatchObject({
      required: ['subcommand'],
      properties: { subcommand: {}, plugin: { type: ['string', 'null'] } },
      additionalProperties: true,
    });
  });
});
