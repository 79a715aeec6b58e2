import { join } from 'node:path';
import { temporaryDirectory } from '@clnrest/testing';
import { describe, expect, test } from 'vitest';
import { Database } from '../database/database.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { expectSettled, SharedNode } from '../testing/shared-node.ts';

interface Direction {
  readonly source: string;
  readonly destination: string;
  readonly htlc_minimum_msat: number;
  readonly htlc_maximum_msat: number;
  readonly base_fee_millisatoshi: number;
  readonly fee_per_millionth: number;
}

/** A payment from alice through bob to carol along a given route. */
interface Line {
  readonly alice: SharedNode;
  readonly bob: SharedNode;
  readonly carol: SharedNode;
  readonly first: string;
  readonly second: string;
}

let labels = 0;

/** @returns the error, or the status */
async function sendpay(line: Line, amount: number, fee: number, delay = 16): Promise<unknown> {
  const { alice, bob, carol, first, second } = line;
  const { payment_hash, payment_secret } = await carol.call<Record<string, string>>('invoice', [
    amount,
    `limits ${labels++}`,
    'd',
  ]);
  const route = [
    { id: bob.id, channel: first, amount_msat: amount + fee, delay },
    { id: carol.id, channel: second, amount_msat: amount, delay: 10 },
  ];
  await alice.call('sendpay', { route, payment_hash, payment_secret });
  const { result, error } = await alice.socket.call('waitsendpay', [payment_hash]);
  return error ?? (result as { status: string }).status;
}

function remoteFailure(name: string, failcode: number, { bob, second }: Line): object {
  return {
    code: 204,
    message: `failed: ${name} (reply from remote)`,
    data: {
      erring_index: 1,
      failcode,
      failcodename: name,
      erring_node: bob.id,
      erring_channel: second,
    },
  };
}

const feeInsufficient = (line: Line): object =>
  remoteFailure('WIRE_FEE_INSUFFICIENT', 0x100c, line);
const outsideLimits = (line: Line): object =>
  remoteFailure('WIRE_TEMPORARY_CHANNEL_FAILURE', 0x1007, line);

