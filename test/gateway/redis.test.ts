import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '@clnrest/testing';
import { ask, call } from '@clnrest/testing/http-client';
import { run } from '@clnrest/testing/programs';
import { HAS_REDIS, TestRedis } from '@clnrest/testing/redis';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { TestProcess } from '../support/process.ts';
import { missingForPython, PYTHON } from '../support/seed-clients.ts';
import { EventReader, labels, last } from './event-reader.ts';
import { FeedingNode, startGateway, startGatewayWith } from './feeding-node.ts';

const CLIENT = new URL('resuming-client.py', import.meta.url).pathname;

interface Created {
  readonly invoice_creation: { readonly label: string };
}

function numbered(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `n${from + index}`);
}

/** How many checks the gateway has decided without the node. */
async function localChecks(url: string, rune: string): Promise<number> {
  const { body } = await ask(`${url}/metrics`, { headers: { rune } });
  return Number(/clnrest_rune_check_seconds_count\{judge="gateway"\} (\d+)/.exec(body)?.[1] ?? 0);
}

describe.skipIf(!HAS_REDIS)('two gateways that share a stream over Redis', () => {
  let redis: TestRedis;
  let node: FeedingNode;
  let gateways: Awaited<ReturnType<typeof startGateway>>[] = [];
  const ends: (() => unknown)[] = [];

  beforeAll(async () => {
    redis = await TestRedis.startFor((end) => ends.push(end));
    node = new FeedingNode(
      redis,
      temporaryDirectory((end) => ends.push(end)),
    );
    ends.push(() => node.stop());
    await node.start();
    gateways = await Promise.all([startGateway(node, redis), startGateway(node, redis)]);
  });

  afterAll(async () => {
    for (const { gateway } of gateways) await gateway.stop();
    for (const end of ends.toReversed()) await end();
  });

  const reader = (rune: string): EventReader => {
    const made = new EventReader(rune, '?topics=invoice_creation');
    onTestFinished(() => made.disconnect());
    return made;
  };
  const url = (index: number): string => gateways[index]?.url ?? '';

  test('a client that moves between them misses nothing and receives nothing twice', async () => {
    const rune = await node.rune();
    const moving = reader(rune);
    const staying = reader(rune);
    await moving.connect(url(0));
    await staying.connect(url(1));
    await node.invoices(1, 3);
    await moving.until(last('n3'));
    moving.disconnect();
    await node.invoices(4, 6);
    await moving.connect(url(1));
    await moving.until(last('n6'));

    // A gateway is killed and started again.
    gateways[1]?.gateway.child.kill('SIGKILL');
    await gateways[1]?.gateway.exited;
    await node.invoices(7, 8);
    await moving.connect(url(0));
    await moving.until(last('n8'));
    moving.disconnect();
    gateways[1] = await startGateway(node, redis);
    await moving.connect(url(1));
    await staying.connect(url(1));

    // Redis is killed and started again.
    await redis.kill();
    await node.invoices(9, 10);
    await redis.listen();
    await moving.until(last('n10'));

    // The node is stopped and started again.
    await node.stop();
    await node.start();
    await node.invoices(11, 12);
    await moving.until(last('n12'));
    await staying.until(last('n12'));
    moving.disconnect();
    await node.invoices(13, 14);
    await moving.connect(url(0));
    await moving.until(last('n14'));

    expect(labels(moving)).toEqual(numbered(1, 14));
    await staying.until(last('n14'));
    expect(labels(staying)).toEqual(numbered(1, 14));
    expect(moving.events.map(({ id }) => id)).toEqual(staying.events.map(({ id }) => id));
  });

  test('a Socket.IO client resumes at another gateway, which also knows ids of server-sent events', async () => {
    const rune = await node.rune();
    const ids = new Map<string, string>();
    const received: string[] = [];
    let lastId = '';
    const connect = async (target: string): Promise<Socket> => {
      const socket = io(target, {
        forceNew: true,
        reconnection: false,
        auth: (give) => give({ rune, topics: 'invoice_creation', last_event_id: lastId }),
      });
      onTestFinished(() => void socket.close());
      socket.on('message', ({ invoice_creation: { label } }: Created, id: string) => {
        received.push(label);
        ids.set(label, id);
        lastId = id;
      });
      socket.on('resume_from', (id: string) => (lastId = id));
      await once(socket as never, 'connect');
      return socket;
    };
    const until = (label: string): Promise<void> =>
      expect.poll(() => received.at(-1), { timeout: 20_000, interval: 20 }).toBe(label);
    const first = await connect(url(0));
    await expect.poll(() => lastId).not.toBe('');
    await node.invoices(31, 32);
    await until('n32');
    const disconnected = once(first as never, 'disconnect');
    gateways[0]?.gateway.child.kill('SIGKILL');
    await disconnected;
    await gateways[0]?.gateway.exited;
    await node.invoices(33, 34);
    await connect(url(1));
    await until('n34');
    gateways[0] = await startGateway(node, redis);
    expect(received).toEqual(numbered(31, 34));

    const events = reader(rune);
    events.lastId = ids.get('n32') ?? '';
    await events.connect(url(0));
    await events.until(last('n34'));
    expect(labels(events)).toEqual(['n33', 'n34']);
    expect(events.events.map(({ id }) => id)).toEqual([ids.get('n33'), ids.get('n34')]);
  });

  test('a Socket.IO client of Python resumes at another gateway, while the node restarts, and after the stream was trimmed', async (context) => {
    const missing = missingForPython();
    if (missing !== undefined) context.skip(missing);
    const rune = await node.rune();
    const connect = (target: string, lastId: string): TestProcess => {
      const client = new TestProcess(PYTHON, [CLIENT, target, rune, lastId]);
      onTestFinished(() => client.stop().then(() => undefined));
      return client;
    };
    /** Waits for an event. Resolves with its id. */
    const event = async (client: TestProcess, label: string): Promise<string> =>
      (await client.line(new RegExp(`^event (\\S+) ${label}$`)))[1] ?? '';
    /** The labels of events in the order of their ids, and `missed`. The client runs each handler in a thread of its own. */
    const received = ({ lines }: TestProcess): string[] => {
      const events = lines.flatMap((line) => {
        const [, id = '', label = ''] = /^event (\S+) (\w+)$/.exec(line) ?? [];
        return id === '' ? [] : [{ id, label }];
      });
      const sorted = events.toSorted((one, other) =>
        one.id.localeCompare(other.id, 'en', { numeric: true }),
      );
      const missed = lines.filter((line) => line.startsWith('missed ')).map(() => 'missed');
      return [...missed, ...sorted.map(({ label }) => label)];
    };
    /** Waits until a client has received all of these. */
    const until = (client: TestProcess, expected: readonly (string | undefined)[]): Promise<void> =>
      expect.poll(() => received(client), { timeout: 20_000 }).toEqual(expected);

    const first = connect(url(0), '');
    await first.line(/^position /);
    await node.invoices(41, 42);
    const lastId = await event(first, 'n42');
    await until(first, ['n41', 'n42']);
    await first.stop();
    await node.invoices(43, 43);
    const second = connect(url(1), lastId);
    const old = await event(second, 'n43');
    await node.stop();
    await node.start();
    await node.invoices(44, 44);
    await until(second, ['n43', 'n44']);

    // Only the newest entries remain, and a gateway that starts knows no others.
    await gateways[1]?.gateway.stop();
    await node.invoices(45, 49);
    const { id } = await node.rpc<{ id: string }>('getinfo', {});
    const stream = `clnrest:{${id}}:events`;
    const cli = (...words: string[]) => run('redis-cli', '-p', String(redis.port), ...words);
    await cli('XTRIM', stream, 'MAXLEN', '3');
    const left = await cli('XRANGE', stream, '-', '+');
    const kept = [...left.matchAll(/"label":"(n\d+)"/g)].map(([, label]) => label);
    expect(kept.at(-1)).toBe('n49');
    gateways[1] = await startGateway(node, redis);
    const third = connect(url(1), old);
    await until(third, ['missed', ...kept]);
    const events = reader(rune);
    events.lastId = old;
    await events.connect(url(1));
    await events.until(last('n49'));
    expect(labels(events)).toEqual(['missed', ...kept]);
  });

  test('a third without the socket serves subscribers, and forwards commands', async () => {
    const rune = await node.rune();
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'rune'), await node.rune(['method=checkrune']));
    const { id } = await node.rpc<{ id: string }>('getinfo', {});
    const { gateway, url: remote } = await startGatewayWith(
      redis,
      `--upstream=${url(0)}`,
      `--upstream-rune-file=${join(directory, 'rune')}`,
      `--node-id=${id}`,
    );
    onTestFinished(() => gateway.stop().then(() => undefined));
    const moving = reader(rune);
    await moving.connect(url(1));
    await node.invoices(15, 16);
    await moving.until(last('n16'));
    moving.disconnect();
    const body = '{"amount_msat":1,"label":"n17","description":"x"}';
    expect((await call(remote, 'invoice', body, { rune })).status).toBe(201);
    await moving.connect(remote);
    await moving.until(last('n17'));
    expect(labels(moving)).toEqual(numbered(15, 17));
    // A path that is registered in the node, which only feeds Redis.
    const path = { path: 'shop/{label}', rpc_method: 'listinvoices', http_method: 'GET' };
    await node.rpc('rest-register-path', path);
    for (const each of [url(0), remote]) {
      const get = () => ask(`${each}/shop/n15`, { headers: { rune } });
      await expect.poll(async () => (await get()).status, { timeout: 20_000 }).toBe(201);
      expect((await get()).body).toContain('"label":"n15"');
      expect((await ask(`${each}/shop/n15`)).status).toBe(403);
    }
    const narrow = await node.rune(['method=getinfo']);
    expect((await call(remote, 'invoice', body, { rune: narrow })).status).toBe(401);
  });

  test('a client with an id that Redis never had receives `missed`', async () => {
    const rune = await node.rune();
    await node.invoices(20, 20);
    const lost = reader(rune);
    lost.lastId = '5-5';
    await lost.connect(url(0));
    await lost.until(last('n20'));
    expect(labels(lost)[0]).toBe('missed');
  });

  test('both check runes without the node, and no revoked rune passes after the revocation', async () => {
    const admin = await node.rune();
    for (let round = 0; round < 3; round++) {
      const { rune, unique_id: id } = await node.rpc<{ rune: string; unique_id: string }>(
        'createrune',
        { restrictions: [['method=getinfo']] },
      );
      const before = await Promise.all([0, 1].map((index) => localChecks(url(index), admin)));
      await expect
        .poll(
          async () => {
            for (const index of [0, 1]) await call(url(index), 'getinfo', '{}', { rune });
            return Promise.all([0, 1].map((index) => localChecks(url(index), admin)));
          },
          { timeout: 20_000, interval: 100 },
        )
        .toSatisfy((counts: number[]) =>
          counts.every((count, index) => count > (before[index] ?? 0)),
        );
      let isRevoked = false;
      const over = new AbortController();
      const statuses: number[] = [];
      const load = [0, 1, 0, 1].map(async (index) => {
        while (!over.signal.aborted) {
          const isLate = isRevoked;
          const { status } = await call(url(index), 'getinfo', '{}', { rune });
          if (isLate) statuses.push(status);
        }
      });
      await node.rpc('blacklistrune', { start: Number(id) });
      isRevoked = true;
      while (statuses.length < 100) await new Promise((resolve) => setImmediate(resolve));
      over.abort();
      await Promise.all(load);
      expect(new Set(statuses)).toEqual(new Set([401]));
    }
  });
});
