import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import type { FakeNode } from '@clnrest/testing/fake-node';
import { freePort, RUNE, temporaryDirectory } from '@clnrest/testing';
import { runSync } from '@clnrest/testing/programs';
import { HAS_REDIS, TestRedis } from '@clnrest/testing/redis';
import { io } from 'socket.io-client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { builds } from '../builds.ts';
import { readServiceSettings } from '../service/service-settings.ts';
import { Service } from '../service/service.ts';
import { inProcessGateway } from '../testing/in-process-gateway.ts';
import { PluginHost } from '../testing/plugin-host.ts';
import { writeDatabase } from '../testing/node-database.ts';
import { readRedisAddress } from './address.ts';
import { RedisConnection, type Reply } from './connection.ts';
import { keysOf } from './keys.ts';

const PAGE = '../../../../docs/reference/redis.md';

/** A plugin that feeds Redis and serves clients itself, and a separate gateway. */
async function bothGateways(redis: TestRedis, state: RecordedState = {}) {
  const host = await PluginHost.start(builds.clnrest, inProcessGateway, (node) =>
    recordable(node, state),
  );
  const port = await freePort();
  const options = { 'clnrest-port': port, 'clnrest-redis': redis.url };
  expect(await host.init(options)).toEqual({});
  await host.untilLogged((lines) => lines.some((line) => line.includes('notifications go to')));
  return { host, plugin: `http://127.0.0.1:${port}`, separate: await startService(host, redis) };
}

async function startService({ node }: PluginHost, redis: TestRedis): Promise<string> {
  const port = String(await freePort());
  const texts = new Map([
    ['port', [port]],
    ['protocol', ['http']],
    ['redis', [redis.url]],
  ]);
  const service = await Service.start({
    ...(await readServiceSettings(texts, temporaryDirectory())),
    node: { socketPath: node.socketPath },
    network: undefined,
    log: () => undefined,
    startHttpProcess: inProcessGateway,
  });
  onTestFinished(() => service.stop());
  return `http://127.0.0.1:${port}`;
}

/** What a node has done. */
interface RecordedState {
  /** The transactions of its database. */
  readonly changes?: number | 'unknown';
  readonly invoices?: number;
}

/** Makes a node with a database, which replies to questions about what it has done. */
function recordable(node: FakeNode, { changes = 1, invoices = 0 }: RecordedState): void {
  if (changes !== 'unknown') writeDatabase(node.directory, changes);
  node.on('listconfigs', (call) => call.result('{"configs":{}}'));
  node.on('listpeerchannels', (call) => call.result('{"channels":[]}'));
  node.on('wait', (call) => {
    const { subsystem, indexname } = JSON.parse(call.params) as Record<string, string>;
    const value = subsystem === 'invoices' ? invoices : 0;
    call.result(JSON.stringify({ subsystem, [`${indexname}`]: value }));
  });
}

/** Stops the node, which has no other plugin. */
async function stopNode(host: PluginHost): Promise<void> {
  host.node.on('plugin', (call) => call.result('{"command":"list","plugins":[{"name":"ours"}]}'));
  host.node.stopListening();
  host.notify('shutdown', { shutdown: {} });
  await host.status;
}

async function command(redis: TestRedis, ...args: readonly string[]): Promise<Reply> {
  const connection = new RedisConnection(readRedisAddress(redis.url));
  try {
    return await connection.command(keysOf('02').events, args);
  } finally {
    connection.close();
  }
}

/** The ids of the stream, as soon as it has a number of entries. */
async function readStream(redis: TestRedis, length: number): Promise<readonly string[]> {
  const connection = new RedisConnection(readRedisAddress(redis.url));
  onTestFinished(() => connection.close());
  const { events } = keysOf('02');
  for (;;) {
    const reply = await connection.command(events, ['XRANGE', events, '-', '+']);
    const ids = Array.isArray(reply)
      ? reply.map((entry: unknown) => String((entry as unknown[])[0]))
      : [];
    if (ids.length >= length) return ids;
  }
}

