import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { type Hearer, SocketHearer, Stalled, StreamHearer } from '../support/hearers.ts';
import { pluginMemory } from '../support/plugin-memory.ts';
import { LISTEN_METHOD } from '../support/under-test.ts';
import { useNode } from '../support/use-node.ts';

const crier = fileURLToPath(new URL('town-crier.mjs', import.meta.url));
const node = useNode('--rest-protocol=http', `--plugin=${crier}`);

const MIB = 2 ** 20;
const ALL = 10_000;
/** Told at once, and less than one may leave unread; the next when all who read have heard them. */
const AT_ONCE = 1_000;
/** Characters beside the number: all together are more than a stalled connection takes on its way. */
const SIZE = 700;

function times<T>(count: number, make: () => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, make));
}

test(
  '10,000 notifications reach 190 listeners whole and in order while ten others stall',
  { timeout: 180_000 },
  async () => {
    const rune = await node().rune([`method=${LISTEN_METHOD}`]);
    const readers: Hearer[] = [
      ...(await times(60, () => SocketHearer.open(node(), rune, 'websocket'))),
      ...(await times(30, () => SocketHearer.open(node(), rune, 'polling'))),
      ...(await times(100, () => StreamHearer.open(node(), rune))),
    ];
    const stalled = [
      ...(await times(4, () => Stalled.bySocket(node(), rune))),
      ...(await times(2, () => Stalled.byPolling(node(), rune))),
      ...(await times(4, () => Stalled.byStream(node(), rune))),
    ];
    onTestFinished(() => [...readers, ...stalled].forEach((each) => each.close()));

    for (let from = 0; from < ALL; from += AT_ONCE) {
      await node().rpc.call('cry', { count: AT_ONCE, from, size: SIZE });
      await Promise.all(readers.map((reader) => reader.until(from + AT_ONCE)));
    }
    expect(readers.map(({ heard }) => heard)).toEqual(readers.map(() => ALL));

    const cutOff = node().log.filter((line) => line.includes('503 slow_subscriber'));
    expect(cutOff).toHaveLength(stalled.length);
    // Kept for all of them it would be more than twice as much; collected late it is some 400 MiB.
    const peak = pluginMemory(node());
    if (peak !== undefined) expect(peak).toBeLessThan(640 * MIB);
  },
);
