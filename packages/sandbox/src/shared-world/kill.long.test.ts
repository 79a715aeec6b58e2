import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { decodeBolt12Invoice, decodeInvoiceRequest, invoiceRequestId } from '@clnrest/runes/bolt12';
import { temporaryDirectory } from '@clnrest/testing';
import { expect, test } from 'vitest';
import { Database } from '../database/database.ts';
import { KillableNode, until } from '../testing/killable-node.ts';
import { random, Traffic, type Work } from '../testing/traffic.ts';
import type { WorldClient } from '../testing/world-client.ts';

interface Channel {
  readonly peer_id: string;
  readonly peer_connected: boolean;
  readonly state: string;
  readonly to_us_msat: number;
  readonly funding_txid: string;
  readonly total_msat: number;
  readonly htlcs: readonly object[];
  readonly fee_base_msat: number;
  readonly minimum_htlc_out_msat: number;
  readonly maximum_htlc_out_msat: number;
}

interface Gossip {
  readonly destination: string;
  readonly base_fee_millisatoshi: number;
  readonly htlc_minimum_msat: number;
  readonly htlc_maximum_msat: number;
}

async function channelsOf({ client }: KillableNode): Promise<Channel[]> {
  return (await client.call<{ channels: Channel[] }>('listpeerchannels')).channels;
}

async function open(from: KillableNode, to: KillableNode, pushMsat: number): Promise<void> {
  await from.client.call('dev-fund-wallet', { amount: 1_050_000 });
  await from.client.call('fundchannel', { id: to.id, amount: 1_000_000, push_msat: pushMsat });
  await from.client.call('dev-mine');
  for (const node of [from, to]) {
    await until(
      () => channelsOf(node),
      (all) => all.every(({ state }) => state === 'CHANNELD_NORMAL'),
    );
  }
}

interface Payment {
  readonly payment_hash: string;
  readonly status: string;
  readonly payment_preimage?: string;
  readonly amount_sent_msat?: number;
}

interface Invoice extends Payment {
  readonly amount_received_msat?: number;
}

async function payments(
  payer: KillableNode,
  payee: KillableNode,
  name: string,
  more: object = {},
): Promise<Work> {
  const [from, to] = await Promise.all([payer.connect(), payee.connect()]);
  return async (count) => {
    const { bolt11 } = await to.call<{ bolt11: string }>('invoice', {
      amount_msat: 1000 + count,
      label: `${name} ${count}`,
      description: 'd',
      ...more,
    });
    // A payment can fail. A node that is killed closes the connection, which is an error of the client.
    await from.socket.call('xpay', [bolt11]);
  };
}

/** Payments of offers, whose invoices the payer fetches. A node that is killed never replies. */
async function offers(payer: KillableNode, payee: KillableNode, name: string): Promise<Work> {
  const [from, to] = await Promise.all([payer.connect(), payee.connect()]);
  const offered = await to.call<{ bolt12: string }>('offer', ['any', name]);
  return async (count) => {
    const request = { offer: offered.bolt12, amount_msat: 1000 + count, timeout: 3 };
    const fetched = await from.socket.call('fetchinvoice', request);
    const { invoice } = (fetched.result ?? {}) as { invoice?: string };
    if (invoice !== undefined) await from.socket.call('xpay', [invoice]);
  };
}

/** Payments that the payee asks for, by an invoice for the payer's request. */
async function refunds(payer: KillableNode, payee: KillableNode, name: string): Promise<Work> {
  const [from, to] = await Promise.all([payer.connect(), payee.connect()]);
  return async (count) => {
    const request = [1000 + count, name];
    const { bolt12 } = await from.call<{ bolt12: string }>('invoicerequest', request);
    const invoice = { invreq: bolt12, label: `${name} refund ${count}`, timeout: 3 };
    await to.socket.call('sendinvoice', invoice);
  };
}

async function feeChanges(node: KillableNode, peer: KillableNode): Promise<Work> {
  const client = await node.connect();
  return async (count) => {
    const limits = { htlcmin: (count % 3) * 100, htlcmax: 100_000_000 + count };
    await client.socket.call('setchannel', { id: peer.id, feebase: count % 10, ...limits });
    await after(50);
  };
}

