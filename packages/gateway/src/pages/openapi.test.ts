import { describe, expect, test } from 'vitest';
import { FakeNode } from '@clnrest/testing/fake-node';
import { ask } from '@clnrest/testing/http-client';
import { testGateway } from '../testing/gateway.ts';
import type { OpenApi } from './openapi/document.ts';

const help = (...usages: readonly string[]): string =>
  JSON.stringify({ help: usages.map((command) => ({ command })) });

const knowing = (...usages: readonly string[]): Promise<FakeNode> =>
  FakeNode.start({ help: (call) => call.result(help(...usages)) });

describe('GET /openapi.json', () => {
  test('returns the same document under both names, without a rune', async () => {
    const { url } = await testGateway({ node: await knowing('getinfo ', 'invoice amount_msat') });
    const answers = await Promise.all(
      ['/openapi.json', '/swagger.json'].map((path) => ask(url + path)),
    );
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toBe('application/json');
      expect(Object.keys((answer.json() as OpenApi).paths)).toEqual([
        '/v1/list-methods',
        '/v1/notifications',
        '/metrics',
        '/health',
        '/v1/getinfo',
        '/v1/invoice',
      ]);
    }
    expect(answers[0]?.body === answers[1]?.body).toBe(true);
    expect((await ask(`${url}/openapi.json`, { method: 'HEAD' })).body).toBe('');
  });

  test('reflects changes of the node, with a new ETag', async () => {
    const node = await knowing('getinfo ');
    const { url } = await testGateway({ node });
    const first = await ask(`${url}/openapi.json`);
    const { etag = '' } = first.headers;
    const again = (tag: string) =>
      ask(`${url}/openapi.json`, { headers: { 'if-none-match': tag } });
    expect((await again(etag)).status).toBe(304);
    node.on('help', (call) => call.result(help('getinfo ', 'hello [name]')));
    await expect.poll(async () => (await again(etag)).status, { timeout: 5_000 }).toBe(200);
    const changed = await again(etag);
    expect(changed.body).toContain('"/v1/hello"');
    expect(changed.headers.etag).not.toBe(etag);
    expect((await again(changed.headers.etag ?? '')).status).toBe(304);
    node.on('help', (call) => call.result(help('getinfo ')));
    await expect.poll(async () => (await again('"x"')).headers.etag, { timeout: 5_000 }).toBe(etag);
  });

  test('shares one call of the node between concurrent requests', async () => {
    const node = await FakeNode.start({ help: () => undefined });
    const { url } = await testGateway({ node });
    const answers = Array.from({ length: 20 }, (_, index) =>
      ask(`${url}/${index % 2 === 0 ? 'openapi.json' : 'v1/list-methods'}`),
    );
    (await node.call('help')).result(help('getinfo '));
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(node.paramsOf('help')).toHaveLength(1);
  });

  test('returns an error if the node is unreachable or returns one', async () => {
    const node = await FakeNode.start({ help: (call) => call.error(-1, 'not now') });
    const { url } = await testGateway({ node });
    const refused = await ask(`${url}/openapi.json`);
    expect(refused.status).toBe(500);
    expect(refused.json()).toMatchObject({ code: -1, message: 'not now', error: { code: -1 } });
    await node.stop();
    const away = await ask(`${url}/swagger.json`);
    expect(away.status).toBe(502);
    expect(away.json()).toMatchObject({ code: -32000, message: 'The node cannot be reached' });
    expect(away.headers['content-type']).toBe('application/json');
  });

  test('returns a document for an unexpected result of the node', async () => {
    const node = await FakeNode.start({ help: (call) => call.result('[1,2]') });
    const { url } = await testGateway({ node });
    const { paths } = (await ask(`${url}/openapi.json`)).json() as OpenApi;
    expect(Object.keys(paths)).toEqual([
      '/v1/list-methods',
      '/v1/notifications',
      '/metrics',
      '/health',
    ]);
  });

  test('contains a path as soon as it is registered', async () => {
    const { url, paths: registered } = await testGateway({
      node: await knowing('getinfo ', 'pay bolt11'),
    });
    const paths = async () => ((await ask(`${url}/openapi.json`)).json() as OpenApi).paths;
    expect(await paths()).not.toHaveProperty(['/about']);
    const about = { path: 'about', rpcMethod: 'getinfo', httpMethod: 'GET' } as const;
    registered.register({ ...about, runeRequired: false, runeRestrictions: {} });
    expect((await paths())['/about']?.get).toMatchObject({ tags: ['paths'], security: [] });
    registered.register({ ...about, path: 'v1/pay', runeRequired: true, runeRestrictions: {} });
    expect(Object.keys((await paths())['/v1/pay'] ?? {})).toEqual(['get']);
  });
});
