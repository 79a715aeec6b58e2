import { temporaryDirectory } from '@clnrest/testing';
import { describe, expect, test } from 'vitest';
import { SharedNode } from '../testing/shared-node.ts';
import { temporarySandbox } from '../testing/temporary-sandbox.ts';
import { WorldJournal } from './journal.ts';
import { received, type WrittenPlugin, writePlugin } from '../testing/test-plugin.ts';

interface Paid {
  readonly status: string;
  readonly payment_preimage: string;
  readonly amount_sent_msat: number;
}

/** A plugin that notes the notifications. */
async function listener(...topics: readonly string[]): Promise<WrittenPlugin> {
  return writePlugin({ manifest: { subscriptions: topics } });
}

async function payloads(plugin: WrittenPlugin, topic: string): Promise<Record<string, unknown>[]> {
  return received(await plugin.notes(), topic).map(
    (raw) =>
      (JSON.parse(raw) as { params: Record<string, Record<string, unknown>> }).params[topic] ?? {},
  );
}

/** A plugin whose hook returns a result, a JavaScript expression. */
function hooking(hook: string, result: string): Promise<WrittenPlugin> {
  return writePlugin({
    manifest: {
      hooks: [{ name: hook }],
      rpcmethods: [{ name: 'release', usage: '', description: 'd' }],
    },
    body: `on('${hook}', async (params) => (${result}));`,
  });
}

describe('the chain', () => {
  test('has the same blocks at all nodes, and wallets pay each other by address', async () => {
    const [alice, bob] = (await SharedNode.several(2)) as [SharedNode, SharedNode];
    await alice.call('dev-fund-wallet', { amount: 1_000_000 });
    const { bech32 } = await bob.call<{ bech32: string }>('newaddr', ['bech32']);
    const { txid } = await alice.call<{ txid: string }>('withdraw', [bech32, 600_000]);
    interface Funds {
      outputs: { txid: string; status: string; amount_msat: number }[];
    }
    const isBobs =
      (status: string) =>
      ({ outputs }: Funds) =>
        outputs.some((output) => output.txid === txid && output.status === status);
    await bob.until<Funds>('listfunds', {}, isBobs('unconfirmed'));
    const mined = await bob.call<{ blocks: string[]; blockheight: number }>('dev-mine', [3]);
    await alice.call('waitblockheight', [mined.blockheight]);
    const { outputs } = await bob.until<Funds>('listfunds', {}, isBobs('confirmed'));
    expect(outputs.map(({ amount_msat }) => amount_msat)).toEqual([600_000_000]);

    // Both mine at once: no block is lost.
    await Promise.all([alice.call('dev-mine', [5]), bob.call('dev-mine', [5])]);
    const height = mined.blockheight + 10;
    await Promise.all([
      alice.call('waitblockheight', [height]),
      bob.call('waitblockheight', [height]),
    ]);
    const tips = [alice, bob].map(
      async (node) => (await node.call<{ blockheight: number }>('getinfo')).blockheight,
    );
    expect(await Promise.all(tips)).toEqual([height, height]);
    for (const node of [alice, bob]) {
      expect(await node.call('dev-world')).toMatchObject({ balanced: true });
    }
  });

  test('has, for each command, what other nodes have written before', async () => {
    const world = temporaryDirectory();
    const alice = await SharedNode.inWorld(world);
    // A write whose signal is lost.
    const journal = new WorldJournal(world, 'regtest');
    for (let height = 102; height < 105; height++) {
      const hash = String(height).padStart(64, '0');
      const block = { kind: 'block', height, hash, time: '1', txids: [] } as const;
      journal.append(`test/${height}`, 'test', block);
      expect(await alice.call('getinfo')).toMatchObject({ blockheight: height });
    }
    journal.close();
  });

  test('is complete for a node that joins later, and after a restart', async () => {
    const world = temporaryDirectory();
    const alice = await SharedNode.inWorld(world);
    await alice.call('dev-fund-wallet');
    await alice.call('dev-mine', [4]);
    const directory = temporaryDirectory();
    const first = await SharedNode.inWorld(world, { directory });
    expect(await first.call('getinfo')).toMatchObject({ id: first.id, blockheight: 106 });
    await first.sandbox.stop();
    await alice.call('dev-mine');
    const again = await SharedNode.inWorld(world, { directory });
    expect(await again.call('getinfo')).toMatchObject({ id: first.id, blockheight: 107 });
    await again.sandbox.stop();

    // Its chain would not be the one of its channels.
    await expect(temporarySandbox({ directory })).rejects.toMatchObject({ code: 'bad_option' });
    const other = SharedNode.inWorld(temporaryDirectory(), { directory });
    await expect(other).rejects.toMatchObject({ code: 'bad_option' });
    const alone = temporaryDirectory();
    await (await temporarySandbox({ directory: alone })).stop();
    const joining = SharedNode.inWorld(world, { directory: alone });
    await expect(joining).rejects.toThrow(/has a chain of its own/);
    const elsewhere = SharedNode.inWorld(world, { args: ['--signet'] });
    await expect(elsewhere).rejects.toThrow(/the world is on regtest/);
  });
});

