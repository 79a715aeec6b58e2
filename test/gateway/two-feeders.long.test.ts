import { temporaryDirectory } from '@clnrest/testing';
import { HAS_REDIS, TestRedis } from '@clnrest/testing/redis';
import { expect, onTestFinished, test } from 'vitest';
import { EventReader, labels, last } from './event-reader.ts';
import { FeedingNode, startGateway } from './feeding-node.ts';

const SECOND = new URL('../../dist/clnrest', import.meta.url).pathname;

test.skipIf(!HAS_REDIS || process.platform !== 'linux')(
  'two plugins feed the stream by mistake, and the first hangs and continues: events keep their order, and loss is announced',
  async () => {
    const redis = await TestRedis.start();
    const node = new FeedingNode(redis, temporaryDirectory());
    onTestFinished(() => node.stop());
    await node.start();
    await node.rpc('plugin', { subcommand: 'start', plugin: SECOND, 'clnrest-redis': redis.url });
    const { gateway, url } = await startGateway(node, redis);
    onTestFinished(() => gateway.stop().then(() => undefined));
    const reader = new EventReader(await node.rune(), '?topics=invoice_creation');
    onTestFinished(() => reader.disconnect());
    await reader.connect(url);
    await node.invoices(1, 3);
    await reader.until(last('n3'));

    const first = node.pidOfPlugin('/dist/rest');
    process.kill(first, 'SIGSTOP');
    // The second feeder takes over when the first has not moved for three seconds. What came before can be lost.
    await node.invoices(4, 5);
    await node.logged(/plugin-clnrest: notifications go to Redis/);
    await node.invoices(6, 7);
    await reader.until(last('n7'));
    process.kill(first, 'SIGCONT');
    await node.invoices(8, 9);
    await reader.until(last('n9'));

    // The first continues after the second has ended.
    await node.rpc('plugin', { subcommand: 'stop', plugin: SECOND });
    let newest = 9;
    const continues = async (): Promise<boolean> => {
      newest++;
      await node.invoices(newest, newest);
      return labels(reader).some((label) => Number(label.slice(1)) > 9);
    };
    await expect.poll(continues, { interval: 200, timeout: 30_000 }).toBe(true);
    await reader.until(last(`n${newest}`));

    const received = labels(reader);
    const names = received.filter((label) => label !== 'missed');
    expect(names).toEqual([...new Set(names)]);
    expect(names.map((name) => Number(name.slice(1)))).toEqual(
      names.map((name) => Number(name.slice(1))).toSorted((a, b) => a - b),
    );
    // What is missing is announced in its place.
    let previous = 0;
    for (const [index, label] of received.entries()) {
      if (label === 'missed') continue;
      const number = Number(label.slice(1));
      if (number !== previous + 1) expect(received[index - 1]).toBe('missed');
      previous = number;
    }
    expect(previous).toBe(newest);
  },
);
