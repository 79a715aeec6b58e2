import { describe, expect, test } from 'vitest';
import { RUNE } from '@clnrest/testing';
import { FakeNode } from '@clnrest/testing/fake-node';
import { type Answer, ask, call } from '@clnrest/testing/http-client';
import { errorKinds } from '../refusals.ts';
import { testGateway } from '../testing/gateway.ts';

/** The envelope, whose two halves must agree. */
function error(answer: Answer): { code: number; message: string; data?: unknown } {
  const { error: nested, ...flat } = answer.json() as Record<string, unknown>;
  expect(nested).toEqual(flat);
  expect(Number.isInteger(flat['code'])).toBe(true);
  expect(answer.headers['content-type']).toBe('application/json');
  expect(answer.body).not.toContain('\n');
  return flat as { code: number; message: string };
}

describe('a call that the rune does not allow', () => {
  test('a call without a rune gets 403 and 1501, and the node does not check it', async () => {
    const { url, node, log } = await testGateway();
    const answer = await ask(`${url}/v1/getinfo`, { method: 'POST' });
    expect(answer.status).toBe(403);
    expect(answer.body).toBe(
      '{"code":1501,"message":"Not authorized: Missing rune","error":{"code":1501,"message":"Not authorized: Missing rune"}}',
    );
    expect(node.calls).toEqual([]);
    expect(log).toEqual([
      'info: 127.0.0.1 POST /v1/getinfo: 403 missing_rune. Error code 1501: Not authorized: Missing rune',
    ]);
  });

  test.each([
    [1501, 'Not authorized: Not derived from master'],
    [1502, 'Not permitted: method is not equal to getinfo'],
    [1503, 'Not authorized: Blacklisted rune'],
  ])('a refusal by the node (%i) is 401, in its words', async (code, message) => {
    const node = await FakeNode.start({ checkrune: (call) => call.error(code, message) });
    const { url, log } = await testGateway({ node });
    const answer = await call(url, 'invoice', '{"label":"hunter2"}');
    expect(answer.status).toBe(401);
    expect(error(answer)).toEqual({ code, message });
    expect(node.paramsOf('invoice')).toEqual([]);
    expect(log).toEqual([
      `info: 127.0.0.1 POST /v1/invoice: 401 rune_refused. Error code ${code}: ${message}`,
    ]);
  });

  test.each([
    ['my+secret/token', 'rune: should be base64 string'],
    [`${RUNE}=`, 'rune: should be base64 string'],
    [`${RUNE} `.trimEnd().slice(0, 30), 'rune: should be base64 string'],
    ['":"method":"getinfo"}\\u0041\té', 'rune: should be base64 string'],
    [`${'A'.repeat(43)}=`, 'rune: should have valid numeric unique_id'],
  ])(
    '%j is not a rune: it is refused without the node, and the log does not contain it',
    async (rune, message) => {
      const node = await FakeNode.start();
      const { url, log } = await testGateway({ node });
      const answer = await call(url, 'getinfo', undefined, { rune });
      expect(answer.status).toBe(401);
      expect(error(answer)).toEqual({ code: -32602, message });
      // lightningd logs text that is not a rune.
      expect(node.paramsOf('checkrune')).toEqual([]);
      expect(log).toEqual([
        'info: 127.0.0.1 POST /v1/getinfo: 401 rune_refused. Error code -32602',
      ]);
    },
  );

  test.each(['{}', '{"valid":false}', 'true', '[]', 'null', '{"valid":"true"}'])(
    'a reply other than a permission (%s) allows nothing',
    async (result) => {
      const node = await FakeNode.start({ checkrune: (call) => call.result(result) });
      const { url } = await testGateway({ node });
      expect((await call(url, 'getinfo')).status).toBe(401);
      expect(node.paramsOf('getinfo')).toEqual([]);
    },
  );

  test('several runes are refused, and an empty one counts as missing', async () => {
    const { url, node } = await testGateway();
    const two = await ask(`${url}/v1/getinfo`, {
      method: 'POST',
      headers: ['Host', 'x', 'Rune', 'aa', 'RUNE', 'bb'],
    });
    expect([two.status, error(two).code]).toEqual([401, 1501]);
    expect((await call(url, 'getinfo', undefined, { rune: 'aa bb' })).status).toBe(401);
    expect((await call(url, 'getinfo', undefined, { rune: '' })).status).toBe(403);
    expect(node.calls).toEqual([]);
  });
});