test('a payment along a route with a closed channel fails, for all who wait', async () => {
  const plugin = await listener('sendpay_failure');
  const [alice, bob, carol] = (await SharedNode.several(3, [`--plugin=${plugin.path}`])) as [
    SharedNode,
    SharedNode,
    SharedNode,
  ];
  const first = await alice.openChannelTo(bob, 1_000_000);
  const second = await bob.openChannelTo(carol, 1_000_000);
  const { payment_hash, payment_secret } = await carol.call<Record<string, string>>('invoice', [
    50_000,
    'late',
    'd',
  ]);
  await bob.call('close', [second]);
  const route = [
    { id: bob.id, channel: first, amount_msat: 50_001, delay: 20 },
    { id: carol.id, channel: second, amount_msat: 50_000, delay: 10 },
  ];
  await alice.call('sendpay', { route, payment_hash, payment_secret });
  const error = await alice.refused('waitsendpay', [payment_hash]);
  const failure = {
    code: 204,
    message: 'failed: WIRE_TEMPORARY_CHANNEL_FAILURE (reply from remote)',
    data: { payment_hash, erring_channel: second },
  };
  expect(error).toMatchObject(failure);
  await plugin.waitForNote((note) => JSON.stringify(note).includes('sendpay_failure'));
  // The notification precedes the change of the status.
  expect(await payloads(plugin, 'sendpay_failure')).toMatchObject([failure]);
});