/** Reads server-sent events up to one with a text. Returns the events, each its id and its name. */
async function readEvents(url: string, lastId: string, end: string): Promise<string[]> {
  const request = get(`${url}/v1/notifications`, {
    headers: { rune: RUNE, 'last-event-id': lastId },
  });
  const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream];
  let text = '';
  for await (const piece of response) {
    text += String(piece);
    if (text.includes(end) && text.endsWith('\n\n')) break;
  }
  const blocks = text.split('\n\n').filter((block) => block.includes('data: '));
  return blocks.map(
    (block) => /(?:id: (\S+)\n)?event: (\S+)/.exec(block)?.slice(1).join(' ') ?? '',
  );
}

/** Receives over Socket.IO from an id on. */
async function receive(url: string, lastId: string) {
  const socket = io(url, { forceNew: true, auth: { rune: RUNE, last_event_id: lastId } });
  onTestFinished(() => void socket.close());
  const received: string[] = [];
  socket.on('message', (payload: object, id: string) => {
    received.push(`${id} ${Object.keys(payload)[0]}`);
  });
  socket.on('missed', () => received.push('missed'));
  await once(socket as unknown as NodeJS.EventEmitter, 'connect');
  return { received, close: () => socket.close() };
}

describe.skipIf(!HAS_REDIS)('a plugin that serves clients and feeds Redis', () => {
  test('has the ids of all gateways, so that a client can move in both directions', async () => {
    const redis = await TestRedis.start();
    const { host, plugin, separate } = await bothGateways(redis);
    const live = await receive(plugin, '');
    const ids = (): string[] => live.received.map((each) => each.split(' ')[0] ?? '');
    for (const topic of ['one', 'two', 'three']) host.notify(topic, { [topic]: {} });
    await expect.poll(() => live.received).toHaveLength(3);
    expect(ids().join(' ')).toMatch(/^(\d{13})-1 \1-2 \1-3$/);
    const [first = '', second = ''] = ids();
    const expected = live.received.slice(1);
    expect(await readEvents(separate, first, 'three')).toEqual(expected);
    expect(await readEvents(plugin, first, 'three')).toEqual(expected);
    const moved = await receive(separate, second);
    await expect.poll(() => moved.received).toEqual(live.received.slice(2));
    const unknown = await readEvents(plugin, '5-5', 'three');
    expect([unknown[0], ...unknown.slice(-3)]).toEqual([' missed', ...live.received]);
  });

  test('resumes clients after it was restarted with the node', async () => {
    const redis = await TestRedis.start();
    const { host } = await bothGateways(redis);
    host.notify('one', { one: {} });
    const events = await readStream(redis, 2);
    await stopNode(host);
    const { host: next, plugin } = await bothGateways(redis);
    next.notify('two', { two: {} });
    const [, first = ''] = events;
    const entries = await readEvents(plugin, first, 'two');
    const [number = ''] = first.split('-');
    expect(entries[0]).toBe(`${number}-2 shutdown`);
    expect(entries[1]).toMatch(/^\d+-1 two$/);
    expect(entries).toHaveLength(2);
    expect(entries[1]?.startsWith(number)).toBe(false);
  });

  test.each([
    ['was changed by a run of the node without the plugin', { changes: 8 }],
    ['was replaced by one that shows no changes', { changes: 'unknown' }],
    ['has an invoice that was created after the end of the plugin', { invoices: 6 }],
  ] as const)('announces a gap after a restart if the database %s', async (_, changed) => {
    const redis = await TestRedis.start();
    const state = { changes: 7, invoices: 5 };
    const starts: (string | undefined)[] = [];
    for (const each of [state, state, { ...state, ...changed }, { ...state, ...changed }]) {
      const { host } = await bothGateways(redis, each);
      const { feeder, events } = keysOf('02');
      const [start] = (await command(redis, 'XREVRANGE', events, '+', '-', 'COUNT', '1')) as [
        [string, string[]],
      ];
      starts.push(start[1][5]);
      await stopNode(host);
      const isKnown = each.changes !== 'unknown';
      expect(await command(redis, 'HGET', feeder, 'ended')).toBe(isKnown ? '1' : '2');
    }
    // From then on, the next restarts are without a gap, unless nothing shows that.
    const isKnown = !('changes' in changed) || changed.changes !== 'unknown';
    expect(starts).toEqual(['1', '1', '0', isKnown ? '1' : '0']);
  });

  test('announces a gap after its node was killed, or the plugin was stopped', async () => {
    const redis = await TestRedis.start();
    const { host: killed } = await bothGateways(redis);
    killed.notify('one', { one: {} });
    const [, first = ''] = await readStream(redis, 2);
    killed.stdin.end();
    await killed.status;
    const { host: stopped } = await bothGateways(redis);
    stopped.notify('two', { two: {} });
    const [, , , second = ''] = await readStream(redis, 4);
    // The node continues to listen.
    stopped.notify('shutdown', { shutdown: {} });
    await stopped.status;
    const { host: next, plugin } = await bothGateways(redis);
    next.notify('three', { three: {} });
    const names = async (id: string) =>
      (await readEvents(plugin, id, 'three')).map((event) => event.split(' ')[1]);
    await expect.poll(() => names(second)).toEqual(['shutdown', 'missed', 'three']);
    expect(await names(first)).toEqual(['missed', 'two', 'shutdown', 'missed', 'three']);
  });

  test('gives its stream to the consumer groups of a back office, as documented', async () => {
    const redis = await TestRedis.start();
    const { host } = await bothGateways(redis);
    host.notify('one', { one: { msat: 1 } });
    const [, id = ''] = await readStream(redis, 2);
    const page = readFileSync(new URL(PAGE, import.meta.url), 'utf8');
    const [, lines = ''] =
      /### Read events in a back office[^`]*```shell\n([^`]*)```/.exec(page) ?? [];
    const text = lines
      .replaceAll('{02…}', '{02}')
      .replaceAll('redis-cli', `redis-cli -p ${redis.port}`);
    const read = runSync('sh', ['-c', text.replace(/\d+-17$/m, id)]);
    expect(read.split('\n')).toEqual(
      expect.arrayContaining(['OK', id, 'topic', 'one', 'payload', '{"one":{"msat":1}}', '1']),
    );
    const again = text.split('\n')[1]?.replace('BLOCK 5000', 'BLOCK 10') ?? '';
    expect(runSync('sh', ['-c', again])).not.toContain('payload');
  });

  test('sends nothing twice and in order when Redis is away in between', async () => {
    const redis = await TestRedis.start();
    const { host, plugin, separate } = await bothGateways(redis);
    const [one, other] = await Promise.all([receive(plugin, ''), receive(separate, '')]);
    host.notify('before', { before: {} });
    await expect.poll(() => one.received).toHaveLength(1);
    await redis.kill();
    for (const topic of ['during', 'still']) host.notify(topic, { [topic]: {} });
    await redis.listen();
    host.notify('after', { after: {} });
    await expect.poll(() => one.received, { timeout: 20_000 }).toHaveLength(4);
    await expect.poll(() => other.received, { timeout: 20_000 }).toEqual(one.received);
    expect(one.received.map((each) => each.split(' ')[1])).toEqual([
      'before',
      'during',
      'still',
      'after',
    ]);
  });

  test('starts while Redis is away, and announces the gap', async () => {
    const redis = await TestRedis.start();
    await redis.kill();
    const host = await PluginHost.start(builds.clnrest);
    const port = await freePort();
    const options = { 'clnrest-port': port, 'clnrest-redis': redis.url };
    expect(await host.init(options)).toEqual({});
    const { received } = await receive(`http://127.0.0.1:${port}`, '');
    await redis.listen();
    await expect.poll(() => received, { timeout: 20_000 }).toEqual(['missed']);
    host.notify('one', { one: {} });
    await expect.poll(() => received, { timeout: 20_000 }).toHaveLength(2);
    expect(received[1]).toMatch(/^\d+-1 one$/);
  });
});
