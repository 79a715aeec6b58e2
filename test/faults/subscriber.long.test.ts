import { once } from 'node:events';
import { io } from 'socket.io-client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { builds } from '@clnrest/gateway/builds';
import { RUNE } from '@clnrest/testing';
import { EventStream } from './event-stream.ts';
import { needsProc, PluginWithFakeNode } from './plugin-with-fake-node.ts';

const MIB = 1024 * 1024;
const COUNT = 400;
/** All notifications together are more than the system holds for a client that does not read. */
const FILLER = 'x'.repeat(100_000);

needsProc();

/** A Socket.IO client with a websocket, and the numbers that it receives. */
async function socketIoClient(url: string) {
  const auth = { rune: RUNE, topics: 'tick' };
  const socket = io(url, {
    auth,
    forceNew: true,
    reconnection: false,
    transports: ['websocket'],
  });
  onTestFinished(() => void socket.close());
  const numbers: number[] = [];
  socket.on('message', ({ tick }: { tick: { n: number } }) => numbers.push(tick.n));
  await once(socket as never, 'connect');
  return { socket, numbers };
}

describe('subscriber stalled', { timeout: 60_000 }, () => {
  test('it is disconnected, and the others receive everything', async () => {
    // It sends notifications at once; the other build collects them for a second.
    const plugin = await PluginWithFakeNode.start({ build: builds.clnrest });
    const before = plugin.state;
    const stalledStream = await EventStream.open(plugin.url, RUNE, 'tick');
    stalledStream.response.pause();
    const stalledSocket = await socketIoClient(plugin.url);
    const { ws } = stalledSocket.socket.io.engine.transport as unknown as {
      ws: { pause(): void; terminate(): void };
    };
    ws.pause();
    const stream = await EventStream.open(plugin.url, RUNE, 'tick');
    const socket = await socketIoClient(plugin.url);

    for (let n = 0; n < COUNT; n++) {
      plugin.plugin.lightningd.notify('tick', { tick: { n, filler: FILLER } });
      // Those that read are in time.
      if (n % 5 === 4) await stream.event(new RegExp(`"n":${n},`));
      if (n % 100 === 99) await plugin.expectNormal();
    }
    await expect.poll(() => socket.numbers.length, { timeout: 20_000 }).toBe(COUNT);
    const all = Array.from({ length: COUNT }, (_, n) => n);
    expect(socket.numbers).toEqual(all);
    const streamed = stream.events.flatMap((event) => /"n":([0-9]+)/.exec(event)?.[1] ?? []);
    expect(streamed.map(Number)).toEqual(all);

    const cutOff = (): string[] =>
      plugin.plugin.lightningd.logged().filter((line) => line.includes('503 slow_subscriber'));
    await expect.poll(cutOff, { timeout: 20_000 }).toHaveLength(2);
    expect(plugin.state.memory - before.memory).toBeLessThan(200 * MIB);
    stream.response.destroy();
    socket.socket.close();
    stalledStream.response.destroy();
    ws.terminate();
    await plugin.expectRecovered(before);
  });
});