test('a payment through a third node is real at all three', async () => {
  const listeners = await Promise.all([
    listener('sendpay_success', 'connect', 'block_added'),
    listener('forward_event', 'channel_opened', 'channel_state_changed'),
    listener('invoice_payment', 'coin_movement'),
  ]);
  const [alice, bob, carol] = (await SharedNode.several(
    3,
    ...listeners.map(({ path }) => [`--plugin=${path}`]),
  )) as [SharedNode, SharedNode, SharedNode];
  const before = await Promise.all([alice, bob, carol].map((node) => node.call('getinfo')));
  expect(before).toHaveLength(3);
  await alice.call('connect', [bob.id]);
  const first = await alice.openChannelTo(bob, 1_000_000);
  const second = await bob.openChannelTo(carol, 1_000_000, 100_000_000);
  // The graph is the same, and carol's alias is known to a node that is not connected to her.
  await alice.until<{ channels: object[] }>(
    'listchannels',
    {},
    ({ channels }) => channels.length === 4,
  );
  const { nodes: known } = await alice.call<{ nodes: { nodeid: string; alias: string }[] }>(
    'listnodes',
    [carol.id],
  );
  expect(known[0]?.alias).toBe(carol.sandbox.alias);

  const start = await Promise.all([alice, bob, carol].map((node) => node.balanceMsat()));
  const bolt11 = await carol.invoice('tea', 50_000_000);
  const paid = await alice.call<Paid>('pay', [bolt11]);
  expect(paid).toMatchObject({ status: 'complete', amount_sent_msat: 50_000_501 });
  const { invoices } = await carol.call<{ invoices: Record<string, unknown>[] }>('listinvoices', [
    'tea',
  ]);
  expect(invoices[0]).toMatchObject({ status: 'paid', payment_preimage: paid.payment_preimage });
  const { payments } = await alice.call<{ payments: object[] }>('listsendpays', { bolt11 });
  expect(payments).toMatchObject([{ status: 'complete', payment_preimage: paid.payment_preimage }]);
  interface Forwards {
    forwards: { status: string; in_channel: string; out_channel: string; fee_msat: number }[];
  }
  const { forwards } = await bob.until<Forwards>(
    'listforwards',
    {},
    (list) => list.forwards[0]?.status === 'settled',
  );
  expect(forwards).toMatchObject([{ in_channel: first, out_channel: second, fee_msat: 501 }]);
  expect(await bob.call('getinfo')).toMatchObject({ fees_collected_msat: 501, num_peers: 2 });

  const end = await Promise.all([alice, bob, carol].map((node) => node.balanceMsat()));
  expect(end.map((balance, index) => balance - (start[index] ?? 0n))).toEqual([
    -50_000_501n,
    501n,
    50_000_000n,
  ]);
  for (const node of [alice, bob, carol])
    expect(await node.call('dev-world')).toMatchObject({ balanced: true });

  const [a, b, c] = listeners as [WrittenPlugin, WrittenPlugin, WrittenPlugin];
  await a.waitForNote(
    (note) => (note as { raw?: string }).raw?.includes('"sendpay_success"') ?? false,
  );
  const topics = async (plugin: WrittenPlugin, topic: string) =>
    (await payloads(plugin, topic)).length;
  expect(await topics(a, 'connect')).toBe(1);
  // The first one is for the block that exists at the start.
  expect(await topics(a, 'block_added')).toBe(5);
  expect((await payloads(b, 'forward_event')).map(({ status }) => status)).toEqual([
    'offered',
    'settled',
  ]);
  expect(await payloads(b, 'channel_opened')).toMatchObject([{ id: alice.id }]);
  expect(await payloads(c, 'invoice_payment')).toMatchObject([
    { label: 'tea', preimage: paid.payment_preimage },
  ]);
  const moves = (await payloads(c, 'coin_movement')).filter(
    ({ primary_tag }) => primary_tag === 'invoice',
  );
  expect(moves).toMatchObject([{ credit_msat: 50_000_000 }]);
  expect(await paidMoves(alice)).toMatchObject([
    { debit_msat: 50_000_501, primary_tag: 'invoice', fees_msat: 501 },
  ]);
  expect(await paidMoves(bob)).toMatchObject([
    { debit_msat: 50_000_000, primary_tag: 'routed', fees_msat: 501 },
    { credit_msat: 50_000_501, primary_tag: 'routed', fees_msat: 501 },
  ]);
  expect(await paidMoves(carol)).toMatchObject([{ credit_msat: 50_000_000 }]);
  for (const node of [alice, bob, carol]) expect(await booked(node)).toEqual(await owned(node));
});

/** The movements of a node's payments, as it has stored them. */
async function paidMoves(node: SharedNode): Promise<object[]> {
  const { channelmoves } = await node.call<{ channelmoves: { payment_hash?: string }[] }>(
    'listchannelmoves',
  );
  return channelmoves.filter(({ payment_hash: hash }) => hash !== undefined);
}

/** The balance of each channel by the node's books. */
async function booked(node: SharedNode): Promise<Record<string, number>> {
  const { accounts } = await node.call<{
    accounts: { account: string; balances: { balance_msat: number }[] }[];
  }>('bkpr-listbalances');
  return Object.fromEntries(
    accounts
      .filter(({ account }) => account !== 'wallet')
      .map(({ account, balances }) => [account, balances[0]?.balance_msat ?? 0]),
  );
}

