import { freePort, RUNE, temporaryDirectory } from '@clnrest/testing';
import { FakeNode } from '@clnrest/testing/fake-node';
import { ask, call, RawClient } from '@clnrest/testing/http-client';
import { afterEach, describe, expect, test } from 'vitest';
import { readServiceSettings } from '../service/service-settings.ts';
import { Service } from '../service/service.ts';
import { inProcessGateway } from '../testing/in-process-gateway.ts';
import { testGateway } from '../testing/gateway.ts';

/** The rune of the forwarding gateway, which differs from that of its callers. */
const OWN_RUNE = 'KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==';

const running: Service[] = [];
afterEach(async () => {
  for (const service of running.splice(0)) await service.stop();
});

/** A gateway without a socket, over a gateway with a fake node. */
async function forwarding() {
  const node = await FakeNode.start({
    getinfo: (each) => each.result('{"id":"02"}'),
    echo: (each) => each.result(each.params),
    help: (each) => each.result('{"help":[{"command":"echo [text]"}]}'),
  });
  const upstream = await testGateway({ node });
  const port = String(await freePort());
  const texts = new Map([
    ['port', [port]],
    ['protocol', ['http']],
  ]);
  const service = await Service.start({
    ...(await readServiceSettings(texts, temporaryDirectory())),
    node: { upstream: { url: upstream.url, ca: undefined, rune: OWN_RUNE } },
    network: undefined,
    log: () => undefined,
    startHttpProcess: inProcessGateway,
  });
  running.push(service);
  return { node, upstream, url: `http://127.0.0.1:${port}` };
}

