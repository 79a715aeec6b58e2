import { COMMAND_FACTS } from '@clnrest/commands';
import { describe, expect, test } from 'vitest';
import { GeneratedClient } from '@clnrest/testing/generated-client';
import {
  expectValid,
  lookUp,
  type OpenApiDocument,
  operationsOf,
} from '@clnrest/testing/openapi-check';
import { NODE_KIND } from '../support/node.ts';
import { ask, post } from '../support/http.ts';
import { useNode } from '../support/use-node.ts';

const node = useNode('--rest-protocol=http');
const BURST_PLUGIN = new URL('../notifications/burst-plugin.mjs', import.meta.url).pathname;

async function document(): Promise<OpenApiDocument> {
  // Before this line, other plugins can still start.
  await node().logged(/Server started with public key/);
  const answer = await ask(node(), '/openapi.json', { method: 'GET' });
  expect(answer.status).toBe(200);
  return answer.json() as OpenApiDocument;
}

/** Returns the usage lines of all commands. */
async function usages(): Promise<readonly string[]> {
  const { help } = await node().rpc.call<{ help: { command: string }[] }>('help', {});
  return help.map(({ command }) => command.trim());
}

/** Returns the commands of a document in its order. */
function commandsOf(api: OpenApiDocument): readonly string[] {
  return operationsOf(api)
    .filter(({ verb }) => verb === 'post')
    .map(({ path }) => path.replace('/v1/', ''));
}

describe('the document of this node', () => {
  test('is valid OpenAPI 3.1', async () => {
    await expectValid(await document());
  });

  test('lists the commands and parameters of help', async () => {
    const api = await document();
    const lines = await usages();
    expect(commandsOf(api).toSorted()).toEqual(lines.map((line) => line.split(' ')[0]).toSorted());
    for (const line of lines) {
      const [name, ...words] = line.split(' ');
      // Most of lightningd's own lines consist of these patterns.
      if (!words.every((word) => /^(?:[\w./-]+|\[[\w./-]+\])$/.test(word))) continue;
      const named = lookUp(api, `#/components/schemas/${name}.parameters`) as {
        readonly properties: object;
        readonly required?: readonly string[];
      };
      expect([name, ...Object.keys(named.properties)]).toEqual([
        name,
        ...words.map((word) => word.replaceAll(/[[\]]/g, '')),
      ]);
      expect(named.required ?? []).toEqual(words.filter((word) => !word.startsWith('[')));
    }
  });

  test('describes every command that does not belong to another plugin', async () => {
    const unknown = operationsOf(await document()).filter(({ operation }) =>
      operation.tags.includes('plugins'),
    );
    expect(unknown.map(({ path }) => path)).toEqual([]);
  });

  test('types the result of every command that lightningd documents', async () => {
    const api = await document();
    const untyped = operationsOf(api).filter(({ path, operation }) => {
      const place = `#/paths/${path.replaceAll('/', '~1')}/post/responses/201/content/application~1json/schema`;
      const { $ref } = (lookUp(api, place) ?? {}) as { readonly $ref?: string };
      return (
        Object.hasOwn(COMMAND_FACTS, operation.operationId) && $ref?.endsWith('.result') !== true
      );
    });
    expect(untyped.map(({ path }) => path)).toEqual([]);
  });

  test('gives every operation a response schema', async () => {
    const operations = operationsOf(await document());
    const untyped = operations.filter(({ operation }) => {
      // Names that begin with `dev-` can belong to plugins, whose results can be any value.
      if (operation.tags.includes('developer')) return false;
      const response: {
        readonly content?: Readonly<Record<string, { readonly schema?: object }>>;
      } = operation.responses['201'] ?? operation.responses['200'] ?? {};
      const { content = {} } = response;
      const schemas = Object.values(content).map(({ schema = {} }) => schema);
      return schemas.length === 0 || schemas.some((schema) => Object.keys(schema).length === 0);
    });
    expect(untyped.map(({ path, verb }) => `${verb} ${path}`)).toEqual([]);
    if (NODE_KIND === 'lightningd') expect(operations.length).toBeGreaterThanOrEqual(205);
  });

  test('changes when a plugin starts or stops', async () => {
    const before = await document();
    expect(commandsOf(before)).not.toContain('burst');
    await node().rpc.call('plugin', { subcommand: 'start', plugin: BURST_PLUGIN });
    await expect
      .poll(async () => commandsOf(await document()), { timeout: 10_000 })
      .toContain('burst');
    const during = await document();
    await expectValid(during);
    expect(during.paths['/v1/burst']?.post).toMatchObject({
      operationId: 'burst',
      tags: ['plugins'],
    });
    expect(lookUp(during, '#/components/schemas/burst.parameters')).toMatchObject({
      required: ['count', 'from', 'size'],
    });
    await node().rpc.call('plugin', { subcommand: 'stop', plugin: BURST_PLUGIN });
    await expect.poll(document, { timeout: 10_000 }).toEqual(before);
  });
});