describe('a request that cannot run', () => {
  test.each([
    ['text/plain', '{}', 406, -32600],
    ['multipart/form-data; boundary=x', 'x', 406, -32600],
    ['application/toml', 'a = 1', 406, -32600],
    ['application/yaml', 'a: *b', 400, -32700],
    ['application/yaml', 'a: 1\na: 2', 400, -32602],
    ['application/xml', '<getinfo>', 400, -32700],
    ['application/xml', '<pay/>', 400, -32700],
    ['application/xml', '<getinfo>1</getinfo>', 400, -32602],
    ['application/json; charset=utf-16', '{}', 406, -32600],
    ['application/json', '{', 400, -32700],
    ['application/json', '{"a":1}x', 400, -32700],
    ['application/json', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 400, -32700],
    ['application/json', Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]), 400, -32700],
    ['application/json', '"a"', 400, -32602],
    ['application/json', 'null', 400, -32602],
    ['application/json', '{"a":1,"a":2}', 400, -32602],
    ['application/json', '{"a\\n":1}', 400, -32602],
    ['application/json', '['.repeat(10_000), 400, -32602],
    ['application/x-www-form-urlencoded', 'a=%', 400, -32700],
    ['application/x-www-form-urlencoded', Buffer.from([0x61, 0x3d, 0xff]), 400, -32700],
    ['application/x-www-form-urlencoded', 'a=1&a=2', 400, -32602],
  ])('%s %.40s is %i', async (type, body, status, code) => {
    const { url, node, log } = await testGateway();
    const answer = await call(url, 'getinfo', body, { 'content-type': type });
    expect(answer.status).toBe(status);
    expect(error(answer).code).toBe(code);
    expect(node.calls).toEqual([]);
    expect(log).toHaveLength(1);
  });

  test.each([
    ['application/json', 201],
    ['*/*', 201],
    ['application/*', 201],
    ['text/html, application/json;q=0.1', 201],
    ['text/html,application/xhtml+xml,*/*;q=0.8', 201],
    ['text/html', 406],
    ['application/json;q=0', 406],
    ['application/json;q=0, */*;q=0', 406],
    ['application/json;q=0, */*', 201],
  ])('Accept: %s is %i', async (accept, status) => {
    const node = await FakeNode.start({ getinfo: (call) => call.result('{}') });
    const { url } = await testGateway({ node });
    expect((await call(url, 'getinfo', undefined, { accept })).status).toBe(status);
  });

  test('a compressed body gets 415', async () => {
    const { url } = await testGateway();
    const answer = await call(url, 'getinfo', '{}', { 'content-encoding': 'gzip' });
    expect([answer.status, answer.headers['accept-encoding']]).toEqual([415, 'identity']);
    error(answer);
  });

  test.each([
    ['get info', '/v1/get%20info'],
    ['a slash', '/v1/get%2Finfo'],
    ['two segments', '/v1/get/info'],
    ['a trailing slash', '/v1/getinfo/'],
    ['nothing', '/v1/'],
    ['a quote', '/v1/getinfo"'],
    ['an escaped escape', '/v1/get%2569nfo'],
    ['NUL', '/v1/getinfo%00'],
    ['dots', '/v1/..'],
    ['characters beyond ASCII', '/v1/g%C3%A9tinfo'],
    ['too long a name', `/v1/${'a'.repeat(129)}`],
  ])('a name of %s is 404, without a call to the node', async (_what, path) => {
    const { url, node } = await testGateway();
    const { host, port } = new URL(url);
    const answer = await ask(url, {
      path,
      host: host.split(':')[0],
      port,
      method: 'POST',
      headers: { rune: RUNE },
    });
    expect(answer.status).toBe(404);
    expect(error(answer).code).toBe(-32601);
    expect(node.calls).toEqual([]);
  });

  test.each([
    ['GET', '/v1/getinfo', 405, 'Path invalid, http_method must be POST for CLN methods', 'POST'],
    ['PUT', '/v1/getinfo', 405, 'Path invalid, http_method must be POST for CLN methods', 'POST'],
    ['PROPFIND', '/v1/a/b', 405, 'Path invalid, http_method must be POST for CLN methods', 'POST'],
    ['POST', '/v1/list-methods', 405, 'Path invalid, http_method must be GET', 'GET, HEAD'],
    ['DELETE', '/openapi.json', 405, 'Path invalid, http_method must be GET', 'GET, HEAD'],
    ['GET', '/nothing', 404, 'Path not found', undefined],
    ['POST', '/getinfo', 404, 'Path not found', undefined],
    ['POST', '/v1', 404, 'Path not found', undefined],
    ['POST', '/v2/getinfo', 404, 'Path not found', undefined],
    ['POST', '/%zz', 404, 'Path not found', undefined],
    ['POST', '/%ff', 404, 'Path not found', undefined],
    ['POST', '//v1/getinfo', 404, 'Path invalid, version missing for CLN methods', undefined],
    ['POST', '/api/v1/getinfo', 404, 'Path invalid, version missing for CLN methods', undefined],
  ])('%s %s is %i', async (method, path, status, message, allow) => {
    const { url, node } = await testGateway();
    const { hostname, port } = new URL(url);
    const answer = await ask(url, { path, hostname, port, method, headers: { rune: RUNE } });
    expect(answer.status).toBe(status);
    expect(error(answer)).toEqual({ code: -32601, message });
    expect(answer.headers.allow).toBe(allow);
    expect(node.calls).toEqual([]);
  });

  test('an unknown command gets 404, any other error of the node 500', async () => {
    const node = await FakeNode.start({
      invoice: (call) => call.error(900, "Duplicate label 'hunter2'", '{"x":1.10}'),
    });
    const { url, log } = await testGateway({ node });
    const unknown = await call(url, 'nosuchcommand');
    expect(unknown.status).toBe(404);
    expect(error(unknown)).toEqual({ code: -32601, message: "Unknown command 'nosuchcommand'" });
    const failed = await call(url, 'invoice', '{"label":"hunter2"}');
    expect(failed.status).toBe(500);
    expect(failed.body).toContain('"data":{"x":1.10}');
    expect(error(failed)).toMatchObject({ code: 900, message: "Duplicate label 'hunter2'" });
    expect(log).toEqual([
      'debug: 127.0.0.1 POST /v1/nosuchcommand: 404 command_unknown. Error code -32601',
      'debug: 127.0.0.1 POST /v1/invoice: 500 command_failed. Error code 900',
    ]);
  });
});

