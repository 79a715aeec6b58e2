import { expect, test } from 'vitest';
import { holdsPayment, writeHoldingPlugin } from '../testing/holding-plugin.ts';
import { expectSettled, SharedNode } from '../testing/shared-node.ts';
import { type WrittenPlugin, writePlugin } from '../testing/test-plugin.ts';

interface Payments {
  readonly payments: {
    readonly status: string;
    readonly partid: number;
    readonly groupid: number;
  }[];
}

/** A plugin of a forwarding node that fails each payment with a message. */
function failing(message: string): Promise<WrittenPlugin> {
  return writePlugin({
    manifest: { hooks: [{ name: 'htlc_accepted' }] },
    body: `on('htlc_accepted', () => ({ result: 'fail', failure_message: '${message}' }));`,
  });
}

/** Two ways from alice to dave: through bob, and through carol, who is more expensive. */
async function diamond(bobs: readonly string[], carols: readonly string[] = []) {
  const [alice, bob, carol, dave] = (await SharedNode.several(4, [], bobs, [
    '--fee-base=1000',
    ...carols,
  ])) as [SharedNode, SharedNode, SharedNode, SharedNode];
  const scids = [
    await alice.openChannelTo(bob, 1_000_000),
    await bob.openChannelTo(dave, 1_000_000),
    await alice.openChannelTo(carol, 1_000_000),
    await carol.openChannelTo(dave, 1_000_000),
  ];
  const sent = async (bolt11: string): Promise<Payments['payments']> =>
    (await alice.call<Payments>('listsendpays', { bolt11 })).payments;
  return { alice, bob, carol, dave, scids, sent };
}

function direction(from: SharedNode, to: SharedNode): 0 | 1 {
  return from.id < to.id ? 0 : 1;
}

test.each([
  ['temporary_channel_failure', '10070000'],
  ['temporary_node_failure', '2002'],
])('a payment that a node fails with %s takes another route', async (_, message) => {
  const plugin = await failing(message);
  const { alice, bob, carol, dave, sent } = await diamond([`--plugin=${plugin.path}`]);
  const bolt11 = await dave.invoice('a', 100_000);
  expect(await alice.call('xpay', [bolt11])).toMatchObject({
    amount_msat: 100_000,
    amount_sent_msat: 101_001,
    failed_parts: 1,
    successful_parts: 1,
  });
  const [first, second, ...more] = await sent(bolt11);
  expect(more).toEqual([]);
  expect([first?.status, second?.status]).toEqual(['failed', 'complete']);
  expect([first?.partid, second?.partid]).toEqual([1, 2]);
  expect(first?.groupid).toBe(second?.groupid);
  expect(await carol.call('listforwards')).toMatchObject({ forwards: [{ status: 'settled' }] });
  await expectSettled(alice, bob, carol, dave);
});

// The texts are those of lightningd v26.06.6.
test('the error describes all attempts', async () => {
  const plugins = [await failing('10070000'), await failing('2002')] as const;
  const { alice, bob, carol, dave, scids, sent } = await diamond(
    [`--plugin=${plugins[0].path}`],
    [`--plugin=${plugins[1].path}`],
  );
  const bolt11 = await dave.invoice('a', 100_000);
  const [, bobs = '', , carols = ''] = scids;
  const ways = [`${bobs}/${direction(bob, dave)}`, `${carols}/${direction(carol, dave)}`];
  const error = await alice.refused('xpay', [bolt11]);
  expect(error).toMatchObject({
    code: 209,
    message: expect.stringMatching(
      [
        '^Failed after 2 attempts\\.',
        `We got temporary_channel_failure for ${ways[0]}, assuming it can't carry 100000msat\\.`,
        `We got a weird error \\(temporary_node_failure\\) for ${ways[1]}: disabling it for this payment\\.`,
        'Then routing failed: We could not find a usable set of paths\\.',
        `The shortest path is ${scids[0]}->${bobs}, but ${ways[0]} layer xpay says max is 99999msat$`,
      ].join(' '),
    ) as string,
  });
  expect((await sent(bolt11)).map(({ status }) => status)).toEqual(['failed', 'failed']);
  // Each payment learns for itself.
  await bob.call('plugin', ['stop', plugins[0].path]);
  expect(await alice.call('xpay', [bolt11])).toMatchObject({ failed_parts: 0 });
  await expectSettled(alice, bob, carol, dave);
});