// The values and texts are those of lightningd v26.06.6 with the same options.
describe('options of sandboxes', () => {
  const OPTIONS = [
    [],
    [
      '--fee-base=7',
      '--fee-per-satoshi=1000',
      '--htlc-minimum-msat=5000',
      '--htlc-maximum-msat=9000000',
    ],
    ['--htlc-minimum-msat=20000'],
  ];

  async function line(): Promise<Line & { readonly world: string }> {
    const world = temporaryDirectory();
    const [alice, bob, carol] = (await Promise.all(
      OPTIONS.map((args) => SharedNode.inWorld(world, { args })),
    )) as [SharedNode, SharedNode, SharedNode];
    const first = await alice.openChannelTo(bob, 1_000_000, 300_000_000);
    const second = await bob.openChannelTo(carol, 1_000_000, 300_000_000);
    return { alice, bob, carol, first, second, world };
  }

  test('set the fees and limits that all nodes know, also those that join later', async () => {
    const { alice, bob, carol, world } = await line();
    const dave = await SharedNode.inWorld(world);
    const expected = [
      [alice, bob, 5000, 990_000_000, 1, 10],
      [bob, alice, 5000, 9_000_000, 7, 1000],
      [bob, carol, 20_000, 9_000_000, 7, 1000],
      [carol, bob, 20_000, 990_000_000, 1, 10],
    ] as const;
    for (const node of [alice, bob, carol, dave]) {
      const { channels } = await node.call<{ channels: Direction[] }>('listchannels');
      expect(channels).toHaveLength(4);
      for (const [source, destination, minimum, maximum, base, ppm] of expected) {
        const found = channels.find(
          (each) => each.source === source.id && each.destination === destination.id,
        );
        expect(found).toMatchObject({
          htlc_minimum_msat: minimum,
          htlc_maximum_msat: maximum,
          base_fee_millisatoshi: base,
          fee_per_millionth: ppm,
        });
      }
    }
    const [own] = await bob.channelsWith(carol);
    expect(own).toMatchObject({
      minimum_htlc_in_msat: 5000,
      minimum_htlc_out_msat: 20_000,
      maximum_htlc_out_msat: 9_000_000,
      updates: {
        local: { htlc_minimum_msat: 20_000, fee_base_msat: 7 },
        remote: { htlc_minimum_msat: 20_000, htlc_maximum_msat: 990_000_000, fee_base_msat: 1 },
      },
    });
  });

  test('decide which payments are forwarded', async () => {
    const nodes = await line();
    const { alice, bob, carol, first } = nodes;
    // The peer does not accept the HTLC, so our node does not send it.
    expect(await sendpay(nodes, 4000, 11)).toMatchObject({
      code: 204,
      message:
        'failed: WIRE_AMOUNT_BELOW_MINIMUM (WIRE_AMOUNT_BELOW_MINIMUM: HTLC too small (5000msat minimum))',
      data: {
        status: 'failed',
        erring_index: 0,
        failcode: 0x100b,
        failcodename: 'WIRE_AMOUNT_BELOW_MINIMUM',
        erring_node: alice.id,
        erring_channel: first,
      },
    });
    expect(await alice.call('listhtlcs')).toEqual({ htlcs: [] });
    expect(await bob.call('listforwards')).toEqual({ forwards: [] });
    expect(await sendpay(nodes, 10_000, 17)).toMatchObject(outsideLimits(nodes));
    expect(await sendpay(nodes, 20_000, 27)).toBe('complete');
    expect(await sendpay(nodes, 9_000_001, 9008)).toMatchObject(outsideLimits(nodes));
    expect(await sendpay(nodes, 9_000_000, 9007)).toBe('complete');
    expect(await sendpay(nodes, 100_000, 106)).toMatchObject(feeInsufficient(nodes));
    expect(await sendpay(nodes, 100_000, 107)).toBe('complete');
    expect(await sendpay(nodes, 100_000, 107, 15)).toMatchObject({
      code: 204,
      data: { erring_index: 1, failcodename: 'WIRE_INCORRECT_CLTV_EXPIRY' },
    });
    const { forwards } = await bob.call<{ forwards: Record<string, unknown>[] }>('listforwards');
    expect(
      forwards.map(({ status, failreason, fee_msat }) => failreason ?? [status, fee_msat]),
    ).toEqual([
      'WIRE_TEMPORARY_CHANNEL_FAILURE',
      ['settled', 27],
      'WIRE_TEMPORARY_CHANNEL_FAILURE',
      ['settled', 9007],
      'WIRE_FEE_INSUFFICIENT',
      ['settled', 107],
      'WIRE_INCORRECT_CLTV_EXPIRY',
    ]);
    expect(Object.keys(forwards[0] ?? {})).toEqual([
      'created_index',
      'in_channel',
      'in_htlc_id',
      'out_channel',
      'in_msat',
      'status',
      'failcode',
      'failreason',
      'style',
      'received_time',
    ]);
    expect(await bob.call('getinfo')).toMatchObject({ fees_collected_msat: 27 + 9007 + 107 });
    await expectSettled(alice, bob, carol);
  });

  test('are respected by routes', async () => {
    const { alice, bob, carol, first, second } = await line();
    const paid = await alice.call('xpay', [await carol.invoice('a', 20_000)]);
    expect(paid).toMatchObject({ amount_msat: 20_000, amount_sent_msat: 20_027 });
    const low = await carol.invoice('low', 19_999);
    const path = `The shortest path is ${first}->${second}, but ${second}/`;
    expect(await alice.refused('xpay', [low])).toMatchObject({
      code: 205,
      message: expect.stringMatching(
        `^Failed: We could not find a usable set of paths. ${path}[01] below htlc_minumum_msat ~20000msat$`,
      ) as string,
    });
    // lightningd's path finder rounds the limits: 9,003,008 msat has 11 bits.
    const high = await carol.invoice('high', 9_003_009);
    expect(await alice.refused('xpay', [high])).toMatchObject({
      code: 205,
      message: expect.stringMatching(
        `${path}[01] exceeds htlc_maximum_msat ~9003008msat$`,
      ) as string,
    });
    expect(await alice.call('listsendpays')).toMatchObject({ payments: [{ status: 'complete' }] });
    const routed = (amount: number): Promise<unknown> =>
      alice.socket.call('getroute', [carol.id, amount, 10]).then(({ error }) => error);
    expect(await routed(9_003_008)).toBeUndefined();
    expect(await routed(9_003_009)).toMatchObject({ message: 'Could not find a route' });
    expect(await routed(19_999)).toMatchObject({ code: 205, message: 'Could not find a route' });
    const direct = await bob.invoice('direct', 4999);
    expect(await alice.refused('xpay', [direct])).toMatchObject({
      message: expect.stringMatching(
        `The shortest path is ${first}, but ${first}/[01] below htlc_minumum_msat ~5000msat$`,
      ) as string,
    });
    await expectSettled(alice, bob, carol);
  });

  test('that other nodes do not know, because an older version opened the channel, are announced', async () => {
    const world = temporaryDirectory();
    const directories = [temporaryDirectory(), temporaryDirectory()] as const;
    const start = (index: 0 | 1): Promise<SharedNode> =>
      SharedNode.inWorld(world, { args: OPTIONS[index] ?? [], directory: directories[index] });
    const nodes = [await start(0), await start(1)] as const;
    await nodes[1].openChannelTo(nodes[0], 1_000_000);
    for (const [index, node] of nodes.entries()) {
      await node.sandbox.stop();
      const path = join(directories[index as 0 | 1], 'regtest/sandbox.sqlite3');
      const database = new Database(path);
      database.execute('UPDATE channels SET opener_policy = NULL, other_policy = NULL');
      database.close();
    }
    const [alice, bob] = [await start(0), await start(1)];
    expect(await alice.call('listchannels', { source: bob.id })).toMatchObject({
      channels: [
        { base_fee_millisatoshi: 7, fee_per_millionth: 1000, htlc_maximum_msat: 9_000_000 },
      ],
    });
  });
});

