import { freePort, RUNE, temporaryDirectory } from '@clnrest/testing';
import { FakeNode } from '@clnrest/testing/fake-node';
import { ask, call } from '@clnrest/testing/http-client';
import { afterEach, expect, test, vi } from 'vitest';
import { inProcessGateway } from '../testing/in-process-gateway.ts';
import { readServiceSettings } from './service-settings.ts';
import { Service, type ServiceTools } from './service.ts';

const ID = `02${'ab'.repeat(32)}`;
const running: Service[] = [];
afterEach(async () => {
  for (const service of running.splice(0)) await service.stop();
});

function fakeNode(network = 'regtest'): Promise<FakeNode> {
  return FakeNode.start({
    getinfo: (each) => each.result(`{"id":"${ID}","version":"v26.06.6","network":"${network}"}`),
    echo: (each) => each.result(each.params),
  });
}

/** Starts a separate gateway over a node, with a log that a test can wait for. */
async function start(node: FakeNode, tools: Partial<ServiceTools> = {}) {
  const port = String(await freePort());
  const texts = new Map([
    ['port', [port]],
    ['protocol', ['http']],
  ]);
  const lines: string[] = [];
  let changed = (): void => undefined;
  const service = await Service.start({
    ...(await readServiceSettings(texts, temporaryDirectory())),
    node: { socketPath: node.socketPath },
    network: undefined,
    log: (level, message) => {
      lines.push(`${level}: ${message}`);
      changed();
    },
    startHttpProcess: inProcessGateway,
    intervals: { available: 5, away: 5 },
    ...tools,
  });
  running.push(service);
  const logged = async (text: string, count = 1): Promise<void> => {
    while (lines.filter((line) => line.includes(text)).length < count)
      await new Promise<void>((resolve) => {
        changed = resolve;
      });
  };
  return { service, url: `http://127.0.0.1:${port}`, lines, logged };
}

test('serves commands and checks each rune with the node', async () => {
  const node = await fakeNode();
  const { url, logged } = await start(node);
  await logged(`info: the node ${ID}, v26.06.6, regtest is available at ${node.socketPath}`);
  await logged('info: REST server running at http://');
  for (const body of ['{"a":1}', '{"a":2}']) {
    expect((await call(url, 'echo', body, { rune: RUNE })).body).toBe(body);
  }
  expect(node.paramsOf('checkrune')).toHaveLength(2);
});

test('returns 503 and Retry-After while the node is away, and runs nothing', async () => {
  const node = await fakeNode();
  const { url, logged } = await start(node);
  await node.stop();
  await logged('unusual: the node at');
  const away = await call(url, 'echo', '{}', { rune: RUNE });
  expect([away.status, away.headers['retry-after'], away.json()]).toMatchObject([
    503,
    '1',
    { code: -32000, message: expect.stringContaining('Nothing has run') },
  ]);
  expect(await ask(`${url}/v1/list-methods`)).toMatchObject({ status: 503 });
  expect(await ask(`${url}/health`)).toMatchObject({ status: 503, body: 'unavailable\n' });
  expect(node.paramsOf('echo')).toEqual([]);
  await node.listen();
  await logged('is available', 2);
  expect((await call(url, 'echo', '{"a":1}', { rune: RUNE })).body).toBe('{"a":1}');
});

test('logs a restart of the node that is shorter than the time between two checks', async () => {
  const node = await fakeNode();
  // No regular check happens during the test.
  const { url, lines, logged } = await start(node, { intervals: { available: 600_000, away: 5 } });
  await logged('is available');
  for (const restart of [1, 2]) {
    await node.stop();
    await logged('is not available', restart);
    await node.listen();
    await logged('is available', restart + 1);
    expect((await call(url, 'echo', '{"a":1}', { rune: RUNE })).body).toBe('{"a":1}');
  }
  expect(lines.filter((line) => line.includes('available'))).toHaveLength(5);
});

test('logs once that the node is away, although the reasons differ while it starts', async () => {
  const node = await fakeNode();
  const { lines, logged } = await start(node);
  await node.stop();
  await logged('is not available');
  node.on('getinfo', (each) => each.socket.destroy());
  await node.listen();
  const before = node.paramsOf('getinfo').length;
  await node.call('getinfo', before + 1);
  node.on('getinfo', (each) => each.result(`{"id":"${ID}","network":"regtest"}`));
  await logged('is available', 2);
  expect(lines.filter((line) => line.includes('is not available'))).toHaveLength(1);
});

test('checks a node that ends idle connections, and logs nothing while the node responds', async () => {
  const node = await fakeNode();
  const { lines, logged } = await start(node, { intervals: { available: 600_000, away: 5 } });
  await logged('is available');
  const { socket: used } = await node.call('getinfo');
  await vi.waitFor(
    () => {
      for (const socket of node.sockets) if (socket !== used) socket.destroy();
      expect(node.paramsOf('getinfo').length).toBeGreaterThanOrEqual(4);
    },
    { interval: 5, timeout: 10_000 },
  );
  expect(lines.filter((line) => line.includes('available'))).toHaveLength(1);
});

test('starts before the node', async () => {
  const node = await fakeNode();
  await node.stop();
  const { url, logged } = await start(node);
  expect((await call(url, 'echo', '{}', { rune: RUNE })).status).toBe(503);
  await node.listen();
  await logged('is available');
  expect((await call(url, 'echo', '{}', { rune: RUNE })).status).toBe(201);
});

test('refuses subscriptions with the reason', async () => {
  const { url } = await start(await fakeNode());
  const answer = await ask(`${url}/v1/notifications`, { headers: { rune: RUNE } });
  expect([answer.status, answer.json()]).toMatchObject([
    501,
    { message: expect.stringContaining('no notifications') },
  ]);
});

test('does not start over a node of another network, and stops when one takes its place', async () => {
  const node = await fakeNode('bitcoin');
  const reason = `the node at ${node.socketPath} is on the network bitcoin, not on regtest: change \`--network\` or \`--rpc-file\``;
  await expect(start(node, { network: 'regtest' })).rejects.toThrow(reason);
  const { service } = await start(node, { network: 'bitcoin' });
  node.on('getinfo', (each) => each.result('{"network":"regtest"}'));
  expect((await service.ended)?.message).toContain('is on the network regtest, not on bitcoin');
});

test('stops once, and resolves without a reason', async () => {
  const { service, url } = await start(await fakeNode());
  await Promise.all([service.stop(), service.stop()]);
  expect(await service.ended).toBeUndefined();
  await expect(ask(`${url}/health`)).rejects.toThrow();
});