describe('when the node does not answer', () => {
  test('a call gets 502 if the node is unreachable, and nothing has run', async () => {
    const node = await FakeNode.start();
    const { url, log } = await testGateway({ node });
    await node.stop();
    const answer = await call(url, 'getinfo');
    expect([answer.status, error(answer).message]).toEqual([502, errorKinds.node_away.message]);
    expect((await ask(`${url}/v1/list-methods`)).status).toBe(502);
    expect(log).toEqual([
      'unusual: 127.0.0.1 POST /v1/getinfo: 502 node_away. Error code -32000: The node cannot be reached',
      'unusual: 127.0.0.1 GET /v1/list-methods: 502 node_away. Error code -32000: The node cannot be reached',
    ]);
  });

  test('calls succeed again when the node is back', async () => {
    const node = await FakeNode.start({ getinfo: (call) => call.result('{}') });
    const { url } = await testGateway({ node });
    expect((await call(url, 'getinfo')).status).toBe(201);
    await node.stop();
    expect((await call(url, 'getinfo')).status).toBe(502);
    await node.listen();
    expect((await call(url, 'getinfo')).status).toBe(201);
  });

  test('a lost connection leaves unknown whether the command ran; in a check, nothing ran', async () => {
    const node = await FakeNode.start({ pay: ({ socket }) => socket.destroy() });
    const { url } = await testGateway({ node });
    const doubtful = await call(url, 'pay');
    expect([doubtful.status, error(doubtful).message]).toEqual([
      502,
      'The connection to the node broke: whether the command ran is unknown',
    ]);
    node.on('checkrune', ({ socket }) => socket.destroy());
    const harmless = await call(url, 'pay');
    expect([harmless.status, error(harmless).message]).toEqual([502, 'The node cannot be reached']);
  });

  test('a malformed response gets 502', async () => {
    const node = await FakeNode.start({ getinfo: ({ socket }) => socket.write('nonsense\n\n') });
    const { url } = await testGateway({ node });
    const answer = await call(url, 'getinfo');
    expect([answer.status, error(answer).message]).toEqual([
      502,
      errorKinds.node_broke_off.message,
    ]);
  });

  test('a check or help that times out gets 504; other commands have no time limit', async () => {
    const node = await FakeNode.start({ checkrune: () => undefined, help: () => undefined });
    const { url } = await testGateway({ node, limits: { nodeMs: 50 } });
    const answer = await call(url, 'getinfo');
    expect([answer.status, error(answer).message]).toEqual([504, 'The node does not answer']);
    expect((await ask(`${url}/v1/list-methods`)).status).toBe(504);
    node.on('checkrune', (call) => call.result('{"valid":true}'));
    node.on('wait', (call) => setTimeout(() => call.result('{}'), 150));
    expect((await call(url, 'wait')).status).toBe(201);
  });

  test('more commands than allowed get 503 immediately', async () => {
    const node = await FakeNode.start({ wait: () => undefined });
    const { url, log } = await testGateway({ node, limits: { commands: 1 } });
    const abort = new AbortController();
    const options = { method: 'POST', headers: { rune: RUNE }, signal: abort.signal };
    const waiting = ask(`${url}/v1/wait`, options).catch(() => undefined);
    await node.call('wait');
    const answer = await call(url, 'getinfo');
    expect([answer.status, error(answer).message]).toEqual([
      503,
      'Too many requests at once: commands of this rune',
    ]);
    expect(log[0]).toContain('unusual: 127.0.0.1 POST /v1/getinfo: 503 busy');
    abort.abort();
    await waiting;
  });

  test('a node without checkrune runs nothing', async () => {
    const node = await FakeNode.start({
      checkrune: (call) => call.error(-32601, "Unknown command 'checkrune'"),
    });
    const { url } = await testGateway({ node });
    const answer = await call(url, 'getinfo');
    expect([answer.status, error(answer).message]).toEqual([502, 'The node cannot check runes']);
    expect(node.paramsOf('getinfo')).toEqual([]);
  });
});

