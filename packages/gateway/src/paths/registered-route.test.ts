import { readMembers } from '@clnrest/lightningd';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RUNE } from '@clnrest/testing';
import { FakeNode } from '@clnrest/testing/fake-node';
import { type Answer, ask } from '@clnrest/testing/http-client';
import { testGateway, type TestGateway, type TestOptions } from '../testing/gateway.ts';
import { readRegistration } from './read-registration.ts';

const NODE_ID = '035d2b1192dfba134e10e540875d366ebc8bc353d5aa766b80c090b39c3a5d885d';

/** Starts a gateway with registered paths, on a node with a command `echo`. */
async function withPaths(
  registrations: readonly (readonly unknown[])[],
  options: TestOptions = {},
): Promise<TestGateway> {
  const node = await FakeNode.start({ echo: (call) => call.result(call.params) });
  const gateway = await testGateway({ node, ...options });
  for (const each of registrations) {
    gateway.paths.register(readRegistration(JSON.stringify(each), 4_096));
  }
  return gateway;
}

interface Sent {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a request with a rune. */
function send({ url }: TestGateway, path: string, sent: Sent = {}): Promise<Answer> {
  const { method = 'POST', body } = sent;
  // node:http omits Content-Length from a GET request with a body.
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const headers = { rune: RUNE, ...length, ...sent.headers };
  return ask(`${url}${path}`, { method, headers, ...(body !== undefined && { body }) });
}

function code({ status, json }: Answer): unknown[] {
  const { code, message } = json() as { code: number; message: string };
  return [status, code, message];
}

describe('a registered path', () => {
  test.each([
    ['application/yaml', 'b: 18446744073709551615', 'a: x\nb: 18446744073709551615\n'],
    [
      'application/xml',
      '<echo><b>18446744073709551615</b></echo>',
      '<echo><a>x</a><b>18446744073709551615</b></echo>',
    ],
  ])('reads and returns %s, with the name of its command', async (type, body, answered) => {
    const gateway = await withPaths([['/go/{a}', 'echo', 'put']]);
    const headers = { 'content-type': type, accept: type };
    const answer = await send(gateway, '/go/x', { method: 'PUT', body, headers });
    expect([answer.status, answer.body]).toEqual([201, answered]);
    expect(gateway.node.paramsOf('echo')).toEqual(['{"a":"x","b":18446744073709551615}']);
  });

  test('sends the captured parameters to checkrune and to the command', async () => {
    const gateway = await withPaths([['/v{version}/{capture}/go/', 'echo', 'get']]);
    const answer = await send(gateway, '/v2/ct%201/go', { method: 'GET' });
    const params = '{"version":"2","capture":"ct 1"}';
    expect([answer.status, answer.body]).toEqual([201, params]);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'no-store',
    });
    expect(gateway.node.calls.map(({ method, params: text }) => [method, text])).toEqual([
      ['checkrune', `{"rune":"${RUNE}","method":"echo","params":${params}}`],
      ['echo', params],
    ]);
  });

  test.each([
    ['by name', 'application/json', '{"amount_msat":18446744073709551615, "n":null}', 201],
    ['as a form', 'application/x-www-form-urlencoded', 'amount_msat=18446744073709551615', 201],
    ['absent', 'application/json', '', 201],
    ['absent, by position', 'application/json', '[]', 201],
    ['null under the name of a capture', 'application/json', '{"id":null}', 201],
    ['by position', 'application/json', '["x"]', 400],
    ['under the same name', 'application/json', '{"user_id":"x"}', 406],
    ['under the name without punctuation', 'application/json', '{"userid":"x"}', 406],
    ['under the name with other punctuation', 'application/json', '{"user-id":"x"}', 406],
    ['under the name with escapes', 'application/json', '{"user\\u005fid":"x"}', 406],
    ['under the same name, in a form', 'application/x-www-form-urlencoded', 'user_id[]=x', 406],
  ])('merges a body with parameters %s', async (_, type, body, status) => {
    const gateway = await withPaths([['user/{user_id}', 'echo', 'PUT']]);
    const sent = { method: 'PUT', body, headers: { 'content-type': type } };
    const answer = await send(gateway, '/user/bob', sent);
    expect(answer.status).toBe(status);
    if (status === 201) {
      expect(answer.body).toContain('"user_id":"bob"');
      expect(answer.body.includes('18446744073709551615')).toBe(
        body.includes('18446744073709551615'),
      );
    } else {
      expect(gateway.node.calls).toEqual([]);
    }
    if (status === 406) expect(code(answer)).toEqual([406, -32602, 'Duplicate key: user_id']);
  });

