import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { RpcClient } from '@clnrest/lightningd';
import { builds } from '@clnrest/gateway/builds';
import { freePort, temporaryDirectory } from '@clnrest/testing';
import { run } from '@clnrest/testing/programs';
import { HAS_REDIS, TestRedis } from '@clnrest/testing/redis';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { NODE_KIND, STARTED } from '../support/node.ts';
import type { NodeProcess } from '../support/node-process.ts';
import { missingForNode, startBitcoind, startLightningdWith } from '../support/real-node.ts';
import { startSandboxProcess } from '../support/sandbox-node.ts';
import { pluginFile } from '../support/under-test.ts';

const STOPPING_PLUGIN = new URL('stopping-plugin.mjs', import.meta.url).pathname;
const FEEDING = /plugin-rest: notifications go to Redis/;
const missing = missingForNode();

/** Starts nodes in one directory, one after the other. */
async function nodeStarter(redis: TestRedis, ...more: readonly string[]) {
  const directory = temporaryDirectory();
  const ours = [`--plugin=${pluginFile(builds.rest)}`, `--rest-redis=${redis.url}`, ...more];
  const other = `--plugin=${STOPPING_PLUGIN}`;
  let run = (options: readonly string[]): Promise<NodeProcess> =>
    startSandboxProcess(directory, options);
  if (NODE_KIND === 'lightningd') {
    const bitcoind = await startBitcoind();
    onTestFinished(() => bitcoind.stop());
    run = (options) => startLightningdWith(bitcoind, directory, options);
  }
  const begin = async (...options: readonly string[]): Promise<NodeProcess> => {
    const node = await run(options);
    onTestFinished(() => node.stop());
    return node;
  };
  return {
    /** Does not wait. */
    begin: () => begin(...ours),
    start: async () => {
      const node = await begin(...ours, other);
      await Promise.all([node.process.line(STARTED), node.process.line(FEEDING)]);
      return node;
    },
    startWithoutPlugin: async () => {
      const node = await begin(other);
      await node.process.line(STARTED);
      return node;
    },
  };
}

async function createInvoice(client: RpcClient, label: string): Promise<void> {
  await client.call('invoice', { amount_msat: 1n, label, description: 'x' });
}

/** Creates invoices on one connection until the node closes it. Resolves with the labels that the node has confirmed. */
async function createInvoices(client: RpcClient): Promise<string[]> {
  const labels: string[] = [];
  try {
    for (;;) {
      const label = `n${labels.length + 1}`;
      await createInvoice(client, label);
      labels.push(label);
    }
  } catch {
    return labels;
  }
}

async function stopByCommand({ socketPath, process }: NodeProcess): Promise<void> {
  const client = new RpcClient({ socketPath });
  await client.call('stop');
  await client.close();
  await process.exited;
}

/** Returns what the stream has. */
async function readStream(redis: TestRedis, { socketPath }: NodeProcess) {
  const client = new RpcClient({ socketPath });
  const { id } = await client.call('getinfo');
  await client.close();
  const stream = `clnrest:{${id}}:events`;
  const text = await run('redis-cli', '-p', `${redis.port}`, '--json', 'XRANGE', stream, '-', '+');
  const entries = (JSON.parse(text) as [string, string[]][]).map(([, fields]) => fields);
  return {
    labels: entries.flatMap(
      ([, , , payload]) => /"label":"([^"]*)"/.exec(payload ?? '')?.[1] ?? [],
    ),
    stopping: entries.filter(([, topic]) => topic === 'stopping').length,
    complete: entries.flatMap((fields) => (fields[0] === 'start' ? [fields[5]] : [])),
  };
}

