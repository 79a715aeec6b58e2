import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import {
  type CountingSubscriber,
  SocketSubscriber,
  StalledSubscriber,
  StreamSubscriber,
} from '../support/counting-subscribers.ts';
import { pluginMemory } from '../support/plugin-memory.ts';
import { LISTEN_METHOD } from '../support/under-test.ts';
import { useNode } from '../support/use-node.ts';

const burstPlugin = fileURLToPath(new URL('burst-plugin.mjs', import.meta.url));
const node = useNode('--rest-protocol=http', `--plugin=${burstPlugin}`);

const MIB = 2 ** 20;
const COUNT = 2_000;
/** Sent at once, fewer than a subscriber can leave unread. The next burst follows when all readers have them. */
const BURST = 200;
/** Characters besides the number. All together exceed what the system buffers for a stalled connection. */
const SIZE = 5_000;

function times<T>(count: number, make: () => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, make));
}

test(
  '2,000 notifications reach 60 subscribers complete and in order while ten others stall',
  { timeout: 180_000 },
  async () => {
    const rune = await node().rune([`method=${LISTEN_METHOD}`]);
    const readers: CountingSubscriber[] = [
      ...(await times(20, () => SocketSubscriber.open(node(), rune, 'websocket'))),
      ...(await times(10, () => SocketSubscriber.open(node(), rune, 'polling'))),
      ...(await times(30, () => StreamSubscriber.open(node(), rune))),
    ];
    const stalled = [
      ...(await times(4, () => StalledSubscriber.withSocket(node(), rune))),
      ...(await times(2, () => StalledSubscriber.withPolling(node(), rune))),
      ...(await times(4, () => StalledSubscriber.withStream(node(), rune))),
    ];
    onTestFinished(() => [...readers, ...stalled].forEach((each) => each.close()));

    for (let from = 0; from < COUNT; from += BURST) {
      await node().rpc.call<unknown>('burst', { count: BURST, from, size: SIZE });
      await Promise.all(readers.map((reader) => reader.until(from + BURST)));
    }
    expect(readers.map(({ received }) => received)).toEqual(readers.map(() => COUNT));

    const cutOff = node().log.filter((line) => line.includes('503 slow_subscriber'));
    expect(cutOff).toHaveLength(stalled.length);
    // Both processes, with late garbage collection some 210 MiB. A write for each message and subscriber took 400.
    const peak = pluginMemory(node());
    if (peak !== undefined) expect(peak).toBeLessThan(320 * MIB);
  },
);