  test('sends checkrune and the command the same canonical text for any captures', async () => {
    const gateway = await withPaths([['x/pre-{label}-post/y', 'echo']]);
    const text = fc.string({ minLength: 1, maxLength: 20, unit: 'binary' });
    await fc.assert(
      fc.asyncProperty(text, fc.jsonValue(), async (label, value) => {
        const path = `/x/pre-${encodeURIComponent(label)}-post/y`;
        const answer = await send(gateway, path, { body: JSON.stringify({ value }) });
        expect(answer.json()).toEqual({
          label,
          ...(value !== null && { value: JSON.parse(JSON.stringify(value)) }),
        });
        const checked = readMembers(gateway.node.paramsOf('checkrune').at(-1) ?? '').get('params');
        expect(gateway.node.paramsOf('echo').at(-1)).toBe(checked);
      }),
      { numRuns: 50 },
    );
  });

  test('reads parameters from the query of GET requests only', async () => {
    const gateway = await withPaths([
      ['a/{b}', 'echo', 'GET'],
      ['a/{b}', 'echo', 'POST'],
    ]);
    const get = (query: string) => send(gateway, `/a/1${query}`, { method: 'GET' });
    expect((await get('?c=%E2%98%83+&d[0][e]=f#g=h')).body).toBe(
      '{"b":"1","c":"☃ ","d":[{"e":"f"}]}',
    );
    expect((await get('?')).body).toBe('{"b":"1"}');
    expect((await send(gateway, '/a/1?b=2&c=3')).body).toBe('{"b":"1"}');
    expect(code(await get('?b=1'))).toEqual([406, -32602, 'Duplicate key: b']);
    expect(code(await get('?%62=1'))).toEqual([406, -32602, 'Duplicate key: b']);
    expect(code(await get('?c=%ff'))).toEqual([400, -32700, 'Query is not valid']);
    expect(code(await get('?c=1&c=1')).slice(0, 2)).toEqual([400, -32602]);
    const body = {
      method: 'GET',
      body: '{"c":2}',
      headers: { 'content-type': 'application/json' },
    };
    expect((await send(gateway, '/a/1?d=3', body)).body).toBe('{"b":"1","d":"3","c":2}');
    expect(code(await send(gateway, '/a/1?c=3', body))).toEqual([406, -32602, 'Duplicate key: c']);
  });

  test('without captures accepts parameters by position', async () => {
    const gateway = await withPaths([
      ['a', 'echo'],
      ['a', 'echo', 'GET'],
    ]);
    expect((await send(gateway, '/a', { body: '[1,null]' })).body).toBe('[1,null]');
    const get = (query: string) => send(gateway, `/a${query}`, { method: 'GET', body: '[1]' });
    expect((await get('')).body).toBe('[1]');
    expect((await get('?b=1')).status).toBe(400);
  });
});

