import { describe, expect, test } from 'vitest';
import { SharedNode } from '../testing/shared-node.ts';
import { received, type WrittenPlugin, writePlugin } from '../testing/test-plugin.ts';

const ROUNDS = 6;

interface Peers {
  readonly peers: { readonly id: string; readonly connected: boolean }[];
}

function hooking(...hooks: readonly string[]): Promise<WrittenPlugin> {
  return writePlugin({
    manifest: { hooks: hooks.map((name) => ({ name })), subscriptions: ['connect'] },
    body: `for (const hook of ${JSON.stringify(hooks)}) on(hook, () => ({ result: 'continue' }));`,
  });
}

async function disconnected(node: SharedNode, { id }: SharedNode): Promise<void> {
  await node.until<Peers>('listpeers', { id }, ({ peers }) =>
    peers.every(({ connected }) => !connected),
  );
}

// The ids decide which connection remains. A plugin that decides about peers makes its node slower than the other one.
describe.each(['lesser', 'greater'])(
  'the node with the %s id connects a little earlier',
  (first) => {
    test.each([
      ['no plugin decides about peers', [], []],
      ['its plugin decides about peers', ['peer_connected'], []],
      ["the other node's plugin decides about peers", [], ['peer_connected']],
    ])('and %s: both open a channel to each other at once', async (_, ours, theirs) => {
      const nodes = (await SharedNode.several(
        2,
        ['--dev-no-reconnect'],
        ['--dev-no-reconnect'],
      )) as [SharedNode, SharedNode];
      nodes.sort((one, other) => (one.id < other.id === (first === 'lesser') ? -1 : 1));
      const [alice, bob] = nodes;
      const pairs = [
        [alice, bob],
        [bob, alice],
      ] as const;
      const plugins = [
        await hooking('openchannel', ...ours),
        await hooking('openchannel', ...theirs),
      ];
      for (const [index, node] of nodes.entries()) {
        await node.call('plugin', ['start', plugins[index]?.path]);
        await node.call('dev-fund-wallet', { amount: ROUNDS * 200_000 });
      }
      for (let round = 0; round < ROUNDS; round++) {
        const open = async ([from, to]: (typeof pairs)[number]): Promise<void> => {
          if (round % 3 === 1) await from.call('connect', [to.id]);
          if (round % 3 === 2 && from === bob) await from.call('getinfo');
          await from.call('fundchannel', { id: to.id, amount: 100_000, minconf: 0 });
        };
        await Promise.all(pairs.map(open));
        await alice.call('dev-mine');
        // One connection is left, and it is the same at both ends.
        const ends = pairs.map(async ([from, to]) => {
          const { peers } = await from.call<Peers>('listpeers', { id: to.id });
          expect(peers).toMatchObject([{ connected: true, num_channels: 2 * round + 2 }]);
          return (await from.call<{ direction: string }>('connect', [to.id])).direction;
        });
        expect((await Promise.all(ends)).toSorted()).toEqual(['in', 'out']);
        await alice.call('disconnect', { id: bob.id, force: true });
        await disconnected(alice, bob);
        await disconnected(bob, alice);
      }
      for (const plugin of plugins) {
        const calls = (await plugin.notes()).filter(
          (note) => (note as { raw?: string }).raw?.includes('"method":"openchannel"') ?? false,
        );
        expect(calls).toHaveLength(ROUNDS);
      }
      await alice.call('connect', [bob.id]);
      for (const [from, to] of pairs) {
        expect(await from.channelsWith(to)).toHaveLength(2 * ROUNDS);
        const bolt11 = await to.invoice('after', 1000);
        expect(await from.call('pay', [bolt11])).toMatchObject({ status: 'complete' });
        expect(await from.call('dev-world')).toMatchObject({ balanced: true });
      }
    });
  },
);

test('commands of one node that connect at once share the connection', async () => {
  const plugin = await hooking();
  const [alice, bob] = (await SharedNode.several(2, [], [`--plugin=${plugin.path}`])) as [
    SharedNode,
    SharedNode,
  ];
  await alice.call('dev-fund-wallet', { amount: 1_000_000 });
  const clients = await Promise.all([0, 1, 2, 3].map(() => alice.apart()));
  await Promise.all(
    clients.map((client, index) =>
      index % 2 === 0
        ? client.call('connect', [bob.id])
        : client.call('fundchannel', { id: bob.id, amount: 100_000, minconf: 0 }),
    ),
  );
  await alice.call('dev-mine');
  expect(await bob.channelsWith(alice)).toHaveLength(2);
  // The notification about the channels follows the one about the connection.
  expect(received(await plugin.notes(), 'connect')).toHaveLength(1);
});