async function owned(node: SharedNode): Promise<Record<string, number>> {
  const { channels } = await node.call<{ channels: { channel_id: string; to_us_msat: number }[] }>(
    'listpeerchannels',
  );
  return Object.fromEntries(
    channels.map(({ channel_id: id, to_us_msat: balance }) => [id, balance]),
  );
}

describe('payments between two nodes', () => {
  test('have several parts, keysend, and failures with the reason of the payee', async () => {
    const [alice, bob] = (await SharedNode.several(2)) as [SharedNode, SharedNode];
    await alice.openChannelTo(bob, 100_000);
    await alice.openChannelTo(bob, 100_000);
    // More than one channel can carry.
    const paid = await alice.call<Paid & { parts: number }>('pay', [
      await bob.invoice('parts', 120_000_000),
    ]);
    expect(paid).toMatchObject({ status: 'complete', parts: 2 });
    const { invoices } = await bob.call<{ invoices: object[] }>('listinvoices', ['parts']);
    expect(invoices).toMatchObject([{ status: 'paid', amount_received_msat: 120_000_000 }]);

    await alice.call('keysend', [bob.id, 1_000_000]);
    const { invoices: all } = await bob.call<{ invoices: { label: string; status: string }[] }>(
      'listinvoices',
    );
    expect(all.find(({ label }) => label.startsWith('keysend-'))).toMatchObject({ status: 'paid' });

    const bolt11 = await bob.invoice('gone', 1000);
    await bob.call('delinvoice', ['gone', 'unpaid']);
    expect(await alice.refused('xpay', [bolt11])).toMatchObject({ code: 203 });
    const { payments } = await alice.call<{ payments: { status: string }[] }>('listsendpays', {
      bolt11,
    });
    expect(payments.map(({ status }) => status)).toEqual(['failed']);
    // A payer who does not know the secret, or leaves too little time, cannot find out whether the invoice exists.
    const { payment_hash, payment_secret } = await bob.call<Record<string, string>>('invoice', [
      5000,
      'secret',
      'd',
    ]);
    const channels = await alice.channelsWith(bob);
    const channel = channels.find(({ spendable_msat }) => spendable_msat > 5000);
    const hop = { id: bob.id, channel: channel?.short_channel_id, amount_msat: 5000, delay: 10 };
    const attempts = [
      { route: [hop] },
      { route: [hop], payment_secret: '00'.repeat(32) },
      { route: [{ ...hop, delay: 9 }], payment_secret },
      { route: [{ ...hop, amount_msat: 4999 }], payment_secret },
    ];
    for (const attempt of attempts) {
      await alice.call('sendpay', { payment_hash, ...attempt });
      expect(await alice.refused('waitsendpay', [payment_hash])).toMatchObject({
        code: 203,
        data: { failcodename: 'WIRE_INCORRECT_OR_UNKNOWN_PAYMENT_DETAILS' },
      });
    }
    await alice.call('sendpay', { payment_hash, payment_secret, route: [hop] });
    expect(await alice.call('waitsendpay', [payment_hash])).toMatchObject({ status: 'complete' });
    // Bob sends back what he received.
    expect(await bob.call('pay', [await alice.invoice('back', 2_000_000)])).toMatchObject({
      status: 'complete',
    });
  });

  test('wait for the plugins of the payee, which can settle and fail them', async () => {
    const held = "new Promise((resolve) => on('release', (p) => { resolve(p); return {}; }))";
    const plugin = await hooking('htlc_accepted', held);
    const [alice, bob] = (await SharedNode.several(2, [], [`--plugin=${plugin.path}`])) as [
      SharedNode,
      SharedNode,
    ];
    await alice.openChannelTo(bob, 1_000_000);
    const hookCalled = async (count: number): Promise<Record<string, unknown>> => {
      let seen = 0;
      const isCall = (note: unknown): boolean =>
        ((note as { raw?: string }).raw?.includes('"method":"htlc_accepted"') ?? false) &&
        ++seen === count;
      const { raw } = (await plugin.waitForNote(isCall)) as { raw: string };
      return (JSON.parse(raw) as { params: Record<string, unknown> }).params;
    };

    // The payee holds the payment: it is pending at both ends.
    const bolt11 = await bob.invoice('held', 10_000_000);
    const payer = await alice.apart();
    const paying = payer.call<Paid>('pay', [bolt11]);
    expect(await hookCalled(1)).toMatchObject({
      peer_id: alice.id,
      htlc: { amount_msat: 10_000_000, id: 0 },
      onion: { forward_msat: 10_000_000, total_msat: 10_000_000 },
    });
    const [channel] = await bob.channelsWith(alice);
    expect(channel).toMatchObject({
      to_us_msat: 0,
      htlcs: [{ status: 'Waiting for the htlc_accepted hook of plugin test-plugin' }],
    });
    const { htlcs } = await bob.call<{ htlcs: object[] }>('listhtlcs');
    expect(htlcs).toMatchObject([{ direction: 'in', state: 'RCVD_ADD_ACK_REVOCATION' }]);
    const hash = (
      await alice.call<{ payments: { payment_hash: string }[] }>('listsendpays', {
        status: 'pending',
      })
    ).payments;
    expect(hash).toHaveLength(1);
    await bob.call('release', { result: 'continue' });
    expect(await paying).toMatchObject({ status: 'complete' });

    // A plugin fails the next one with its own code.
    const failing = payer.refused('pay', [await bob.invoice('failed', 1_000_000)]);
    await hookCalled(2);
    await bob.call('release', { result: 'fail', failure_message: '2002' });
    expect(await failing).toMatchObject({
      message: expect.stringContaining('temporary_node_failure') as string,
    });

    // A plugin settles a payment that has no invoice.
    const preimage = '11'.repeat(32);
    await bob.call('invoice', { amount_msat: 3000, label: 'own', description: 'd', preimage });
    const { invoices } = await bob.call<{ invoices: { bolt11: string }[] }>('listinvoices', [
      'own',
    ]);
    await bob.call('delinvoice', ['own', 'unpaid']);
    const settling = payer.call<Paid>('pay', [invoices[0]?.bolt11]);
    await hookCalled(3);
    await bob.call('release', { result: 'resolve', payment_key: preimage });
    expect(await settling).toMatchObject({ payment_preimage: preimage });
    expect((await bob.channelsWith(alice))[0]).toMatchObject({ to_us_msat: 10_003_000 });
  });

  test('that no channel can forward fail at the forwarder', async () => {
    const plugin = await hooking('openchannel', "{ result: 'reject', error_message: 'too small' }");
    const [alice, bob, carol] = (await SharedNode.several(
      3,
      [],
      [],
      [`--plugin=${plugin.path}`],
    )) as [SharedNode, SharedNode, SharedNode];
    await bob.call('dev-fund-wallet', { amount: 1_000_000 });
    const opening = { id: carol.id, amount: 500_000 };
    expect(await bob.refused('fundchannel', opening)).toMatchObject({
      message: 'They sent error too small',
    });
    await carol.call('plugin', ['stop', plugin.path]);
    await alice.openChannelTo(bob, 1_000_000);
    await bob.openChannelTo(carol, 500_000);
    // Alice does not know that carol has left.
    const bolt11 = await carol.invoice('late', 1_000_000);
    await carol.sandbox.stop();
    await bob.until<{ peers: { id: string; connected: boolean }[] }>('listpeers', {}, ({ peers }) =>
      peers.some(({ id, connected }) => id === carol.id && !connected),
    );
    expect(await alice.refused('xpay', [bolt11])).toMatchObject({
      message: expect.stringContaining('temporary_channel_failure') as string,
    });
    const { forwards } = await bob.call<{ forwards: object[] }>('listforwards');
    expect(forwards).toMatchObject([
      { status: 'local_failed', failreason: 'WIRE_TEMPORARY_CHANNEL_FAILURE' },
    ]);
    expect((await alice.channelsWith(bob))[0]?.htlcs).toEqual([]);
  });
});

