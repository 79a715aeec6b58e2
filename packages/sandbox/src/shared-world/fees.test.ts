import { expect, test } from 'vitest';
import { SharedNode } from '../testing/shared-node.ts';

test('setchannel changes what payers send to a forwarding node, in worlds of four nodes', async () => {
  const [alice, bob, carol, dave] = (await SharedNode.several(4)) as [
    SharedNode,
    SharedNode,
    SharedNode,
    SharedNode,
  ];
  await alice.openChannelTo(bob, 1_000_000, 300_000_000);
  await bob.openChannelTo(carol, 1_000_000, 300_000_000);
  await carol.openChannelTo(dave, 1_000_000, 300_000_000);
  const paidBy = async (payer: SharedNode, payee: SharedNode, label: string): Promise<number> => {
    const bolt11 = await payee.invoice(label, 1_000_000);
    return (await payer.call<{ amount_sent_msat: number }>('pay', [bolt11])).amount_sent_msat;
  };
  expect(await paidBy(alice, dave, 'before')).toBe(1_000_022);

  const fees = { feebase: 2000, feeppm: 0 };
  await bob.call('setchannel', { id: carol.id, ...fees, enforcedelay: 0 });
  expect(await alice.call('listchannels', { source: bob.id })).toMatchObject({
    channels: [
      { destination: alice.id, base_fee_millisatoshi: 1, fee_per_millionth: 10 },
      { destination: carol.id, base_fee_millisatoshi: 2000, fee_per_millionth: 0 },
    ],
  });
  expect(await paidBy(alice, dave, 'after')).toBe(1_002_011);
  expect(await bob.call('getinfo')).toMatchObject({ fees_collected_msat: 2011 });
  expect(await carol.call('getinfo')).toMatchObject({ fees_collected_msat: 22 });
  // The other direction has fees of its own.
  await carol.call('setchannel', { id: bob.id, feebase: 0, feeppm: 1000 });
  expect(await paidBy(dave, alice, 'back')).toBe(1_001_011);
  expect(await bob.call('listforwards')).toMatchObject({
    forwards: [{ fee_msat: 11 }, { fee_msat: 2000 }, { fee_msat: 11 }],
  });
  for (const node of [alice, bob, carol, dave]) {
    expect(await node.call('dev-world')).toMatchObject({ balanced: true });
  }
});
