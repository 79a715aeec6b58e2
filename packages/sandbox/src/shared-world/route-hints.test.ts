import { temporaryDirectory } from '@clnrest/testing';
import { expect, test } from 'vitest';
import { holdsPayment, writeHoldingPlugin } from '../testing/holding-plugin.ts';
import { expectSettled, SharedNode } from '../testing/shared-node.ts';
import { WorldClient } from '../testing/world-client.ts';

interface Hop {
  readonly pubkey: string;
  readonly short_channel_id: string;
  readonly fee_base_msat: number;
  readonly fee_proportional_millionths: number;
  readonly cltv_expiry_delta: number;
}

interface Created {
  readonly bolt11: string;
  readonly [warning: `warning_${string}`]: string;
}

let labels = 0;

function invoice(node: SharedNode, amount: number, more: object = {}): Promise<Created> {
  const label = `hint ${labels++}`;
  return node.call<Created>('invoice', { amount_msat: amount, label, description: 'd', ...more });
}

async function hintsOf(node: SharedNode, { bolt11 }: Created): Promise<Hop[][]> {
  return (await node.call<{ routes?: Hop[][] }>('decode', [bolt11])).routes ?? [];
}

/** A public channel from alice to bob, and a private one from bob to carol. */
async function line({ carols = [] }: { carols?: readonly string[] } = {}) {
  const world = temporaryDirectory();
  const directory = temporaryDirectory();
  const alice = await SharedNode.inWorld(world, { directory });
  const bob = await SharedNode.inWorld(world, { args: ['--fee-base=500'] });
  const carol = await SharedNode.inWorld(world, { args: carols });
  await alice.openChannelTo(bob, 1_000_000, 300_000_000);
  const hidden = await openPrivate(bob, carol);
  return { world, directory, alice, bob, carol, hidden };
}

function openPrivate(from: SharedNode, to: SharedNode): Promise<string> {
  return from.openChannelTo(to, 1_000_000, 100_000_000, { announce: false });
}

test('other nodes pay through a private channel that an invoice names, with its fees', async () => {
  const { alice, bob, carol, hidden } = await line();
  expect(await alice.call('listchannels', [hidden])).toEqual({ channels: [] });
  // Carol has no public channel, so that her invoices name the private one.
  const created = await invoice(carol, 50_000_000);
  expect(await hintsOf(alice, created)).toEqual([
    [
      {
        pubkey: bob.id,
        short_channel_id: hidden,
        fee_base_msat: 500,
        fee_proportional_millionths: 10,
        cltv_expiry_delta: 6,
      },
    ],
  ]);
  expect(Object.keys(created).filter((name) => name.startsWith('warning_'))).toEqual([]);
  expect(await alice.call('xpay', [created.bolt11])).toMatchObject({
    amount_msat: 50_000_000,
    amount_sent_msat: 50_001_000,
    failed_parts: 0,
  });
  expect(await bob.call('listforwards')).toMatchObject({
    forwards: [{ status: 'settled', out_channel: hidden, fee_msat: 1000 }],
  });
  expect((await carol.channelsWith(bob))[0]).toMatchObject({ to_us_msat: 150_000_000 });
  expect((await bob.channelsWith(carol))[0]).toMatchObject({ to_us_msat: 850_000_000 });
  expect((await alice.channelsWith(bob))[0]).toMatchObject({ to_us_msat: 649_999_000 });
  // Alice still does not list it, and pays back only with a hint.
  expect(await alice.call('listchannels', [hidden])).toEqual({ channels: [] });
  expect(await carol.call('pay', [(await invoice(alice, 5000)).bolt11])).toMatchObject({
    status: 'complete',
  });
  await expectSettled(alice, bob, carol);
});

test('exposeprivatechannels decides which channels an invoice names', async () => {
  const { alice, bob, carol, hidden } = await line();
  const other = await openPrivate(bob, carol);
  const scids = async (exposeprivatechannels: unknown, amount = 1000): Promise<string[]> => {
    const hints = await hintsOf(carol, await invoice(carol, amount, { exposeprivatechannels }));
    return hints
      .flat()
      .map(({ short_channel_id }) => short_channel_id)
      .toSorted();
  };
  expect(await scids(false)).toEqual([]);
  expect(await scids(true)).toHaveLength(1);
  // More than one channel can carry.
  expect(await scids(true, 1_200_000_000)).toEqual([hidden, other].toSorted());
  expect(await scids([other])).toEqual([other]);
  expect(await scids(hidden)).toEqual([hidden]);
  expect(
    await carol.refused('invoice', {
      amount_msat: 1,
      label: 'x',
      description: 'd',
      exposeprivatechannels: ['1x1x1'],
    }),
  ).toMatchObject({
    code: 902,
    message: 'None of those hints were suitable local channels',
  });
  const without = await invoice(carol, 1000, { exposeprivatechannels: false });
  expect(without.warning_private_unused).toBe(
    'Insufficient incoming capacity, once private channels were excluded (try exposeprivatechannels=true?)',
  );
  expect(await alice.refused('xpay', [without.bolt11])).toMatchObject({ code: 205 });

  // With a public channel, an invoice names private ones only on request.
  await carol.openChannelTo(bob, 1_000_000, 500_000_000);
  expect(await hintsOf(carol, await invoice(carol, 1000))).toEqual([]);
  expect(await scids(true)).toHaveLength(1);
  const parts = await invoice(carol, 600_000_000, { exposeprivatechannels: true });
  expect(await alice.call('xpay', [parts.bolt11])).toMatchObject({ amount_msat: 600_000_000 });
  await expectSettled(alice, bob, carol);
});