async function withdrawals(payer: KillableNode, payee: KillableNode): Promise<Work> {
  const [from, to] = await Promise.all([payer.connect(), payee.connect()]);
  return async () => {
    const { bech32 } = await to.call<{ bech32: string }>('newaddr', ['bech32']);
    await from.call('withdraw', { destination: bech32, satoshi: 2000, minconf: 0 });
    await from.call('dev-mine');
  };
}

async function channels(opener: KillableNode, other: KillableNode): Promise<Work> {
  const from = await opener.connect();
  const peer = await simulatedPeer(from);
  return async (count) => {
    const opening = { id: other.id, amount: 50_000, push_msat: 10_000_000 };
    const [method, params] =
      count % 2 === 0
        ? ['fundchannel', { ...opening, minconf: 0 }]
        : [
            'multifundchannel',
            { destinations: [{ id: peer, amount: 30_000 }, opening], minconf: 0 },
          ];
    const opened = await from.call<{ channel_id?: string; channel_ids?: { channel_id: string }[] }>(
      method,
      params,
    );
    await from.call('dev-mine');
    const ids = opened.channel_ids?.map((each) => each.channel_id) ?? [opened.channel_id];
    for (const id of ids) await from.call('close', [id]);
  };
}

/** Channels that close while payments pass them. Every second one is private: the payee behind the peer does not know it. */
async function briefChannels(opener: KillableNode, other: KillableNode): Promise<Work> {
  const from = await opener.connect();
  return async (count) => {
    const { channel_id: id } = await from.call<{ channel_id: string }>('fundchannel', {
      id: other.id,
      amount: 200_000,
      push_msat: 100_000_000,
      minconf: 0,
      announce: count % 2 === 0,
    });
    await from.call('dev-mine');
    await after(100 + (count % 5) * 40);
    await from.call('close', [id]);
  };
}

async function simulatedPeer(client: WorldClient): Promise<string | undefined> {
  const world = await client.call<{ nodes: { id: string; name: string }[] }>('dev-world');
  return world.nodes.find(({ name }) => name === 'bob')?.id;
}

const SEED = Number(process.env['CLNREST_TEST_SEED'] ?? 18);
const ROUNDS = Number(process.env['CLNREST_TEST_ROUNDS'] ?? 5);
/** Work that fails ends early. */
const MAX_TRAFFIC_MS = 5000;
const TIMEOUT_MS = 60_000 + ROUNDS * 10_000;

test(
  `kill -9 of a forwarder, payer and payee at random moments keeps all nodes consistent (seed ${SEED})`,
  async () => {
    const nodes = await KillableNode.several(3);
    const [alice, bob, carol] = nodes as [KillableNode, KillableNode, KillableNode];
    await open(alice, bob, 300_000_000);
    await open(bob, carol, 300_000_000);

    const before = new Map<KillableNode, bigint>();
    for (const node of nodes) before.set(node, await balanceOf(node));
    await killAtRandom(nodes, [bob, bob, alice, carol], (round) =>
      [
        [alice, bob],
        [bob, alice],
        [alice, carol],
        [carol, alice],
        [bob, carol],
      ]
        .map(([from = alice, to = alice]) => {
          const name = `${round} ${nodes.indexOf(from)} ${nodes.indexOf(to)}`;
          return () => payments(from, to, name);
        })
        .concat([
          () => offers(alice, bob, `${round} offer`),
          () => refunds(bob, alice, `${round} refund`),
          () => feeChanges(bob, carol),
        ]),
    );
    expect(await completedPayments(nodes, before)).toBeGreaterThan(5 * ROUNDS);
    // The payer knows the fees and limits of the forwarding node.
    const own = (await channelsOf(bob)).find(({ peer_id: id }) => id === carol.id);
    const { channels: known } = await alice.client.call<{ channels: Gossip[] }>('listchannels', {
      source: bob.id,
    });
    expect(known.find(({ destination }) => destination === carol.id)).toMatchObject({
      base_fee_millisatoshi: own?.fee_base_msat,
      htlc_minimum_msat: own?.minimum_htlc_out_msat,
      htlc_maximum_msat: own?.maximum_htlc_out_msat,
    });
  },
  TIMEOUT_MS,
);