describe('setchannel', () => {
  async function line(clock?: ManualClock): Promise<Line> {
    const world = temporaryDirectory();
    const alice = await SharedNode.inWorld(world);
    const bob = await SharedNode.inWorld(world, clock === undefined ? {} : { clock });
    const carol = await SharedNode.inWorld(world);
    const first = await alice.openChannelTo(bob, 1_000_000, 300_000_000);
    const second = await bob.openChannelTo(carol, 1_000_000, 300_000_000);
    return { alice, bob, carol, first, second };
  }

  test('sets limits for forwards, and lets earlier ones pass during enforcedelay', async () => {
    const clock = new ManualClock(1_800_000_000n * 1_000_000_000n);
    const nodes = await line(clock);
    const { alice, bob, carol, second } = nodes;
    const limits = { htlcmin: 50_000, htlcmax: 100_000 };
    await bob.call('setchannel', { id: second, ...limits, enforcedelay: 0 });
    expect(await sendpay(nodes, 10_000, 2)).toMatchObject(outsideLimits(nodes));
    expect(await sendpay(nodes, 200_000, 3)).toMatchObject(outsideLimits(nodes));
    expect(await sendpay(nodes, 80_000, 1)).toBe('complete');
    await bob.call('setchannel', { id: second, feebase: 900, htlcmin: 60_000, htlcmax: 70_000 });
    expect(await sendpay(nodes, 100_000, 2)).toBe('complete');
    expect(await sendpay(nodes, 65_000, 1)).toBe('complete');
    expect(await sendpay(nodes, 100_000, 1)).toMatchObject(feeInsufficient(nodes));
    clock.advance(600_000);
    expect(await sendpay(nodes, 65_000, 1)).toMatchObject(feeInsufficient(nodes));
    expect(await sendpay(nodes, 100_000, 901)).toMatchObject(outsideLimits(nodes));
    expect(await sendpay(nodes, 65_000, 900)).toBe('complete');
    expect(await alice.call('listchannels', { source: bob.id })).toMatchObject({
      channels: [
        { destination: alice.id, htlc_minimum_msat: 0, htlc_maximum_msat: 990_000_000 },
        { destination: carol.id, htlc_minimum_msat: 60_000, htlc_maximum_msat: 70_000 },
      ],
    });
    await expectSettled(alice, bob, carol);
  });

  test('sets limits of our channel that our routes respect, but sendpay does not', async () => {
    const nodes = await line();
    const { alice, bob, carol, first } = nodes;
    const limits = { htlcmin: 50_000, htlcmax: 100_000 };
    await alice.call('setchannel', { id: first, ...limits, enforcedelay: 0 });
    const refused = async (amount: number): Promise<unknown> =>
      alice.refused('xpay', [await bob.invoice(`own ${amount}`, amount)]);
    expect(await refused(10_000)).toMatchObject({
      code: 205,
      message: expect.stringContaining('below htlc_minumum_msat ~49984msat') as string,
    });
    // One channel carries its maximum once, also in parts.
    expect(await refused(200_000)).toMatchObject({
      code: 205,
      message: expect.stringContaining('exceeds htlc_maximum_msat ~100032msat') as string,
    });
    expect(await sendpay(nodes, 10_000, 1)).toBe('complete');
    expect(await sendpay(nodes, 200_000, 3)).toBe('complete');
    await expectSettled(alice, bob, carol);
  });

  test('lets a payment take several channels, each within its limits', async () => {
    const nodes = await line();
    const { alice, bob, first } = nodes;
    const other = await alice.openChannelTo(bob, 1_000_000);
    const limits = { htlcmin: 50_000, htlcmax: 131_072 };
    for (const id of [first, other]) {
      await alice.call('setchannel', { id, ...limits, enforcedelay: 0 });
    }
    const { successful_parts: parts } = await alice.call<{ successful_parts: number }>('xpay', [
      await bob.invoice('parts', 200_000),
    ]);
    expect(parts).toBe(2);
    const { htlcs } = await alice.call<{ htlcs: { amount_msat: number }[] }>('listhtlcs');
    for (const { amount_msat: amount } of htlcs) {
      expect(amount).toBeGreaterThanOrEqual(50_000);
      expect(amount).toBeLessThanOrEqual(131_072);
    }
    expect(await alice.refused('xpay', [await bob.invoice('much', 300_000)])).toMatchObject({
      code: 205,
    });
  });

  test('cannot set a minimum that the peer refuses', async () => {
    const [alice, bob] = (await SharedNode.several(2, [], ['--htlc-minimum-msat=5000'])) as [
      SharedNode,
      SharedNode,
    ];
    const id = await alice.openChannelTo(bob, 1_000_000);
    const { channels } = await alice.call<{ channels: object[] }>('setchannel', {
      id,
      htlcmin: 4999,
    });
    expect(channels).toMatchObject([
      {
        minimum_htlc_out_msat: 5000,
        warning_htlcmin_too_low: 'Set minimum_htlc_out_msat to minimum allowed by peer',
      },
    ]);
    // The peer accepts what its own direction does not need to carry.
    await bob.call('setchannel', { id, htlcmin: 1 });
    expect((await bob.channelsWith(alice))[0]).toMatchObject({
      minimum_htlc_out_msat: 1,
      minimum_htlc_in_msat: 5000,
    });
  });
});
