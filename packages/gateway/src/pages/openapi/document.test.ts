import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectValid, lookUp, operationsOf } from '@clnrest/testing/openapi-check';
import { errorKinds } from '../../refusals.ts';
import { type OpenApi, openApi } from './document.ts';
import { errorsOf } from './error-scopes.ts';
import { readFacts } from './facts/read-facts.ts';
import type { Operation } from './operation.ts';

const FACTS = readFacts();

/** Returns the document of a node with these lines in `help`. */
function documentOf(...usages: readonly string[]): OpenApi {
  return openApi(
    usages.map((usage) => ({ usage, category: undefined, description: undefined })),
    undefined,
    FACTS,
  );
}

function post(document: OpenApi, path: string): Operation {
  const operation = document.paths[path]?.post;
  if (operation === undefined) throw new Error(`POST ${path} is missing`);
  return operation;
}

const COMMANDS = [
  'askrene-age layer cutoff',
  'createrune [rune] [restrictions]',
  'getinfo',
  'invoice amount_msat label description [expiry] [fallbacks]',
  'notifications enable',
  'plugin subcommand=start|stop|list',
];

describe('the document', () => {
  test('is valid, with one operation for each command', async () => {
    const document = documentOf(...COMMANDS);
    await expectValid(document);
    expect(operationsOf(document).map(({ verb, path }) => `${verb} ${path}`)).toEqual([
      'get /v1/list-methods',
      'get /v1/notifications',
      'post /v1/notifications',
      'get /metrics',
      'get /health',
      'post /v1/askrene-age',
      'post /v1/createrune',
      'post /v1/getinfo',
      'post /v1/invoice',
      'post /v1/plugin',
    ]);
  });

  test('groups commands, those of other plugins separately', () => {
    const document = documentOf(...COMMANDS, 'summary [exclude]', 'dev-crash');
    expect(document['tags']).toEqual(
      ['server', 'node', 'runes', 'invoices', 'routing', 'developer', 'plugins'].map((name) => ({
        name,
        description: expect.any(String) as string,
      })),
    );
    const grouped = operationsOf(document).map(({ operation }) => [
      operation.operationId,
      operation.tags[0],
    ]);
    expect(Object.fromEntries(grouped)).toMatchObject({
      'askrene-age': 'routing',
      createrune: 'runes',
      getinfo: 'node',
      invoice: 'invoices',
      summary: 'plugins',
      'dev-crash': 'developer',
    });
  });

  test('requires the rune and lists the servers', () => {
    const document = documentOf('getinfo');
    expect(document.components['securitySchemes']).toEqual({
      rune: expect.objectContaining({ type: 'apiKey', in: 'header', name: 'Rune' }) as unknown,
    });
    expect(post(document, '/v1/getinfo').security).toEqual([{ rune: [] }]);
    expect(document.paths['/v1/list-methods']?.get?.security).toBeUndefined();
    expect(document['servers']).toMatchObject([
      { url: '.' },
      { url: '{protocol}://{ip}:{port}', variables: { protocol: {}, ip: {}, port: {} } },
    ]);
  });

  test('lists the errors that an operation can return, each described once', () => {
    const document = documentOf('getinfo');
    const operations = [
      ['command', post(document, '/v1/getinfo').responses],
      ['list', document.paths['/v1/list-methods']?.get?.responses ?? {}],
      ['stream', document.paths['/v1/notifications']?.get?.responses ?? {}],
    ] as const;
    for (const [kind, responses] of operations) {
      const names = errorsOf(kind);
      const statuses = names.map((name) => String(errorKinds[name].status));
      const [success = ''] = Object.keys(responses);
      expect(new Set(Object.keys(responses))).toEqual(new Set([success, ...statuses]));
      for (const [status, { $ref }] of Object.entries(responses).slice(1) as [
        string,
        { readonly $ref: string },
      ][]) {
        const { description } = lookUp(document, $ref) as { description: string };
        const described = [...description.matchAll(/`([a-z_]+)`(?: \(-?\d+\))?: /g)];
        expect(described.map(([, name]) => name)).toEqual(
          names.filter((name) => String(errorKinds[name].status) === status),
        );
        const error = lookUp(document, `${$ref}/content/application~1json/example`);
        expect(error).toEqual({
          code: expect.any(Number) as number,
          message: expect.any(String) as string,
          error: { code: expect.any(Number) as number, message: expect.any(String) as string },
        });
      }
    }
    expect(post(document, '/v1/getinfo').responses).not.toHaveProperty('405');
    expect(document.paths['/v1/list-methods']?.get?.responses).not.toHaveProperty('401');
  });

  test('uses the category and description of older nodes', () => {
    const document = openApi([
      { usage: 'legacy-fund x', category: 'bitcoin', description: 'Funds *all* of it' },
      { usage: 'mine', category: 'plugin', description: '![x](https://example.org/y.png)' },
    ]);
    expect(post(document, '/v1/legacy-fund')).toMatchObject({
      tags: ['onchain'],
      summary: 'Funds *all* of it',
      description: expect.stringMatching(
        /^`Funds \*all\* of it`\n\nUsage: `legacy-fund x`/,
      ) as string,
    });
    const { tags, description } = post(document, '/v1/mine');
    expect(tags).toEqual(['plugins']);
    expect(description).toMatch(/^`!\[x\]\(https:\/\/example.org\/y.png\)`\n/);
  });

  test('omits commands that cannot be called', async () => {
    const document = documentOf(
      ...'list-methods|| |{x} y|a/b c|../x|~1|é|__proto__ a|-x|a$ref|get info'.split('|'),
      'a'.repeat(129),
    );
    await expectValid(document);
    expect(Object.keys(document.paths)).toEqual([
      '/v1/list-methods',
      '/v1/notifications',
      '/metrics',
      '/health',
      '/v1/get',
    ]);
  });

  test('supports commands named like its components or like properties of Object.prototype', async () => {
    const document = documentOf(
      ...'Error a|Result b|Error.parameters c|constructor __proto__ [toString]'.split('|'),
      ...'getinfo|getinfo again|0 a|toString|hasOwnProperty x'.split('|'),
    );
    await expectValid(document);
    const schema = (name: string) => lookUp(document, `#/components/schemas/${name}`);
    expect(schema('Error')).toHaveProperty('properties.message');
    expect(schema('Error.parameters')).toMatchObject({ required: ['a'] });
    expect(JSON.stringify(schema('constructor.parameters'))).toContain(
      '"properties":{"__proto__":{},"toString":{}}',
    );
    expect(post(document, '/v1/toString').responses).toHaveProperty('201');
    expect(schema('getinfo.parameters')).toMatchObject({ required: ['again'] });
  });

  test('is valid for any names of commands and parameters', async () => {
    const word = fc.oneof(
      fc.stringMatching(/^[A-Za-z0-9_.-]{1,8}$/),
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.constantFrom('{a}', '[x]', '[', '`', '__proto__', '$ref', '#/components', '~1', 'a|b'),
    );
    const line = fc.array(word, { maxLength: 6 }).map((words) => words.join(' '));
    const entry = fc.record({
      usage: line,
      category: fc.option(word, { nil: undefined }),
      description: fc.option(line, { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 8 }), (help) =>
        expectValid(openApi(help, undefined, FACTS)),
      ),
      { numRuns: 50 },
    );
  });
});