test(
  `kill -9 of nodes that open and close channels, and withdraw, at random moments loses no money (seed ${SEED})`,
  async () => {
    const nodes = await KillableNode.several(2);
    const [alice, bob] = nodes as [KillableNode, KillableNode];
    for (const node of nodes) await node.client.call('dev-fund-wallet', { amount: 10_000_000 });
    await killAtRandom(nodes, nodes, () => [
      () => withdrawals(alice, bob),
      () => withdrawals(bob, alice),
      () => channels(alice, bob),
      () => channels(bob, alice),
    ]);
    // Sweeps of unilateral closes, and their confirmation.
    await mineForAll(alice, nodes, 10);
    await mineForAll(alice, nodes, 2);
    const accounts = await Promise.all(
      nodes.map(({ client }) => client.call<Accounts>('dev-world')),
    );
    const [first, second] = accounts as [Accounts, Accounts];
    expect(first.balanced && second.balanced).toBe(true);
    expect(second).toMatchObject({ minted_msat: first.minted_msat, fees_msat: first.fees_msat });
    const funds = await Promise.all(nodes.map((node) => fundsOf(node)));
    const total = funds.reduce((sum, each) => sum + each, 0n);
    expect(total).toBe(BigInt(first.minted_msat - first.fees_msat));
    expect(first.fees_msat).toBeGreaterThan(0);
    // Both know the same channels. A simulated peer's channel can have the same funding transaction.
    const ends = await Promise.all(nodes.map((node) => channelsOf(node)));
    const open = ends.map((all, index) =>
      all
        .filter(({ state }) => state === 'CHANNELD_NORMAL')
        .filter(({ peer_id: id }) => id === nodes[1 - index]?.id)
        .map(({ funding_txid }) => funding_txid)
        .toSorted(),
    );
    expect(open[0]).toEqual(open[1]);
  },
  TIMEOUT_MS,
);

test(
  `kill -9 while channels with pending payments close loses no payment (seed ${SEED})`,
  async () => {
    const nodes = await KillableNode.several(3);
    const [alice, bob, carol] = nodes as [KillableNode, KillableNode, KillableNode];
    for (const node of nodes) await node.client.call('dev-fund-wallet', { amount: 10_000_000 });
    await open(bob, carol, 500_000_000);
    await killAtRandom(nodes, [alice, bob, carol], (round) => [
      () => briefChannels(alice, bob),
      () => briefChannels(carol, bob),
      () => payments(alice, carol, `${round} first`),
      // The hints can name a channel that closes.
      () => payments(alice, carol, `${round} second`, { exposeprivatechannels: true }),
      () => payments(carol, bob, `${round} third`),
    ]);
    await mineForAll(alice, nodes, 10);
    await mineForAll(alice, nodes, 2);
    const accounts = await Promise.all(
      nodes.map(({ client }) => client.call<Accounts>('dev-world')),
    );
    for (const account of accounts) {
      const [{ minted_msat, fees_msat } = account] = accounts;
      expect(account).toMatchObject({ balanced: true, minted_msat, fees_msat });
    }
    const funds = await Promise.all(nodes.map((node) => fundsOf(node)));
    const [first] = accounts;
    expect(funds.reduce((sum, each) => sum + each, 0n)).toBe(
      BigInt((first?.minted_msat ?? 0) - (first?.fees_msat ?? 0)),
    );
    expect((await expectSamePayments(nodes)).size).toBeGreaterThan(0);
  },
  TIMEOUT_MS,
);

/** What a node has paid and received, once nothing is pending. */
async function recordsOf({ client }: KillableNode): Promise<{ sent: Payment[]; paid: Invoice[] }> {
  const { payments: all } = await until(
    () => client.call<{ payments: Payment[] }>('listsendpays'),
    (list) => list.payments.every(({ status }) => status !== 'pending'),
  );
  const { invoices } = await client.call<{ invoices: Invoice[] }>('listinvoices');
  return {
    sent: all.filter(({ status }) => status === 'complete'),
    paid: invoices.filter(({ status }) => status === 'paid'),
  };
}

