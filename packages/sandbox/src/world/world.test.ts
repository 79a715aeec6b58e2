import { once } from 'node:events';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '@clnrest/testing';
import { buildProgram, runSandbox } from '../testing/sandbox-process.ts';
import { SocketClient } from '../testing/socket-client.ts';
import { WorldClient } from '../testing/world-client.ts';

interface Funds {
  readonly outputs: { amount_msat: number; status: string; reserved: boolean }[];
  readonly channels: { channel_id: string; our_amount_msat: number; state: string }[];
}

interface Shown {
  readonly balanced: boolean;
  readonly minted_msat: number;
  readonly fees_msat: number;
  readonly paid_away_msat: number;
  readonly in_channels_msat: number;
  readonly nodes: { name: string; onchain_msat: number }[];
  readonly channels: { opener_msat: number; other_msat: number; state: string }[];
}

interface Books {
  readonly accounts: { account: string; balances: { balance_msat: number }[] }[];
}

interface PeerChannel {
  readonly channel_id: string;
  readonly to_us_msat: number;
  readonly total_msat: number;
  readonly state: string;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

/** Checks the invariants of the world. */
async function checkWorld(client: WorldClient): Promise<void> {
  const world = await client.call<Shown>('dev-world');
  expect(world.balanced).toBe(true);
  const onChain = sum(world.nodes.map((node) => node.onchain_msat));
  expect(onChain + world.in_channels_msat + world.paid_away_msat + world.fees_msat).toBe(
    world.minted_msat,
  );
  const funds = await client.call<Funds>('listfunds');
  const wallet = sum(
    funds.outputs.filter(({ reserved }) => !reserved).map(({ amount_msat }) => amount_msat),
  );
  expect(wallet).toBeLessThanOrEqual(world.nodes[0]?.onchain_msat ?? 0);
  const { channels } = await client.call<{ channels: PeerChannel[] }>('listpeerchannels');
  expect(
    channels.map(({ channel_id, to_us_msat, state }) => [channel_id, to_us_msat, state]),
  ).toEqual(
    funds.channels.map(({ channel_id, our_amount_msat, state }) => [
      channel_id,
      our_amount_msat,
      state,
    ]),
  );
  for (const [index, shown] of world.channels.entries()) {
    const own = channels[index];
    expect(shown.opener_msat + shown.other_msat).toBe(own?.total_msat);
    expect([shown.opener_msat, shown.other_msat]).toContain(own?.to_us_msat);
  }
  await checkBooks(client, channels);
}

/** The moves of each open channel add up to its balance. */
async function checkBooks(client: WorldClient, channels: readonly PeerChannel[]): Promise<void> {
  const { accounts } = await client.call<Books>('bkpr-listbalances');
  const balances = new Map(
    accounts.map(({ account, balances: [balance] }) => [account, balance?.balance_msat]),
  );
  for (const { channel_id, to_us_msat, state } of channels) {
    if (state === 'CHANNELD_NORMAL') expect(balances.get(channel_id)).toBe(to_us_msat);
    if (state === 'ONCHAIN') expect(balances.get(channel_id)).toBe(0);
  }
}

/** A random operation, with an amount if the operation takes one. */
const operation = fc.record({
  what: fc.oneof(
    {
      weight: 19,
      arbitrary: fc.constantFrom(
        'pay',
        'earn',
        'payFromOutside',
        'keysend',
        'forward',
        'withdraw',
        'multiwithdraw',
        'prepare',
        'send',
        'discard',
        'fund',
        'mine',
        'open',
        'close',
        'fail',
        'accept',
        'disconnect',
        'connect',
      ),
    },
    // Seldom: starting the sandbox costs more than a hundred other operations.
    { weight: 1, arbitrary: fc.constantFrom('restart', 'kill') },
  ),
  // Small, medium and large amounts are equally likely.
  msat: fc.oneof(
    fc.integer({ min: 1, max: 600_000 }),
    fc.integer({ min: 1, max: 9_000_000 }),
    fc.integer({ min: 1, max: 800_000_000 }),
  ),
});

const EXTERNAL_ADDRESS = 'bcrt1pd2gc5y4tcrny7kkjhtjgtzwc404z3eecm0zmr4fwt8h8ymqr6x7stpg37c';

function outputsOf(satoshi: number): Record<string, number>[] {
  return [{ [EXTERNAL_ADDRESS]: satoshi }, { [EXTERNAL_ADDRESS]: 1000 }];
}

describe('after random operations,', () => {
  test('the balances add up, and all commands agree', { timeout: 120_000 }, async () => {
    const program = await buildProgram();
    const args = [`--lightning-dir=${temporaryDirectory()}`];
    let sandbox = await runSandbox(program, args);
    let client = new WorldClient(await SocketClient.connect(sandbox.firstLine));
    const start = async (): Promise<void> => {
      sandbox = await runSandbox(program, args);
      client = new WorldClient(await SocketClient.connect(sandbox.firstLine));
    };
    let number = 0;
    const prepared: string[] = [];
    const { id: bob } = (await client.call<{ nodes: { id: string }[] }>('dev-world')).nodes[1] ?? {
      id: '',
    };
    await client.call('dev-fund-wallet');

    const perform = async (what: string, msat: number): Promise<void> => {
      // Operations can fail: a failed one must not change anything.
      const { call } = client.socket;
      const attempt = (method: string, params: unknown) => call.call(client.socket, method, params);
      const label = `l${number++}`;
      switch (what) {
        case 'pay':
          await attempt('pay', { bolt11: await client.peerInvoice(String(msat)), retry_for: 0 });
          return;
        case 'earn': {
          const made = await client.call<{ bolt11: string }>('invoice', [msat, label, 'd']);
          await attempt('dev-peer-pay', [made.bolt11]);
          return;
        }
        case 'payFromOutside':
          await client.call('invoice', ['any', label, 'd']);
          await attempt('dev-pay-invoice', [label, msat]);
          return;
        case 'keysend':
          await attempt('keysend', [bob, msat]);
          return;
        case 'forward':
          await attempt('dev-forward', [msat]);
          return;
        case 'withdraw':
          await attempt('withdraw', [EXTERNAL_ADDRESS, msat]);
          return;
        case 'multiwithdraw':
          await attempt('multiwithdraw', { outputs: outputsOf(msat) });
          return;
        case 'prepare': {
          const { result } = await attempt('txprepare', { outputs: outputsOf(msat) });
          if (result !== undefined) prepared.push((result as { txid: string }).txid);
          return;
        }
        case 'send':
          await attempt('txsend', [prepared.pop()]);
          return;
        case 'discard':
          await attempt('txdiscard', [prepared.shift()]);
          return;
        case 'fund':
          await attempt('fundchannel', [bob, msat]);
          return;
        case 'mine':
          await client.call('dev-mine', [3]);
          return;
        case 'open':
          await client.call('dev-open-channel', { by_peer: number % 2 === 0 });
          return;
        case 'close': {
          const { channels } = await client.call<Funds>('listfunds');
          const open = channels.find(({ state }) => state === 'CHANNELD_NORMAL');
          if (open !== undefined) await client.call('close', [open.channel_id]);
          return;
        }
        case 'fail':
          await client.call('dev-set-peer', ['fail']);
          return;
        case 'accept':
          await client.call('dev-set-peer', ['accept']);
          return;
        case 'disconnect':
          await client.call('dev-disconnect');
          return;
        case 'connect':
          await client.call('dev-connect');
          return;
        case 'restart': {
          const exited = once(sandbox.process, 'exit');
          await client.call('stop');
          await exited;
          await start();
          return;
        }
        case 'kill':
          // The process dies while some of these commands are done and others are pending.
          for (let i = 0; i < 20; i++) {
            const [method, params] =
              i % 5 === 0
                ? ['dev-mine', []]
                : i % 5 === 1
                  ? ['multiwithdraw', { outputs: outputsOf(msat) }]
                  : ['keysend', [bob, msat]];
            client.socket.write(JSON.stringify({ jsonrpc: '2.0', id: `k${i}`, method, params }));
          }
          for (let i = 0; i <= msat % 5; i++) await client.socket.read();
          await sandbox.kill();
          await start();
      }
    };

    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 8, maxLength: 16 }), async (operations) => {
        for (const { what, msat } of operations) {
          await perform(what, msat);
          await checkWorld(client);
        }
      }),
      { numRuns: 8, endOnFailure: true },
    );
  });

  test('kill -9 loses no payment and leaves none half done', async () => {
    const program = await buildProgram();
    const directory = temporaryDirectory();
    const args = [`--lightning-dir=${directory}`];
    const answered = new Set<string>();
    for (let round = 0; round < 3; round++) {
      const sandbox = await runSandbox(program, args);
      const client = new WorldClient(await SocketClient.connect(sandbox.firstLine));
      if (round === 0) await client.call('dev-open-channel');
      const { id } = (await client.call<{ nodes: { id: string }[] }>('dev-world')).nodes[1] ?? {};
      for (let i = 0; i < 500; i++) {
        client.socket.write(
          `{"jsonrpc":"2.0","id":${i},"method":"keysend","params":["${id}",${1 + i}]}`,
        );
      }
      let killed: Promise<void> | undefined;
      let text = await client.socket.read();
      while (text !== undefined) {
        const { result } = JSON.parse(text) as { result: { payment_hash: string } };
        answered.add(result.payment_hash);
        if (answered.size > (round + 1) * 40) killed ??= sandbox.kill();
        text = await client.socket.read();
      }
      await killed;
    }
    const client = await WorldClient.start({ directory });
    await checkWorld(client);
    const { pays } = await client.call<{
      pays: { payment_hash: string; amount_sent_msat: number }[];
    }>('listpays');
    const stored = new Set(pays.map(({ payment_hash }) => payment_hash));
    expect([...answered].filter((hash) => !stored.has(hash))).toEqual([]);
    const { channels } = await client.call<Funds>('listfunds');
    const sent = sum(pays.map(({ amount_sent_msat }) => amount_sent_msat));
    expect(channels[0]?.our_amount_msat).toBe(500_000_000 - sent);
  });
});
