import { describe, expect, test } from 'vitest';
import { expectValid } from '@clnrest/testing/openapi-check';
import { type OpenApi, openApi } from './document.ts';
import type { RegisteredPath } from './registered-endpoint.ts';

const HELP = ['invoice amount_msat label description [expiry]', 'listpeers [id] [level]'];

/** A path that runs `invoice` by POST by default. */
function path(path: string, more: Partial<RegisteredPath> = {}): RegisteredPath {
  return { path, rpcMethod: 'invoice', httpMethod: 'POST', runeRequired: true, ...more };
}

async function documentWith(...registered: readonly RegisteredPath[]): Promise<OpenApi> {
  const help = HELP.map((usage) => ({ usage, category: undefined, description: undefined }));
  const taken = new Set(registered.map(({ path }) => `/${path}`));
  const document = openApi(help, { paths: registered, has: (path) => taken.has(path) });
  await expectValid(document);
  return document;
}

describe('a registered path', () => {
  test('is an operation with its captures outside the body', async () => {
    const { paths, ...rest } = await documentWith(path('shop/{label}/v{amount_msat}'));
    const { post } = paths['/shop/{label}/v{amount_msat}'] ?? {};
    expect(post).toMatchObject({
      tags: ['paths'],
      operationId: 'post:shop~1{label}~1v{amount_msat}',
      security: [{ rune: [] }],
      parameters: [
        { name: 'label', in: 'path', required: true },
        { name: 'amount_msat', in: 'path', required: true },
      ],
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: { required: ['description'], properties: { description: {}, expiry: {} } },
            example: { description: '<description>' },
          },
          'application/yaml': { example: 'description: "<description>"\n' },
          'application/xml': {
            example: '<invoice><description>&lt;description&gt;</description></invoice>',
          },
        },
      },
    });
    expect(rest['tags']).toContainEqual(expect.objectContaining({ name: 'paths' }));
  });

  test('for GET has its parameters in the query and can require no rune', async () => {
    const { paths } = await documentWith(
      path('peers', { rpcMethod: 'listpeers', httpMethod: 'GET', runeRequired: false }),
    );
    const { get } = paths['/peers'] ?? {};
    expect(get).toMatchObject({
      security: [],
      parameters: [
        { name: 'id', in: 'query', required: false },
        { name: 'level', in: 'query', required: false },
      ],
    });
    expect(get).not.toHaveProperty('requestBody');
  });

  test('can run a command that the node does not have yet', async () => {
    const { paths } = await documentWith(path('later', { rpcMethod: 'no`such' }));
    expect(paths['/later']?.post?.description).toBe('Runs ``no`such``.');
  });

  test('shares the names of captures with the same path for another HTTP method', async () => {
    const { paths } = await documentWith(
      path('user/{id}', { rpcMethod: 'listpeers', httpMethod: 'GET' }),
      path('user/{label}', { httpMethod: 'PUT' }),
    );
    expect(Object.keys(paths['/user/{id}'] ?? {})).toEqual(['get', 'put']);
    expect(paths['/user/{id}']?.put?.parameters).toMatchObject([{ name: 'id', in: 'path' }]);
  });

  test("takes precedence over the node's command at the same path", async () => {
    const { paths } = await documentWith(
      path('v1/listpeers', { httpMethod: 'PUT' }),
      path('v1/invoice', { rpcMethod: 'listpeers' }),
      path('x/☃ "y"'),
    );
    expect(Object.keys(paths['/v1/listpeers'] ?? {})).toEqual(['put']);
    expect(paths['/v1/invoice']?.post?.summary).toBe('Runs listpeers');
    expect(paths).toHaveProperty(['/x/☃ "y"']);
  });
});