/** Expects that the completed payments are those of the paid invoices, and that no HTLC is pending. @returns the preimages by hash */
async function expectSamePayments(
  nodes: readonly KillableNode[],
): Promise<ReadonlyMap<string, string | undefined>> {
  const sent = new Map<string, string | undefined>();
  const received = new Map<string, string | undefined>();
  for (const node of nodes) {
    const records = await recordsOf(node);
    for (const each of records.sent) sent.set(each.payment_hash, each.payment_preimage);
    for (const each of records.paid) received.set(each.payment_hash, each.payment_preimage);
    const { forwards } = await node.client.call<{ forwards: { status: string }[] }>('listforwards');
    expect(forwards.filter(({ status }) => status === 'offered')).toEqual([]);
    expect((await channelsOf(node)).flatMap(({ htlcs }) => htlcs)).toEqual([]);
  }
  expect(new Map([...sent].toSorted())).toEqual(new Map([...received].toSorted()));
  return sent;
}

/** Mines blocks. Each node publishes a sweep when it has applied the block at which the sweep is possible. */
async function mineForAll(
  miner: KillableNode,
  nodes: readonly KillableNode[],
  count: number,
): Promise<void> {
  const mined = await miner.client.call<{ blocks: string[]; blockheight: number }>('dev-mine', [
    count,
  ]);
  expect(mined.blocks).toHaveLength(count);
  const { blockheight } = mined;
  await Promise.all(nodes.map(({ client }) => client.call('waitblockheight', [blockheight])));
}

interface Accounts {
  readonly minted_msat: number;
  readonly fees_msat: number;
  readonly balanced: boolean;
}

/** What a node owns, in msat. */
async function fundsOf({ client }: KillableNode): Promise<bigint> {
  const { outputs, channels: listed } = await client.call<{
    outputs: { amount_msat: number; reserved: boolean }[];
    channels: { our_amount_msat: number; state: string }[];
  }>('listfunds');
  const amounts = [
    ...outputs.map(({ amount_msat }) => amount_msat),
    ...listed
      .filter(({ state }) => state === 'CHANNELD_NORMAL')
      .map(({ our_amount_msat }) => our_amount_msat),
  ];
  return amounts.reduce((sum, amount) => sum + BigInt(amount), 0n);
}

/** Repeats: traffic for a random time, a kill, a restart, until all are connected again. */
async function killAtRandom(
  nodes: readonly KillableNode[],
  victims: readonly KillableNode[],
  work: (round: number) => (() => Promise<Work>)[],
): Promise<void> {
  const next = random(SEED);
  for (let round = 0; round < ROUNDS; round++) {
    const victim = victims[Math.floor(next() * victims.length)];
    const traffic = new Traffic();
    for (const prepare of work(round)) traffic.start(prepare);
    // A busy machine needs longer for the same work.
    const enough = 4 + next() * 20;
    const latest = Date.now() + MAX_TRAFFIC_MS;
    await until(
      () => Promise.resolve(traffic.hasDone(enough)),
      (isDone) => isDone || Date.now() > latest,
    );
    await after(next() * 30);
    await victim?.kill();
    await victim?.start();
    await traffic.stop();
    for (const node of nodes) {
      await until(
        () => channelsOf(node),
        (all) => all.every((each) => each.state !== 'CHANNELD_NORMAL' || each.peer_connected),
      );
    }
  }
}

async function balanceOf(node: KillableNode): Promise<bigint> {
  return (await channelsOf(node)).reduce((sum, { to_us_msat }) => sum + BigInt(to_us_msat), 0n);
}