describe('the log', () => {
  test('has one line for each refusal, without secrets', async () => {
    const rune = 'C7BXgV6nEq_W2VLxvn5OQ21N-Ic1xrRE1v2538JLC_Y9NTA=';
    const preimage = 'a78b43991662361158a6d6becf9f05e60a0ac4fa825bd4e4250a4df92259d649';
    const secrets = [rune, preimage, 'hunter2'];
    const echo = `${secrets.join(' ')} '"${rune}"'`;
    const node = await FakeNode.start({
      failing: (call) => call.error(-32602, echo, JSON.stringify(echo)),
      breaking: ({ socket }) => socket.destroy(),
    });
    const { url, log } = await testGateway({ node, limits: { bodyBytes: 1_000 } });
    const body = JSON.stringify({ preimage, password: 'hunter2', rune });
    const send = (path: string, content = body, headers: Record<string, string> = {}) =>
      ask(`${url}${path}?rune=${rune}&password=hunter2`, {
        method: 'POST',
        headers: { rune, ...headers },
        body: content,
      });
    const sent = [
      await send('/v1/failing'),
      await send('/v1/breaking'),
      await send('/v1/unknown'),
      await send(`/v1/${rune}`),
      await send(`/v1/${preimage}/x`),
      await send(`/${preimage}`),
      await send('/v1/failing', `${body}x`),
      await send('/v1/failing', `[${body},${body}`),
      await send('/v1/failing', `{"${preimage}":1,"${preimage}":2}`),
      await send('/v1/failing', 'x'.repeat(2_000)),
      await send('/v1/failing', body, { 'content-type': `text/${preimage}` }),
      await send('/v1/failing', body, { accept: `text/${preimage}` }),
      await send('/v1/failing', body, { expect: preimage }),
      await send('/v1/failing', body, { rune: `${rune}, ${rune}` }),
    ];
    node.on('checkrune', (call) => call.error(1502, `Not permitted: x is not equal to ${rune}`));
    sent.push(await send('/v1/failing'));
    node.on('checkrune', (call) => call.error(-32602, echo));
    sent.push(await send('/v1/failing'));
    node.on('checkrune', ({ socket }) => socket.write(echo));
    sent.push(await send('/v1/failing'));
    for (const answer of sent) expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(log).toHaveLength(sent.length);
    for (const secret of secrets) expect(log.join('\n')).not.toContain(secret);
  });
});