describe('the rune check of a registered path', () => {
  test.each([
    [{ method: 'pay' }, `"method":"pay","params":{"x":"1"}`],
    [{ params: { amount_msat: 9999 } }, `"method":"echo","params":{"amount_msat":9999}`],
    [{ params: {} }, `"method":"echo","params":{}`],
    [{ nodeid: NODE_ID }, `"nodeid":"${NODE_ID}","method":"echo","params":{"x":"1"}`],
    [
      { nodeid: NODE_ID, method: 'shop/read', params: { a: 'b' } },
      `"nodeid":"${NODE_ID}","method":"shop/read","params":{"a":"b"}`,
    ],
    [{}, `"method":"echo","params":{"x":"1"}`],
  ])('uses the restrictions %j, the command does not', async (restrictions, question) => {
    const gateway = await withPaths([['a/{x}', 'echo', 'DELETE', true, restrictions]]);
    const answer = await send(gateway, '/a/1', { method: 'DELETE' });
    expect([answer.status, answer.body]).toEqual([201, '{"x":"1"}']);
    expect(gateway.node.paramsOf('checkrune')).toEqual([`{"rune":"${RUNE}",${question}}`]);
  });

  test('decides whether the command runs', async () => {
    const gateway = await withPaths([['a', 'echo', 'GET']]);
    gateway.node.on('checkrune', (call) => call.error(1502, 'Not permitted: no'));
    const answer = await send(gateway, '/a', { method: 'GET' });
    expect(code(answer)).toEqual([401, 1502, 'Not permitted: no']);
    expect((await ask(`${gateway.url}/a`)).status).toBe(403);
    expect(gateway.node.paramsOf('echo')).toEqual([]);
  });

  test('is skipped if no rune is required, also for requests with a rune', async () => {
    const gateway = await withPaths([['a/{x}', 'echo', 'GET', false, { method: 'pay' }]]);
    expect((await ask(`${gateway.url}/a/1?y=2`)).body).toBe('{"x":"1","y":"2"}');
    expect((await send(gateway, '/a/1', { method: 'GET' })).status).toBe(201);
    expect(gateway.node.paramsOf('checkrune')).toEqual([]);
    expect(gateway.node.calls.map(({ method }) => method)).toEqual(['echo', 'echo']);
  });
});

describe('a request without a registered path', () => {
  test.each(['POST', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'TRACE'])(
    'with the unregistered HTTP method %s runs no command',
    async (method) => {
      const gateway = await withPaths([['test/dynamic', 'echo', 'GET', false]]);
      const answer = await send(gateway, '/test/dynamic?x=1', { method });
      expect([answer.status, answer.headers['allow']]).toEqual([405, 'GET']);
      const words = `Dynamic path: test/dynamic has no http_method:${method} registered`;
      if (method !== 'HEAD') expect(code(answer)).toEqual([405, -32601, words]);
      expect(gateway.node.calls).toEqual([]);
    },
  );

  test('gets 404', async () => {
    const gateway = await withPaths([['test/{a}', 'echo']]);
    for (const path of ['/test/', '/test/a//', '//test/a', '/test', '/Test/a', '/test%2Fa']) {
      expect(code(await send(gateway, path))).toEqual([404, -32601, 'Path not found']);
    }
    expect(code(await send(gateway, '/test/a/'))).toEqual([
      404,
      -32601,
      'Path not found: remove the slash at the end of the path',
    ]);
    expect(code(await send(gateway, '/test/v1/x'))).toEqual([
      404,
      -32601,
      'Path invalid, version missing for CLN methods',
    ]);
  });

  test('gets the registered HTTP methods in the response to a preflight', async () => {
    const gateway = await withPaths([
      ['a/{x}', 'echo', 'GET'],
      ['a/{x}', 'echo', 'DELETE'],
    ]);
    const answer = await send(gateway, '/a/1', {
      method: 'OPTIONS',
      headers: { origin: 'https://a.example', 'access-control-request-method': 'DELETE' },
    });
    expect([answer.status, answer.headers['allow']]).toEqual([204, 'GET, DELETE, OPTIONS']);
    expect(answer.headers['access-control-allow-methods']).toBe('GET,DELETE');
    expect(gateway.node.calls).toEqual([]);
  });
});