/** Compares what the nodes have recorded. @returns the number of completed payments */
async function completedPayments(
  nodes: readonly KillableNode[],
  before: ReadonlyMap<KillableNode, bigint>,
): Promise<number> {
  const completed = await expectSamePayments(nodes);
  const balances = new Map<string, number[]>();
  for (const node of nodes) {
    for (const { funding_txid, to_us_msat } of await channelsOf(node)) {
      balances.set(funding_txid, [...(balances.get(funding_txid) ?? []), to_us_msat]);
    }
    // The balance is what the records add up to.
    const { sent, paid } = await recordsOf(node);
    const info = await node.client.call<{ fees_collected_msat: number }>('getinfo');
    const out = sent.reduce((sum, { amount_sent_msat = 0 }) => sum + amount_sent_msat, 0);
    const into = paid.reduce((sum, { amount_received_msat = 0 }) => sum + amount_received_msat, 0);
    const change = (await balanceOf(node)) - (before.get(node) ?? 0n);
    expect(change).toBe(BigInt(into - out + info.fees_collected_msat));
    expect(await node.client.call('dev-world')).toMatchObject({ balanced: true });
  }
  let refunded = 0;
  for (const { client } of nodes) refunded += await expectUsedRequests(client, completed);
  expect(refunded).toBeGreaterThan(0);
  for (const [first = 0, second = 0] of balances.values())
    expect(first + second).toBe(1_000_000_000);
  return completed.size;
}

/** Expects that exactly the invoice requests whose invoices are paid are used. @returns their number */
async function expectUsedRequests(
  client: WorldClient,
  received: ReadonlyMap<string, string | undefined>,
): Promise<number> {
  const { invoicerequests: requests } = await client.call<{
    invoicerequests: { bolt12: string; used: boolean }[];
  }>('listinvoicerequests');
  const { payments: all } = await client.call<{
    payments: { payment_hash: string; bolt12?: string; status: string }[];
  }>('listsendpays');
  const paid = new Set<string>();
  for (const { payment_hash, bolt12 } of all) {
    if (bolt12 === undefined || !received.has(payment_hash)) continue;
    const { tlvs, values } = decodeBolt12Invoice(bolt12);
    if (values.offerIssuerId === undefined) paid.add(idOf(tlvs));
  }
  const used = requests.filter((request) => request.used);
  expect(used.map(({ bolt12 }) => idOf(decodeInvoiceRequest(bolt12).tlvs)).toSorted()).toEqual(
    [...paid].toSorted(),
  );
  return used.length;
}

function idOf(tlvs: Parameters<typeof invoiceRequestId>[0]): string {
  return Buffer.from(invoiceRequestId(tlvs)).toString('hex');
}

test('a payment that a killed node has not written to the journal yet is made after its start', async () => {
  const world = temporaryDirectory();
  const [alice, bob] = (await KillableNode.several(2, world)) as [KillableNode, KillableNode];
  await open(alice, bob, 0);
  const invoice = { amount_msat: 9000, label: 'a', description: 'd' };
  const { bolt11 } = await bob.client.call<{ bolt11: string }>('invoice', invoice);

  // While the test holds the journal, alice commits the payment to her own database and waits.
  const lock = new Database(join(world, 'world.sqlite3'));
  lock.execute('BEGIN IMMEDIATE');
  const payer = await alice.connect();
  const paying = payer.socket.call('pay', [bolt11]).catch(() => 'the connection ended');
  const own = new Database(join(alice.directory, 'regtest/sandbox.sqlite3'));
  const outbox = own.prepare('SELECT id FROM world_outbox');
  await until(
    () => Promise.resolve(outbox.all().length),
    (waiting) => waiting === 1,
  );
  await alice.kill();
  expect(await paying).toBe('the connection ended');
  lock.execute('ROLLBACK');
  lock.close();
  own.close();
  expect((await bob.client.call<{ invoices: Invoice[] }>('listinvoices')).invoices).toMatchObject([
    { status: 'unpaid' },
  ]);

  await alice.start();
  const { invoices } = await until(
    () => bob.client.call<{ invoices: Invoice[] }>('listinvoices'),
    (list) => list.invoices[0]?.status === 'paid',
  );
  const { payments: made } = await until(
    () => alice.client.call<{ payments: Payment[] }>('listsendpays'),
    (list) => list.payments[0]?.status === 'complete',
  );
  expect(made[0]?.payment_preimage).toBe(invoices[0]?.payment_preimage);
  expect(made).toHaveLength(1);
});
