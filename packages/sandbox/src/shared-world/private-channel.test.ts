import { temporaryDirectory } from '@clnrest/testing';
import { expect, test } from 'vitest';
import { holdsPayment, writeHoldingPlugin } from '../testing/holding-plugin.ts';
import { expectSettled, SharedNode } from '../testing/shared-node.ts';
import { WorldJournal } from './journal.ts';

interface Balances {
  readonly channels: { readonly funding_txid: string; readonly to_us_msat: number }[];
}

/** Expects that both ends of each channel have the same balance, and that no HTLC is pending. */
async function expectConsistent(...nodes: readonly SharedNode[]): Promise<void> {
  await expectSettled(...nodes);
  const balances = new Map<string, number>();
  for (const node of nodes) {
    const { channels } = await node.call<Balances>('listpeerchannels');
    for (const { funding_txid: txid, to_us_msat: msat } of channels) {
      balances.set(txid, (balances.get(txid) ?? 0) + msat);
    }
  }
  expect([...balances.values()]).toEqual([...balances.values()].map(() => 1_000_000_000));
}

/** A payee whose plugin holds payments until `release`, and a payer whose channel only its peer knows. */
async function line(world: string) {
  const plugin = await writeHoldingPlugin();
  const payee = await SharedNode.inWorld(world, { args: [`--plugin=${plugin.path}`] });
  const [payer, between, other] = [
    await SharedNode.inWorld(world),
    await SharedNode.inWorld(world),
    await SharedNode.inWorld(world),
  ];
  const hidden = await payer.openChannelTo(between, 1_000_000, 100_000_000, { announce: false });
  const known = await between.openChannelTo(payee, 1_000_000, 100_000_000);
  const held = (): Promise<void> => holdsPayment(plugin);
  return { payer, between, payee, other, hidden, known, held };
}

test('a payment through a private channel that closes fails at all nodes, also at those that do not know it', async () => {
  const { payer, between, payee, other, hidden, held } = await line(temporaryDirectory());
  expect(await other.call('listchannels')).toMatchObject({ channels: [{}, {}] });
  const bolt11 = await payee.invoice('held', 10_000_000);
  const paying = (await payer.apart()).refused('xpay', [bolt11]);
  await held();
  await between.call('close', [hidden]);
  expect(await paying).toMatchObject({
    message: expect.stringContaining('temporary_channel_failure') as string,
  });
  // The payee must not accept what its peer does not send any more.
  await payee.call('release');
  expect(await payee.call('listinvoices', ['held'])).toMatchObject({
    invoices: [{ status: 'unpaid' }],
  });
  const { forwards } = await between.call<{ forwards: object[] }>('listforwards');
  expect(forwards).toMatchObject([{ status: 'failed' }]);
  for (const node of [payer, between, payee, other]) {
    expect(await node.call('dev-world')).toMatchObject({ balanced: true });
  }
  const [channel] = await between.channelsWith(payee);
  expect(channel).toMatchObject({ to_us_msat: 900_000_000, htlcs: [] });
  const [received] = await payee.channelsWith(between);
  expect(received).toMatchObject({ to_us_msat: 100_000_000, htlcs: [] });
});

test('a payment that is written after the close of its private channel fails at all nodes', async () => {
  const world = temporaryDirectory();
  const { payer, between, payee, other, hidden } = await line(world);
  const { id: channelId } = { id: hidden };
  const { channels } = await payer.call<{
    channels: { funding_txid: string; funding_outnum: number }[];
  }>('listpeerchannels');
  const funding = channels.map(
    ({ funding_txid, funding_outnum }) => `${funding_txid}:${funding_outnum}`,
  );
  const [own] = funding;
  const next = (
    await between.call<{ channels: { funding_txid: string; funding_outnum: number }[] }>(
      'listpeerchannels',
      { id: payee.id },
    )
  ).channels.map(({ funding_txid, funding_outnum }) => `${funding_txid}:${funding_outnum}`)[0];
  await between.call('close', [channelId]);
  // What the payer writes if it sends the payment before it reads of the close.
  const journal = new WorldJournal(world, 'regtest');
  const hop = { amountMsat: '5001', expiry: 200 };
  journal.append('late', payer.id, {
    kind: 'send',
    part: {
      id: '11'.repeat(16),
      paymentHash: '22'.repeat(32),
      amountMsat: '5000',
      totalMsat: '5000',
      hops: [
        { ...hop, channel: own ?? '', from: payer.id, to: between.id },
        { ...hop, channel: next ?? '', from: between.id, to: payee.id },
      ],
    },
  });
  journal.append('late forward', between.id, { kind: 'forward', part: '11'.repeat(16), hop: 1 });
  journal.wake();
  journal.close();
  for (const node of [between, payee, other]) {
    expect(await node.call('listhtlcs')).toEqual({ htlcs: [] });
    expect(await node.call('dev-world')).toMatchObject({ balanced: true });
  }
});

test('a payment through a private channel of the payer is complete at all nodes', async () => {
  const { payer, between, payee, other, held } = await line(temporaryDirectory());
  const bolt11 = await payee.invoice('held', 10_000_000);
  const paying = (await payer.apart()).call('xpay', [bolt11]);
  await held();
  await payee.call('release');
  expect(await paying).toMatchObject({ amount_msat: 10_000_000 });
  expect(await payee.call('listinvoices', ['held'])).toMatchObject({
    invoices: [{ status: 'paid' }],
  });
  await expectConsistent(payer, between, payee);
  expect(await other.call('dev-world')).toMatchObject({ balanced: true });
});