describe('precedence of paths', () => {
  test.each([
    'openapi.json',
    'swagger.json',
    'v1/list-methods',
    'v1/notifications',
    'socket.io',
    'favicon.ico',
    'runes',
    'events',
    'pages/look.css',
    'doc/swagger-ui-bundle.js',
    'doc',
  ])('%s cannot be registered', async (path) => {
    const gateway = await withPaths([], { settings: { swaggerRoot: '/doc' } });
    for (const method of ['GET', 'POST', 'DELETE']) {
      const register = () =>
        gateway.paths.register(readRegistration(JSON.stringify([path, 'echo', method]), 4_096));
      expect(register).toThrow(`Path '${path}' is served by the REST server itself`);
    }
  });

  test('paths of the server precede captures', async () => {
    const gateway = await withPaths([
      ['{page}', 'echo', 'GET', false],
      ['{page}', 'echo', 'POST'],
      ['v1/{command}', 'echo', 'GET', false],
    ]);
    gateway.node.on('help', (call) => call.result('{"help":[]}'));
    const get = (path: string) => ask(`${gateway.url}${path}`);
    expect((await get('/openapi.json')).status).toBe(200);
    expect((await get('/openapi%2Ejson')).status).toBe(200);
    expect((await get('/v1/list-methods')).status).toBe(200);
    expect((await get('/')).status).toBe(200);
    expect((await send(gateway, '/openapi.json')).status).toBe(405);
    expect(gateway.node.paramsOf('echo')).toEqual([]);
    expect((await get('/page')).body).toBe('{"page":"page"}');
    expect((await get('/v1/getinfo')).body).toBe('{"command":"getinfo"}');
  });

  test('registered paths precede commands of the node', async () => {
    const gateway = await withPaths([
      ['v1/pay', 'echo'],
      ['v1/getinfo', 'echo', 'GET'],
      ['v1/keys/{id}', 'echo'],
    ]);
    gateway.node.on('getinfo', (call) => call.result('{}'));
    expect((await send(gateway, '/v1/pay', { body: '{"a":1}' })).body).toBe('{"a":1}');
    expect((await send(gateway, '/v1/keys/7')).body).toBe('{"id":"7"}');
    expect(code(await send(gateway, '/v1/getinfo'))).toEqual([
      405,
      -32601,
      'Dynamic path: v1/getinfo has no http_method:POST registered',
    ]);
    expect((await send(gateway, '/v1/echo', { body: '[]' })).body).toBe('[]');
    expect(code(await send(gateway, '/v1/echo', { method: 'GET' }))).toEqual([
      405,
      -32601,
      'Path invalid, http_method must be POST for CLN methods',
    ]);
    expect(gateway.node.paramsOf('pay')).toEqual([]);
    expect(gateway.node.paramsOf('getinfo')).toEqual([]);
  });
});

describe('limits', () => {
  test('requests without a rune share a part of the command slots', async () => {
    const gateway = await withPaths([['wait', 'wait', 'GET', false]], { limits: { commands: 4 } });
    gateway.node.on('wait', () => undefined);
    const waiting = [ask(`${gateway.url}/wait`), ask(`${gateway.url}/wait?b=1`)];
    for (const answer of waiting) answer.catch(() => undefined);
    await gateway.node.call('wait', 1);
    const refused = await ask(`${gateway.url}/wait`);
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '1']);
    expect(code(refused)[2]).toBe('Too many requests at once: commands without a rune');
    expect((await send(gateway, '/v1/echo', { body: '[]' })).status).toBe(201);
    for (const call of gateway.node.calls) if (call.method === 'wait') call.result('{}');
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([201, 201]);
  });

  test('the size of a body is limited if no rune is required', async () => {
    const gateway = await withPaths([['a', 'echo', 'GET', false]], { limits: { bodyBytes: 10 } });
    const body = '{"a":"too long"}';
    expect((await send(gateway, '/a', { method: 'GET', body })).status).toBe(413);
    expect(gateway.node.calls).toEqual([]);
  });

  test('paths can be registered while requests run', async () => {
    const gateway = await withPaths([]);
    const answers = Array.from({ length: 50 }, async (_, index) => {
      const before = await send(gateway, `/p/${index}`);
      gateway.paths.register(readRegistration(JSON.stringify([`p/${index}`, 'echo']), 4_096));
      return [before.status, (await send(gateway, `/p/${index}`)).status];
    });
    for (const statuses of await Promise.all(answers)) expect(statuses).toEqual([404, 201]);
  });

  test('the log contains no names of parameters', async () => {
    const gateway = await withPaths([['a', 'echo', 'GET', false]]);
    const sent = { method: 'GET', body: '{"hunter2":1}' };
    expect((await send(gateway, '/a?hunter2=1', sent)).status).toBe(406);
    expect(gateway.log).toEqual([
      'debug: 127.0.0.1 GET /a: 406 duplicate_key. Error code -32602: Duplicate key',
    ]);
  });
});