describe.skipIf(!HAS_REDIS)('a node that stops', () => {
  beforeEach((context) => {
    if (missing !== undefined) context.skip(missing);
  });

  test('loses no notification of other plugins, and none of commands without an announcement', async () => {
    const redis = await TestRedis.start();
    const { start } = await nodeStarter(redis);
    await stopByCommand(await start());
    const second = await start();
    const { complete, stopping } = await readStream(redis, second);
    expect({ complete, stopping }).toEqual({ complete: ['1', '1'], stopping: 5 });
    // As systemd does: also to the plugins.
    await second.stop();

    const node = await start();
    const client = new RpcClient({ socketPath: node.socketPath });
    await createInvoice(client, 'n0');
    const created = createInvoices(client);
    await stopByCommand(node);
    const labels = ['n0', ...(await created)];
    await client.close();
    const seen = await readStream(redis, await start());
    // lightningd ends at once when it gets SIGTERM, so it can have sent less than it has done.
    expect(seen.complete.slice(0, 3)).toEqual(['1', '1', NODE_KIND === 'lightningd' ? '0' : '1']);
    expect(seen.stopping).toBe(10);
    // The program used the node until its end, so commands ran when the plugin had ended.
    expect(labels.slice(0, seen.labels.length)).toEqual(seen.labels);
    if (labels.length > seen.labels.length) expect(seen.complete[3]).toBe('0');
  });

  test('announces that it has run without the plugin, and no other restart', async () => {
    const redis = await TestRedis.start();
    const { start, startWithoutPlugin } = await nodeStarter(redis);
    await stopByCommand(await start());
    await stopByCommand(await start());
    // Without any notification that this test causes.
    await stopByCommand(await startWithoutPlugin());
    await stopByCommand(await start());
    await stopByCommand(await start());
    const unseen = await startWithoutPlugin();
    const client = new RpcClient({ socketPath: unseen.socketPath });
    await createInvoice(client, 'unseen');
    await client.close();
    await stopByCommand(unseen);
    await stopByCommand(await start());
    const { complete, labels } = await readStream(redis, await start());
    expect({ complete, labels }).toEqual({
      complete: ['1', '1', '0', '1', '0', '1'],
      labels: [],
    });
  });

  test('announces a command that runs when the plugin has written its end', async () => {
    const redis = await TestRedis.start();
    const { start } = await nodeStarter(redis);
    const node = await start();
    const client = new RpcClient({ socketPath: node.socketPath, maxConnections: 1 });
    const { id } = await client.call('getinfo');
    const ended = untilEnded(redis, `clnrest:{${id}}:feeder`);
    const stopped = stopByCommand(node);
    await ended;
    // The node can end before it replies, or before it runs the command.
    await createInvoice(client, 'late').catch(() => undefined);
    await client.close();
    await stopped;
    const next = await start();
    const after = new RpcClient({ socketPath: next.socketPath });
    const { invoices } = await after.call('listinvoices');
    await after.close();
    const { complete } = await readStream(redis, next);
    expect(complete).toEqual(['1', invoices.length > 0 ? '0' : '1']);
  });

  test('announces commands that run before the plugin is initialised', async () => {
    const redis = await TestRedis.start();
    // A plugin that serves clients waits for Redis when it starts, up to 3 seconds.
    const { begin } = await nodeStarter(redis, `--rest-port=${await freePort()}`);
    const restart = async (command?: (client: RpcClient) => Promise<void>) => {
      await redis.kill();
      const node = await begin();
      const client = new RpcClient({ socketPath: node.socketPath });
      await expect.poll(() => client.call('getinfo').catch(() => undefined)).toBeDefined();
      await command?.(client);
      await client.close();
      await redis.listen();
      await Promise.all([node.process.line(STARTED), node.process.line(FEEDING)]);
      return node;
    };
    await stopByCommand(await restart());
    await stopByCommand(await restart());
    await stopByCommand(await restart((client) => createInvoice(client, 'early')));
    const { complete, labels } = await readStream(redis, await restart());
    expect({ complete, labels }).toEqual({ complete: ['1', '1', '0', '1'], labels: [] });
  });
});

/** Resolves when a feeder has written its end. */
async function untilEnded(redis: TestRedis, key: string): Promise<void> {
  const socket = connect(redis.port, '127.0.0.1');
  try {
    const replies = createInterface({ input: socket });
    const ask = (): boolean => socket.write(`HGET ${key} ended\r\n`);
    ask();
    for await (const line of replies) {
      if (line.startsWith('$')) continue;
      if (line !== '0') return;
      ask();
    }
  } finally {
    socket.destroy();
  }
}