test('a payment whose fee is too low after a change is sent again with the new fee', async () => {
  const plugin = await writeHoldingPlugin();
  const [alice, bob, dave] = (await SharedNode.several(3, [], [`--plugin=${plugin.path}`])) as [
    SharedNode,
    SharedNode,
    SharedNode,
  ];
  await alice.openChannelTo(bob, 1_000_000);
  const id = await bob.openChannelTo(dave, 1_000_000);
  const bolt11 = await dave.invoice('a', 100_000);
  const paying = (await alice.apart()).call('xpay', [bolt11]);
  await holdsPayment(plugin);
  await bob.call('setchannel', { id, feebase: 500, enforcedelay: 0 });
  await bob.call('release');
  let calls = 0;
  await plugin.waitForNote(
    (note) =>
      ((note as { raw?: string }).raw?.includes('"method":"htlc_accepted"') ?? false) &&
      ++calls === 2,
  );
  await bob.call('release');
  expect(await paying).toMatchObject({ amount_sent_msat: 100_501, failed_parts: 1 });
  expect(await bob.call('listforwards')).toMatchObject({
    forwards: [
      { status: 'local_failed', failreason: 'WIRE_FEE_INSUFFICIENT' },
      { status: 'settled', fee_msat: 501 },
    ],
  });
  await expectSettled(alice, bob, dave);
});

test('one of several parts is sent again while the others wait at the payee', async () => {
  const plugin = await writeHoldingPlugin();
  const { alice, bob, carol, dave, sent } = await diamond([`--plugin=${plugin.path}`]);
  // The two ways together carry the payment. The other way has a second channel for the part that fails.
  await alice.openChannelTo(carol, 1_000_000);
  await carol.openChannelTo(dave, 1_000_000);
  const bolt11 = await dave.invoice('parts', 1_400_000_000);
  const paying = (await alice.apart()).call('xpay', { invstring: bolt11, maxfee: 1_000_000 });
  await holdsPayment(plugin);
  await dave.until<{ htlcs: { state: string }[] }>('listhtlcs', {}, ({ htlcs }) =>
    htlcs.some(({ state }) => state === 'RCVD_ADD_ACK_REVOCATION'),
  );
  const [{ short_channel_id: id } = {}] = await bob.channelsWith(dave);
  await bob.call('setchannel', { id, htlcmax: 1, enforcedelay: 0 });
  await bob.call('release');
  const paid = await paying;
  // A payer does not know what the channels of carol can carry, so that more than one part can fail.
  const failed = (await sent(bolt11)).filter(({ status }) => status === 'failed').length;
  expect(failed).toBeGreaterThan(0);
  expect(paid).toMatchObject({ amount_msat: 1_400_000_000, failed_parts: failed });
  expect(await dave.call('listinvoices', ['parts'])).toMatchObject({
    invoices: [{ status: 'paid', amount_received_msat: 1_400_000_000 }],
  });
  await expectSettled(alice, bob, carol, dave);
});

test('a payment that the payee rejects is not sent again', async () => {
  const plugin = await failing('400f00000000000003e800000065');
  const [alice, bob] = (await SharedNode.several(2, [], [`--plugin=${plugin.path}`])) as [
    SharedNode,
    SharedNode,
  ];
  await alice.openChannelTo(bob, 1_000_000);
  await alice.openChannelTo(bob, 1_000_000);
  const bolt11 = await bob.invoice('a', 1000);
  expect(await alice.refused('xpay', [bolt11])).toMatchObject({
    code: 203,
    message: "Destination said it doesn't know invoice: incorrect_or_unknown_payment_details",
  });
  expect((await alice.call<Payments>('listsendpays', { bolt11 })).payments).toHaveLength(1);
});
