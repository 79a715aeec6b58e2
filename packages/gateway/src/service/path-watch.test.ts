import { freePort, RUNE, temporaryDirectory } from '@clnrest/testing';
import { ask } from '@clnrest/testing/http-client';
import { HAS_REDIS, TestRedis } from '@clnrest/testing/redis';
import { expect, onTestFinished, test } from 'vitest';
import { builds } from '../builds.ts';
import type { StartHttpProcess } from '../processes/messages.ts';
import { inProcessGateway } from '../testing/in-process-gateway.ts';
import { PluginHost } from '../testing/plugin-host.ts';
import { readServiceSettings } from './service-settings.ts';
import { Service, type ServiceTools } from './service.ts';

const { registerPath, listPaths } = builds.rest;

/** Starts a plugin with options, and lets the node answer its command that lists paths. */
async function startPlugin(
  options: Record<string, unknown>,
  { http = inProcessGateway, beside }: { http?: StartHttpProcess; beside?: PluginHost } = {},
): Promise<PluginHost> {
  const host = await PluginHost.start(builds.rest, http);
  expect(await host.init(options)).toEqual({});
  const node = (beside ?? host).node;
  node.on(listPaths, (each) => {
    void host.ask(listPaths, {}).then((result) => each.result(JSON.stringify(result)));
  });
  node.on('echo', (each) => each.result(each.params));
  return host;
}

async function startService(
  { node }: PluginHost,
  given: Readonly<Record<string, string>>,
  tools: Partial<ServiceTools> = {},
) {
  const port = String(await freePort());
  const all = { port, protocol: 'http', ...given };
  const texts = new Map(Object.entries(all).map(([name, value]) => [name, [value]]));
  const lines: string[] = [];
  const service = await Service.start({
    ...(await readServiceSettings(texts, temporaryDirectory())),
    node: { socketPath: node.socketPath },
    network: undefined,
    log: (level, message) => lines.push(`${level}: ${message}`),
    startHttpProcess: inProcessGateway,
    ...tools,
  });
  onTestFinished(() => service.stop());
  const url = `http://127.0.0.1:${port}`;
  const status = async (path: string, rune?: string): Promise<number> =>
    (await ask(`${url}${path}`, { headers: rune === undefined ? {} : { rune } })).status;
  return { url, lines, status };
}

test('a separate gateway serves the registered paths of a plugin in the node', async () => {
  const host = await startPlugin({ 'rest-port': await freePort() });
  await host.ask(registerPath, ['price/{item}', 'echo', 'GET', false]);
  await host.ask(registerPath, {
    path: 'offer',
    rpc_method: 'echo',
    http_method: 'GET',
    rune_restrictions: { method: 'shop', params: { n: 12345678901234567890n.toString() } },
  });
  const service = await startService(host, {}, { intervals: { available: 20, away: 20 } });
  // Before it listens.
  expect((await ask(`${service.url}/price/tea?n=2`)).body).toBe('{"item":"tea","n":"2"}');
  expect(await service.status('/offer')).toBe(403);
  expect(await service.status('/offer', RUNE)).toBe(201);
  expect(host.node.paramsOf('checkrune')[0]).toContain(
    '"method":"shop","params":{"n":"12345678901234567890"}',
  );
  // Registered later, without Redis.
  await host.ask(registerPath, ['late', 'echo', 'GET', false]);
  await expect.poll(() => service.status('/late')).toBe(201);
  expect((await ask(`${service.url}/openapi.json`)).body).not.toContain('"/nothing"');

  // The paths are known while the node is away, and are those of the plugin that is in the node then.
  await host.node.stop();
  await expect.poll(() => service.status('/late')).toBe(503);
  host.node.on(listPaths, (each) => each.error(-32601, 'Unknown command'));
  await host.node.listen();
  await expect.poll(() => service.status('/late')).toBe(404);
});

test('a path that the gateway serves itself is logged', async () => {
  const host = await startPlugin({ 'rest-port': await freePort(), 'rest-swagger-root': '/api' });
  await host.ask(registerPath, ['mine/page', 'echo', 'GET', false]);
  const { lines, status } = await startService(host, { 'swagger-root': '/mine/page' });
  expect(lines).toContain(
    "unusual: Path 'mine/page' cannot be served: Path 'mine/page' is served by the REST server itself",
  );
  // To the API page of this gateway.
  expect(await status('/mine/page')).toBe(308);
});

test.skipIf(!HAS_REDIS)(
  'a plugin that only feeds Redis registers paths, which gateways serve within a second',
  async () => {
    const redis = await TestRedis.start();
    const options = { 'rest-redis': redis.url };
    const http: StartHttpProcess = () => expect.fail('an HTTP process');
    const host = await startPlugin(options, { http });
    expect(await host.ask(registerPath, ['a/{b}', 'echo', 'GET', false])).toEqual({});
    expect(await host.ask(registerPath, ['a/{c}', 'echo', 'GET'])).toMatchObject({
      code: -32700,
      data: { path: 'a/{b}' },
    });
    // The node is asked only when Redis shows a change.
    const rarely = { intervals: { available: 60_000, away: 60_000 } };
    const { status } = await startService(host, { redis: redis.url }, rarely);
    expect(await status('/a/1')).toBe(201);
    const registered = performance.now();
    await host.ask(registerPath, ['late', 'echo', 'GET', false]);
    await expect.poll(() => status('/late'), { timeout: 10_000, interval: 20 }).toBe(201);
    expect(performance.now() - registered).toBeLessThan(5_000);
    expect(host.node.paramsOf(listPaths).length).toBeLessThan(6);
  },
);