describe('a channel', () => {
  test('closes by agreement while connected, else unilaterally; both get their balance', async () => {
    const [alice, bob] = (await SharedNode.several(
      2,
      ['--dev-no-reconnect'],
      ['--dev-no-reconnect'],
    )) as [SharedNode, SharedNode];
    await alice.openChannelTo(bob, 1_000_000, 200_000_000);
    const second = await alice.openChannelTo(bob, 1_000_000, 300_000_000);
    const [first] = await bob.channelsWith(alice);
    expect(await bob.call('close', [first?.short_channel_id])).toMatchObject({ type: 'mutual' });
    await alice.until<{ channels: { state: string }[] }>('listpeerchannels', {}, ({ channels }) =>
      channels.some(({ state }) => state === 'CLOSINGD_COMPLETE'),
    );
    expect(await bob.refused('disconnect', [alice.id])).toMatchObject({ code: -1 });
    await bob.call('disconnect', { id: alice.id, force: true });
    await alice.until<{ peers: { connected: boolean }[] }>(
      'listpeers',
      {},
      ({ peers }) => peers[0]?.connected === false,
    );
    expect(await alice.refused('pay', [await bob.invoice('x', 1000)])).toBeDefined();
    const hop = { id: bob.id, channel: second, amount_msat: 1000, delay: 10 };
    expect(await alice.refused('sendpay', [[hop], '00'.repeat(32)])).toMatchObject({
      message: 'failed: WIRE_TEMPORARY_CHANNEL_FAILURE (First peer not ready)',
    });
    expect(await alice.call('close', [second])).toMatchObject({ type: 'unilateral' });
    const { blockheight } = await alice.call<{ blockheight: number }>('dev-mine', [1]);
    await bob.call('waitblockheight', [blockheight]);
    interface Channels {
      channels: { state: string; closer: string }[];
    }
    for (const node of [alice, bob]) {
      const { channels } = await node.call<Channels>('listpeerchannels');
      expect(channels.map(({ state }) => state)).toEqual(['ONCHAIN', 'ONCHAIN']);
    }
    // Alice's own output has a delay, and her sweep a fee.
    const end = await alice.call<{ blockheight: number }>('dev-mine', [7]);
    await bob.call('waitblockheight', [end.blockheight]);
    expect(await bob.balanceMsat()).toBe(500_000_000n);
    const fees = 2n * 50_000_000n;
    const alices = await alice.balanceMsat();
    expect(alices).toBeGreaterThan(1_500_000_000n);
    expect(alices).toBeLessThan(1_500_000_000n + fees);
    for (const node of [alice, bob])
      expect(await node.call('dev-world')).toMatchObject({ balanced: true });

    // After a connection, a new channel works.
    await bob.call('connect', [alice.id]);
    await bob.openChannelTo(alice, 300_000);
    expect(await bob.call('pay', [await alice.invoice('again', 5000)])).toMatchObject({
      status: 'complete',
    });
  });

  test('is not changed by the commands that simulate peers', async () => {
    const [alice, bob] = (await SharedNode.several(2)) as [SharedNode, SharedNode];
    const scid = await alice.openChannelTo(bob, 1_000_000);
    await bob.invoice('outside', 5000);
    expect(await bob.call('dev-pay-invoice', ['outside'])).toMatchObject({ status: 'paid' });
    expect((await bob.channelsWith(alice))[0]).toMatchObject({ to_us_msat: 0 });
    expect(await bob.refused('dev-close-channel', [scid])).toMatchObject({ code: -1 });
    // Each node has simulated peers of its own, on the shared chain.
    await bob.call('dev-open-channel');
    const { bolt11 } = await bob.call<{ bolt11: string }>('dev-peer-invoice', {
      amount_msat: 1000,
    });
    expect(await bob.call('pay', [bolt11])).toMatchObject({ status: 'complete' });
    for (const node of [alice, bob]) {
      expect(await node.call('dev-world')).toMatchObject({ balanced: true, blockheight: 105 });
    }
    expect(await alice.refused('pay', [bolt11])).toMatchObject({ code: 205 });
  });

  test('that closes fails the payments in it', async () => {
    const plugin = await hooking('htlc_accepted', 'new Promise(() => undefined)');
    const [alice, bob] = (await SharedNode.several(2, [], [`--plugin=${plugin.path}`])) as [
      SharedNode,
      SharedNode,
    ];
    await alice.openChannelTo(bob, 1_000_000);
    const paying = alice.refused('pay', [await bob.invoice('held', 10_000_000)]);
    await plugin.waitForNote(
      (note) => (note as { raw?: string }).raw?.includes('"htlc_accepted"') ?? false,
    );
    await bob.call('close', [alice.id]);
    expect(await paying).toMatchObject({
      message: expect.stringContaining('temporary_channel_failure') as string,
    });
    const { htlcs } = await bob.call<{ htlcs: { state: string }[] }>('listhtlcs');
    expect(htlcs).toMatchObject([{ state: 'SENT_REMOVE_ACK_REVOCATION' }]);
  });

  test('is connected again after a restart, by the node or its peer', async () => {
    const world = temporaryDirectory();
    const directory = temporaryDirectory();
    const alice = await SharedNode.inWorld(world);
    const bob = await SharedNode.inWorld(world, { directory });
    await alice.openChannelTo(bob, 1_000_000);
    await bob.sandbox.stop();
    await alice.until<{ peers: { connected: boolean }[] }>(
      'listpeers',
      {},
      ({ peers }) => peers[0]?.connected === false,
    );
    const again = await SharedNode.inWorld(world, { directory });
    await alice.until<{ peers: { connected: boolean }[] }>(
      'listpeers',
      {},
      ({ peers }) => peers[0]?.connected === true,
    );
    expect(await alice.call('pay', [await again.invoice('a', 1000)])).toMatchObject({
      status: 'complete',
    });
  });
});

