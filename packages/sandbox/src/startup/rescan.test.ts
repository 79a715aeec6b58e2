import { expect, test } from 'vitest';
import { temporaryDirectory } from '@clnrest/testing';
import { SocketClient } from '../testing/socket-client.ts';
import { temporarySandbox } from '../testing/temporary-sandbox.ts';
import { writePlugin } from '../testing/test-plugin.ts';
import { WorldClient } from '../testing/world-client.ts';

/** Starts a node, and returns what a new plugin receives until its `balance_snapshot`, or until a block. */
async function start(directory: string, args: readonly string[], lastHeight?: number) {
  const plugin = await writePlugin({
    manifest: { subscriptions: ['block_added', 'balance_snapshot'] },
    body: `on('block_added', ({ block_added }) => note({ block: block_added }));
      on('balance_snapshot', ({ balance_snapshot }) => note({ snapshot: balance_snapshot.blockheight }));`,
  });
  const sandbox = await temporarySandbox({ directory, args: [`--plugin=${plugin.path}`, ...args] });
  const isLast = (note: unknown): boolean => {
    const { block, snapshot } = note as { block?: { height: number }; snapshot?: number };
    return lastHeight === undefined ? snapshot !== undefined : block?.height === lastHeight;
  };
  await plugin.waitForNote(isLast);
  const notes = (await plugin.notes()) as { block?: { height: number }; snapshot?: number }[];
  const received = notes.flatMap(({ block, snapshot }) =>
    snapshot === undefined ? (block?.height ?? []) : `snapshot ${snapshot}`,
  );
  const client = new WorldClient(await SocketClient.connect(sandbox.rpcPath));
  return { sandbox, client, received };
}

test('each start sends block_added for the newest known blocks, before balance_snapshot', async () => {
  const directory = temporaryDirectory();
  const first = await start(directory, []);
  expect(first.received).toEqual([101, 'snapshot 101']);
  await first.client.call('dev-mine', [5]);
  await first.sandbox.stop();
  for (const [args, heights] of [
    [[], [101, 102, 103, 104, 105, 106]],
    [['--rescan=2'], [105, 106]],
    [['--rescan=0x1'], [106]],
    [['--rescan=0'], []],
    [['--rescan=-104'], [104, 105, 106]],
    [['--rescan=-107'], []],
    [['--rescan=-9223372036854775808'], []],
    [['--rescan=9223372036854775807'], [101, 102, 103, 104, 105, 106]],
  ] as const) {
    const { sandbox, received } = await start(directory, args);
    expect(received).toEqual([...heights, 'snapshot 106']);
    await sandbox.stop();
  }
});

test('the blocks that other nodes have mined meanwhile follow', async () => {
  const world = `--dev-world=${temporaryDirectory()}`;
  const directory = temporaryDirectory();
  const { sandbox } = await start(directory, [world]);
  await sandbox.stop();
  const other = await start(temporaryDirectory(), [world]);
  await other.client.call('dev-mine', [2]);
  const { received } = await start(directory, [world, '--rescan=1'], 103);
  expect(received.filter((each) => typeof each === 'number')).toEqual([101, 102, 103]);
});