describe('a gateway without the socket of the node', () => {
  test("forwards commands with the caller's rune, and every byte of both bodies", async () => {
    const { node, url } = await forwarding();
    const body = '{"msat":123456789012345678901,"text":"ü"}';
    const answer = await call(url, 'echo', body, { rune: RUNE });
    expect([answer.status, answer.body]).toEqual([201, body]);
    expect(node.paramsOf('checkrune')[0]).toContain(`"rune":"${RUNE}"`);
    const yaml = { 'content-type': 'application/yaml', accept: 'application/yaml', rune: RUNE };
    expect((await call(url, 'echo', 'a: 1\n', yaml)).body).toBe('a: 1\n');
    const large = JSON.stringify({ text: 'x'.repeat(1_000_000) });
    expect((await call(url, 'echo', large, { rune: RUNE })).body).toBe(large);
  });

  test('does not run what the rune does not allow', async () => {
    const { node, url } = await forwarding();
    node.on('checkrune', (each) => each.error(1502, 'Not permitted: too soon'));
    const refused = await call(url, 'echo', '{}', { rune: RUNE });
    expect([refused.status, refused.headers['www-authenticate'], refused.json()]).toMatchObject([
      401,
      'Rune',
      { code: 1502, message: 'Not permitted: too soon' },
    ]);
    expect((await ask(`${url}/v1/echo`, { method: 'POST' })).status).toBe(403);
    expect((await call(url, 'a%2Fb', '{}')).status).toBe(404);
    expect(node.paramsOf('echo')).toEqual([]);
  });

  test('lists the commands, and checks the node for /health', async () => {
    const { node, url } = await forwarding();
    expect((await ask(`${url}/v1/list-methods`)).body).toContain('echo');
    expect((await ask(`${url}/health`)).status).toBe(200);
    await node.stop();
    const { status, headers } = await call(url, 'echo', '{}');
    expect([status, headers['retry-after']]).toEqual([502, undefined]);
  });

  test('forwards registered paths with their query, body and rune, and nothing that it serves itself', async () => {
    const { node, upstream, url } = await forwarding();
    const registration = { rpcMethod: 'echo', runeRestrictions: {} };
    const { paths } = upstream;
    paths.register({ ...registration, path: 'a/{b}', httpMethod: 'GET', runeRequired: false });
    paths.register({ ...registration, path: 'a/{b}', httpMethod: 'PUT', runeRequired: true });
    paths.register({ ...registration, path: 'v1/get', httpMethod: 'GET', runeRequired: true });
    paths.register({ ...registration, path: 'health/x', httpMethod: 'GET', runeRequired: false });
    expect((await ask(`${url}/a/x%2Fy?c=1&d=%C3%BC`)).body).toBe('{"b":"x/y","c":"1","d":"ü"}');
    expect((await ask(`${url}/health/x`)).status).toBe(201);
    const put = { method: 'PUT', body: '{"c":12345678901234567890}' };
    const type = { 'content-type': 'application/json' };
    expect((await ask(`${url}/a/1`, { ...put, headers: type })).status).toBe(403);
    const answer = await ask(`${url}/a/1`, { ...put, headers: { ...type, rune: RUNE } });
    expect(answer.body).toBe('{"b":"1","c":12345678901234567890}');
    expect((await ask(`${url}/v1/get`, { headers: { rune: RUNE } })).status).toBe(201);
    const wrong = await ask(`${url}/a/1`, { method: 'DELETE', headers: { rune: RUNE } });
    expect([wrong.status, wrong.headers['allow']]).toEqual([405, 'GET, PUT']);
    expect((await ask(`${url}/nothing`)).status).toBe(404);
    expect((await ask(`${url}/health`, { method: 'DELETE' })).headers['allow']).toBe('GET, HEAD');
    expect((await ask(`${url}/a/1`, { method: 'OPTIONS' })).headers['allow']).toBe(
      'GET, POST, PUT, PATCH, DELETE, OPTIONS',
    );
    expect(node.paramsOf('checkrune')).toHaveLength(2);
    await upstream.close();
    expect((await ask(`${url}/a/1`)).status).toBe(503);
  });

  test('returns 503 while the upstream gateway is away', async () => {
    const { upstream, url } = await forwarding();
    await upstream.close();
    const { status, headers } = await call(url, 'echo', '{}');
    expect([status, headers['retry-after']]).toEqual([503, '1']);
    expect((await ask(`${url}/health`)).status).toBe(503);
  });

  test('cancels the command of a caller that disconnects, and reports one that breaks off', async () => {
    const { node, upstream, url } = await forwarding();
    node.on('waitanyinvoice', () => undefined);
    const client = await RawClient.connect(Number(new URL(url).port));
    client.write(
      `POST /v1/waitanyinvoice HTTP/1.1\r\nHost: a\r\nRune: ${RUNE}\r\nContent-Length: 2\r\n\r\n{}`,
    );
    const { socket } = await node.call('waitanyinvoice');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    client.socket.destroy();
    await closed;
    const pending = call(url, 'waitanyinvoice', '{}');
    await node.call('waitanyinvoice', 1);
    await upstream.close(0);
    expect((await pending).status).toBeGreaterThanOrEqual(502);
  });

  test('checks the runes of the metrics with its own rune, and refuses if that is not allowed', async () => {
    const { node, url } = await forwarding();
    const metrics = () => ask(`${url}/metrics`, { headers: { rune: RUNE } });
    node.on('checkrune', (each) => {
      if (each.params.includes(`"rune":"${OWN_RUNE}"`) || each.params.includes('getmetrics')) {
        each.result('{"valid":true}');
      } else each.error(1501, 'Not authorized: Not derived from master');
    });
    const refused = await metrics();
    expect([refused.status, refused.json()]).toMatchObject([401, { code: 1501 }]);
    node.on('checkrune', (each) => each.error(1502, 'Not permitted: no'));
    const misconfigured = await metrics();
    expect([misconfigured.status, misconfigured.body]).toEqual([
      502,
      expect.stringContaining('which must allow checkrune'),
    ]);
    node.on('checkrune', (each) => each.result('{"valid":true}'));
    expect((await metrics()).status).toBe(200);
  });
});