test('a settlement that a killed node has not applied yet completes the payment at both ends', async () => {
  const world = temporaryDirectory();
  const directory = temporaryDirectory();
  const plugin = await writePlugin({
    manifest: { hooks: [{ name: 'htlc_accepted' }] },
    body: "on('htlc_accepted', () => new Promise(() => undefined));",
  });
  const args = [`--plugin=${plugin.path}`];
  const alice = await SharedNode.inWorld(world);
  const bob = await SharedNode.inWorld(world, { directory, args });
  await alice.openChannelTo(bob, 1_000_000);
  const preimage = '77'.repeat(32);
  const invoice = { amount_msat: 7000, label: 'held', description: 'd', preimage };
  const { bolt11 } = await bob.call<{ bolt11: string }>('invoice', invoice);
  const paying = (await alice.apart()).call<Paid>('pay', [bolt11]);
  await plugin.waitForNote(
    (note) => (note as { raw?: string }).raw?.includes('"method":"htlc_accepted"') ?? false,
  );
  await bob.sandbox.stop();

  // What bob writes before he applies it.
  const journal = new WorldJournal(world, 'regtest');
  const parts = journal
    .after(0n)
    .flatMap(({ record }) => (record.kind === 'send' ? [record.part.id] : []));
  journal.append('test', bob.id, { kind: 'settle', parts, preimage, by: 'invoice' });
  journal.wake();
  journal.close();

  expect(await paying).toMatchObject({ status: 'complete', payment_preimage: preimage });
  for (let start = 0; start < 2; start++) {
    const again = await SharedNode.inWorld(world, { directory, args });
    const { invoices } = await again.call<{ invoices: object[] }>('listinvoices');
    expect(invoices).toMatchObject([{ status: 'paid', amount_received_msat: 7000 }]);
    expect((await again.channelsWith(alice))[0]).toMatchObject({ to_us_msat: 7000 });
    await again.sandbox.stop();
  }
});