test('a payment through a hint survives a restart of the payer', async () => {
  const plugin = await writeHoldingPlugin();
  const nodes = await line({ carols: [`--plugin=${plugin.path}`] });
  const { bob, carol, world, directory } = nodes;
  const { bolt11 } = await invoice(carol, 10_000_000);
  const paying = nodes.alice.socket.call('xpay', [bolt11]).catch(() => undefined);
  await holdsPayment(plugin);
  await nodes.alice.sandbox.stop();
  await paying;
  await carol.call('release');
  const alice = await SharedNode.inWorld(world, { directory });
  const { payments } = await alice.call<{ payments: object[] }>('listsendpays', { bolt11 });
  expect(payments).toMatchObject([
    { status: 'complete', amount_msat: 10_000_000, amount_sent_msat: 10_000_600 },
  ]);
  await expectSettled(alice, bob, carol);
});

test('a payment through a hint fails at all nodes when the channel closes, before or after it is sent', async () => {
  const plugin = await writeHoldingPlugin();
  const { alice, bob, carol, hidden } = await line({ carols: [`--plugin=${plugin.path}`] });
  const { bolt11 } = await invoice(carol, 10_000_000);
  const later = await invoice(carol, 20_000_000);
  const paying = (await alice.apart()).refused('xpay', [bolt11]);
  await holdsPayment(plugin);
  await bob.call('close', [hidden]);
  const way = `${hidden}/${bob.id < carol.id ? 0 : 1}`;
  expect(await paying).toMatchObject({
    code: 209,
    message: expect.stringContaining(
      `We got temporary_channel_failure for the invoice's route hint (${way}), assuming it can't carry 10000000msat. Then routing failed: `,
    ) as string,
  });
  await carol.call('release');
  expect(await alice.refused('xpay', [later.bolt11])).toBeDefined();
  const { payments } = await alice.call<{ payments: { status: string }[] }>('listsendpays');
  expect(payments.every(({ status }) => status === 'failed')).toBe(true);
  const { invoices } = await carol.call<{ invoices: { status: string }[] }>('listinvoices');
  expect(invoices.map(({ status }) => status)).toEqual(['unpaid', 'unpaid']);
  expect((await alice.channelsWith(bob))[0]).toMatchObject({ to_us_msat: 700_000_000, htlcs: [] });
  for (const node of [alice, bob, carol]) {
    expect(await node.call('dev-world')).toMatchObject({ balanced: true });
  }
});

test('an invoice names the private channel with a simulated peer that has other channels', async () => {
  const client = await WorldClient.start();
  await client.call('dev-fund-wallet', { amount: 1_050_000 });
  const { id } = await client.call<{ id: string }>('dev-connect');
  const opening = { id, amount: 1_000_000, push_msat: 500_000_000, announce: false };
  await client.call('fundchannel', opening);
  await client.call('dev-mine');
  const create = async (label: string): Promise<{ bolt11: string; routes: Hop[][] }> => {
    const params = { amount_msat: 5000, label, description: 'd' };
    const { bolt11 } = await client.call<Created>('invoice', params);
    const { routes = [] } = await client.call<{ routes?: Hop[][] }>('decode', [bolt11]);
    return { bolt11, routes };
  };
  // No payer can reach a peer without other channels.
  expect((await create('dead end')).routes).toEqual([]);
  await client.call('dev-open-channel', { peer: 'carol', from: 'bob' });
  const { bolt11, routes } = await create('hint');
  expect(routes).toMatchObject([[{ pubkey: id, fee_base_msat: 1 }]]);
  expect(await client.call('dev-peer-pay', { invstring: bolt11, peer: 'carol' })).toMatchObject({
    status: 'complete',
    amount_sent_msat: 5001,
  });
});