describe('its examples', () => {
  test('of requests name existing parameters', async () => {
    const api = await document();
    for (const { path, verb, operation } of operationsOf(api)) {
      if (verb !== 'post') continue;
      const place = `#/paths/${path.replaceAll('/', '~1')}/post/requestBody/content/application~1json/examples`;
      const examples = lookUp(api, place) as
        Readonly<Record<string, { value: object }>> | undefined;
      const named = lookUp(api, `#/components/schemas/${operation.operationId}.parameters`) as
        { readonly properties: object; readonly additionalProperties?: boolean } | undefined;
      for (const { value } of Object.values(examples ?? {})) {
        if (Array.isArray(value) || named?.additionalProperties === true) continue;
        const unknown = Object.keys(value).filter(
          (name) => !Object.hasOwn(named?.properties ?? {}, name),
        );
        expect([path, ...unknown]).toEqual([path]);
      }
    }
  });

  test.each(['getinfo', 'invoice', 'createrune', 'decode', 'listfunds'])(
    'of %s matches the response of this node',
    async (command) => {
      const api = await document();
      const place = `#/paths/~1v1~1${command}/post`;
      const requests = lookUp(api, `${place}/requestBody/content/application~1json/examples`);
      const { e1 } = requests as { readonly e1: { readonly value: unknown } };
      const body = JSON.stringify(e1.value);
      const answer = await post(node(), `/v1/${command}`, await node().rune(), body);
      expect(answer.status).toBe(201);
      const example = lookUp(api, `${place}/responses/201/content/application~1json/example`);
      expect(Object.keys(answer.json() as object)).toEqual(
        expect.arrayContaining(Object.keys(example as object)),
      );
    },
  );
});

test('a client that is generated from it compiles, and calls this node', async () => {
  const client = await GeneratedClient.write(
    await document(),
    `
    import createClient from 'openapi-fetch';
    import type { components, paths } from './api.js';
    const [, , baseUrl = '', Rune = ''] = process.argv;
    declare const process: { readonly argv: readonly string[] };
    const client = createClient<paths>({ baseUrl, headers: { Rune } });
    const label = 'generated';
    const body = { amount_msat: '9007199254740993', label, description: 'by a client' };
    const made = await client.POST('/v1/invoice', { body });
    // @ts-expect-error a misspelt parameter
    const misspelt: components['schemas']['invoice.parameters'] = { ...body, expirry: 60 };
    // @ts-expect-error a misspelt member
    if (label === '') made.data?.bolt_11;
    const again = await client.POST('/v1/invoice', { body: [1000, label, 'the same'] });
    const listed = await client.POST('/v1/listinvoices', { body: { label }, parseAs: 'text' });
    console.log(JSON.stringify([
      typeof made.data?.bolt11, made.response.status, again.error?.code, again.error?.error.code,
      listed.data,
    ]));
    `,
  );
  expect(await client.compile()).toBe('');
  const printed = await client.run(node().url, await node().rune());
  const [bolt11, created, code, nested, listed] = JSON.parse(printed) as unknown[];
  expect([bolt11, created, code, nested]).toEqual(['string', 201, 900, 900]);
  expect(listed).toContain('"amount_msat":9007199254740993,');
}, 120_000);
