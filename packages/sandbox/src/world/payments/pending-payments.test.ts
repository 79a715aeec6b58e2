import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '@clnrest/testing';
import { temporarySandbox } from '../../testing/temporary-sandbox.ts';
import { SocketClient } from '../../testing/socket-client.ts';
import { WorldClient } from '../../testing/world-client.ts';

interface Part {
  readonly status: string;
  readonly partid?: number;
  readonly groupid: number;
  readonly payment_hash: string;
  readonly amount_msat: number;
}

interface World {
  readonly balanced: boolean;
}

async function connected(directory = temporaryDirectory()) {
  const sandbox = await temporarySandbox({ directory });
  const connect = async (): Promise<WorldClient> =>
    new WorldClient(await SocketClient.connect(sandbox.rpcPath));
  return { sandbox, client: await connect(), connect };
}

async function hashOf(client: WorldClient, bolt11: string): Promise<string> {
  return (await client.call<{ payment_hash: string }>('decode', [bolt11])).payment_hash;
}

async function parts(client: WorldClient, payment_hash: string): Promise<Part[]> {
  return (await client.call<{ payments: Part[] }>('listsendpays', { payment_hash })).payments;
}

async function isBalanced(client: WorldClient): Promise<boolean> {
  return (await client.call<World>('dev-world')).balanced;
}

describe('a payment that the peer holds', () => {
  async function held() {
    const started = await connected();
    const { client } = started;
    await client.call('dev-open-channel');
    const bolt11 = await client.peerInvoice('100000');
    await client.call('dev-set-peer', ['hold']);
    const error = await client.refused('xpay', { invstring: bolt11, retry_for: 0 });
    expect(error).toMatchObject({ code: 210 });
    return { ...started, bolt11, hash: await hashOf(client, bolt11) };
  }

  test('is pending, and its amount cannot be spent', async () => {
    const { client, bolt11, hash } = await held();
    expect(await client.call('listpays', { bolt11 })).toMatchObject({
      pays: [{ status: 'pending', amount_sent_msat: 100_000 }],
    });
    const { channels } = await client.call<{
      channels: { spendable_msat: number; to_us_msat: number; htlcs: object[] }[];
    }>('listpeerchannels');
    expect(channels[0]).toMatchObject({ to_us_msat: 500_000_000, spendable_msat: 489_900_000 });
    expect(channels[0]?.htlcs).toEqual([
      {
        direction: 'out',
        id: 0,
        amount_msat: 100_000,
        expiry: expect.any(Number) as number,
        payment_hash: hash,
        state: 'SENT_ADD_ACK_REVOCATION',
        local_trimmed: true,
      },
    ]);
    expect(await client.refused('pay', [bolt11])).toMatchObject({ code: 200 });
    expect(
      await client.refused('waitsendpay', { payment_hash: hash, partid: 1, timeout: 0 }),
    ).toEqual({ code: 200, message: 'Timed out while waiting' });
    expect(await isBalanced(client)).toBe(true);
  });

  test('is settled after a restart, and callers that wait get the result', async () => {
    const directory = temporaryDirectory();
    const first = await connected(directory);
    await first.client.call('dev-open-channel');
    const bolt11 = await first.client.peerInvoice('100000');
    const hash = await hashOf(first.client, bolt11);
    await first.client.call('dev-set-peer', ['hold']);
    await first.client.refused('xpay', { invstring: bolt11, retry_for: 0 });
    await first.sandbox.stop();

    const { client, connect } = await connected(directory);
    const waiting = (await connect()).call('waitsendpay', { payment_hash: hash, partid: 1 });
    await client.call('dev-settle-payment', [hash]);
    expect(await waiting).toMatchObject({ status: 'complete', amount_msat: 100_000 });
    expect(await client.call('listpays', { bolt11 })).toMatchObject({
      pays: [{ status: 'complete' }],
    });
    expect(await client.call('listpeerchannels')).toMatchObject({
      channels: [{ to_us_msat: 499_900_000, htlcs: [] }],
    });
    expect(await client.refused('dev-settle-payment', [hash])).toMatchObject({ code: 208 });
    expect(await isBalanced(client)).toBe(true);
  });

  test('is failed, which returns the amount, and can be paid again', async () => {
    const { client, connect, bolt11, hash } = await held();
    const waiting = (await connect()).refused('waitsendpay', { payment_hash: hash, partid: 1 });
    await client.call('dev-fail-payment', [hash]);
    expect(await waiting).toMatchObject({ code: 202 });
    expect(await client.call('listpeerchannels')).toMatchObject({
      channels: [{ spendable_msat: 490_000_000, htlcs: [] }],
    });
    await client.call('dev-set-peer', ['accept']);
    expect(await client.call('pay', [bolt11])).toMatchObject({ status: 'complete' });
  });

  test.each([
    ['accept', 'complete'],
    ['reject', 'failed'],
    ['fail', 'failed'],
  ])('ends when the peer is set to %s', async (conduct, status) => {
    const { client, hash } = await held();
    await client.call('dev-set-peer', [conduct]);
    expect(await parts(client, hash)).toMatchObject([{ status }]);
  });

  test('fails if the channel closes', async () => {
    const { client, hash } = await held();
    const { channels } = await client.call<{ channels: { channel_id: string }[] }>(
      'listpeerchannels',
    );
    await client.call('close', [channels[0]?.channel_id]);
    expect(await parts(client, hash)).toMatchObject([{ status: 'failed' }]);
    await client.call('dev-mine', [6]);
    expect(await isBalanced(client)).toBe(true);
  });

  test('stays pending if its caller disconnects', async () => {
    const { client, connect } = await connected();
    await client.call('dev-open-channel');
    const bolt11 = await client.peerInvoice('1000');
    await client.call('dev-set-peer', ['hold']);
    const caller = await connect();
    caller.socket.write(
      `{"jsonrpc":"2.0","id":1,"method":"xpay","params":["${bolt11}"]}{"jsonrpc":"2.0","id":2,"method":"getinfo","params":[]}`,
    );
    await caller.socket.read();
    caller.socket.socket.destroy();
    const hash = await hashOf(client, bolt11);
    expect(await parts(client, hash)).toMatchObject([{ status: 'pending' }]);
    await client.call('dev-settle-payment', [hash]);
    expect(await parts(client, hash)).toMatchObject([{ status: 'complete' }]);
  });
});

describe('a payment in several parts', () => {
  test('uses several channels if none can carry the amount', async () => {
    const { client } = await connected();
    for (let channel = 0; channel < 3; channel++) await client.call('dev-open-channel');
    const bolt11 = await client.peerInvoice('1200000000');
    expect(await client.call('xpay', [bolt11])).toMatchObject({
      amount_msat: 1_200_000_000,
      amount_sent_msat: 1_200_000_000,
      successful_parts: 3,
    });
    const sent = await parts(client, await hashOf(client, bolt11));
    expect(sent.map(({ partid }) => partid)).toEqual([1, 2, 3]);
    expect(sent.reduce((sum, { amount_msat }) => sum + amount_msat, 0)).toBe(1_200_000_000);
    expect(await client.call('listpays', { bolt11 })).toMatchObject({
      pays: [{ amount_msat: 1_200_000_000, number_of_parts: 3, status: 'complete' }],
    });
    expect(await isBalanced(client)).toBe(true);
  });

  test('is pending until all parts have arrived, also from two calls', async () => {
    const { client, connect } = await connected();
    await client.call('dev-open-channel');
    const bolt11 = await client.peerInvoice('1000');
    const other = await connect();
    const first = other.call('xpay', { invstring: bolt11, partial_msat: 400 });
    const hash = await hashOf(client, bolt11);
    await expect.poll(() => parts(client, hash)).toMatchObject([{ status: 'pending' }]);
    const second = await client.call('xpay', { invstring: bolt11, partial_msat: 600 });
    expect(second).toMatchObject({ amount_msat: 600, successful_parts: 1 });
    expect(await first).toMatchObject({ amount_msat: 400, successful_parts: 1 });
  });

  test('fails as a whole if one part fails', async () => {
    const { client } = await connected();
    for (let channel = 0; channel < 2; channel++) await client.call('dev-open-channel');
    const bolt11 = await client.peerInvoice('700000000');
    await client.call('dev-set-peer', ['reject']);
    expect(await client.refused('xpay', [bolt11])).toMatchObject({ code: 203 });
    const sent = await parts(client, await hashOf(client, bolt11));
    expect(new Set(sent.map(({ status }) => status))).toEqual(new Set(['failed']));
    expect(await isBalanced(client)).toBe(true);
  });
});

describe('sendpay', () => {
  async function routed(hops: 1 | 2 = 1) {
    const started = await connected();
    const { client } = started;
    await client.call('dev-open-channel');
    if (hops === 2) await client.call('dev-open-channel', { peer: 'carol', from: 'bob' });
    const bolt11 = await client.peerInvoice('100000', hops === 2 ? { peer: 'carol' } : {});
    const decoded = await client.call<{
      payment_hash: string;
      payee: string;
      payment_secret: string;
    }>('decode', [bolt11]);
    const { route } = await client.call<{ route: { amount_msat: number }[] }>('getroute', [
      decoded.payee,
      100_000,
      1,
    ]);
    return { ...started, bolt11, route, ...decoded };
  }

  test('sends along a route, and waitsendpay returns the result', async () => {
    const { client, route, bolt11, payment_hash } = await routed(2);
    expect(route).toHaveLength(2);
    expect(
      await client.call('sendpay', { route, payment_hash, bolt11, label: 'mine' }),
    ).toMatchObject({
      message: 'Monitor status with listpays or waitsendpay',
      status: 'pending',
      groupid: 1,
      amount_msat: 100_000,
      amount_sent_msat: 100_002,
    });
    expect(await client.call('waitsendpay', [payment_hash])).toMatchObject({
      status: 'complete',
      label: 'mine',
    });
    // A second call is the same payment.
    expect(await client.call('sendpay', { route, payment_hash })).toMatchObject({
      status: 'complete',
    });
    const deleted = await client.call('delpay', [payment_hash, 'complete']);
    expect(deleted).toMatchObject({ payments: [{ payment_hash, status: 'complete' }] });
    expect(await client.refused('delpay', [payment_hash, 'complete'])).toMatchObject({ code: 208 });
  });

  test('accepts group numbers of 64 bits, and requests that are not ours do not count', async () => {
    const { client, route, payment_hash } = await routed();
    const unknown = { route, payment_hash, localinvreqid: payment_hash };
    expect(await client.refused('sendpay', unknown)).toMatchObject({ code: 212 });
    // lightningd reads -1 as the largest number of 64 bits.
    await client.call('sendpay', { route, payment_hash, groupid: -1 });
    expect(await client.call('listpays')).toMatchObject({ pays: [{ status: 'complete' }] });
    expect(await client.call('waitsendpay', { payment_hash, groupid: -1 })).toMatchObject({
      groupid: Number(2n ** 64n - 1n),
    });
    await client.call('delpay', [payment_hash, 'complete']);
    await client.call('dev-set-peer', ['reject']);
    await client.call('sendpay', { route, payment_hash, groupid: -1 });
    expect(await client.call('sendpay', { route, payment_hash })).toMatchObject({ groupid: 0 });
  });

  test('reports where a route fails', async () => {
    const { client, route, payment_hash } = await routed(2);
    const low = route.map((hop) => ({ ...hop, amount_msat: 100_000 }));
    await client.call('sendpay', { route: low, payment_hash });
    expect(await client.refused('waitsendpay', [payment_hash])).toMatchObject({
      code: 204,
      message: 'failed: WIRE_FEE_INSUFFICIENT (reply from remote)',
      data: { erring_index: 1, failcode: 0x100c },
    });
    const unknown = route.map((hop, index) => (index === 1 ? { ...hop, channel: '9x9x9' } : hop));
    await client.call('sendpay', { route: unknown, payment_hash });
    expect(await client.refused('waitsendpay', [payment_hash])).toMatchObject({
      data: { failcodename: 'WIRE_UNKNOWN_NEXT_PEER', erring_index: 1 },
    });
    await client.call('dev-disconnect');
    expect(await client.refused('sendpay', { route, payment_hash })).toMatchObject({
      code: 204,
      message: 'failed: WIRE_TEMPORARY_CHANNEL_FAILURE (First peer not ready)',
    });
    const elsewhere = [{ ...route[0], channel: '9x9x9' }];
    expect(await client.refused('sendpay', { route: elsewhere, payment_hash })).toMatchObject({
      code: 204,
      message: 'No connection to first peer found',
    });
  });

  test('sends parts, which complete together', async () => {
    const { client, route, payment_hash, payment_secret } = await routed();
    const [hop] = route;
    const part = (partid: number, amount_msat: number) =>
      client.call('sendpay', {
        route: [{ ...hop, amount_msat }],
        payment_hash,
        payment_secret,
        partid,
        groupid: 7,
        amount_msat: 100_000,
      });
    await part(1, 30_000);
    expect(await parts(client, payment_hash)).toMatchObject([{ status: 'pending', partid: 1 }]);
    expect(await client.refused('sendpay', { route, payment_hash, groupid: 8 })).toMatchObject({
      code: 200,
      message: expect.stringContaining('groupid=7 still in progress') as string,
    });
    await part(2, 70_000);
    expect(await parts(client, payment_hash)).toMatchObject([
      { status: 'complete' },
      { status: 'complete' },
    ]);
  });
});

test('xkeysend pays a node without an invoice', async () => {
  const { client } = await connected();
  const { peer_id } = await client.call<{ peer_id: string }>('dev-open-channel');
  expect(await client.call('xkeysend', [peer_id, 5000])).toMatchObject({
    amount_msat: 5000,
    successful_parts: 1,
  });
  expect(await client.call('listpays')).toMatchObject({ pays: [{ status: 'complete' }] });
});

test('createinvoice and signinvoice sign an invoice of the caller', async () => {
  const { client } = await connected();
  const theirs = await client.peerInvoice('7000', { description: 'made elsewhere' });
  const { payee } = await client.call<{ payee: string }>('decode', [theirs]);
  const { bolt11 } = await client.call<{ bolt11: string }>('signinvoice', [theirs]);
  const { id } = await client.call<{ id: string }>('getinfo');
  expect(payee).not.toBe(id);
  expect(await client.call('decode', [bolt11])).toMatchObject({ payee: id, amount_msat: 7000 });
  expect(await client.refused('createinvoice', [theirs, 'l', '00'.repeat(32)])).toMatchObject({
    message: 'Incorrect preimage',
  });
  const preimage = '11'.repeat(32);
  const ours = await client.call<{ bolt11: string }>('invoice', {
    amount_msat: 9000,
    label: 'first',
    description: 'd',
    preimage,
  });
  await client.call('delinvoice', ['first', 'unpaid']);
  const created = await client.call('createinvoice', [ours.bolt11, 'second', preimage]);
  expect(created).toMatchObject({ label: 'second', amount_msat: 9000, status: 'unpaid' });
  expect(await client.refused('createinvoice', [ours.bolt11, 'second', preimage])).toMatchObject({
    code: 900,
    message: 'Duplicate label',
    data: { label: 'second' },
  });
});

test('getroutes returns a route in the format of askrene, and delforward deletes a forward', async () => {
  const { client } = await connected();
  const { peer_id } = await client.call<{ peer_id: string }>('dev-open-channel');
  const { id } = await client.call<{ id: string }>('getinfo');
  const routes = await client.call('getroutes', [id, peer_id, 1000, [], 5000, 18]);
  expect(routes).toMatchObject({
    routes: [{ amount_msat: 1000, final_cltv: 18, path: [{ node_id_out: peer_id, cltv_out: 18 }] }],
  });
  const forward = await client.call<{ in_channel: string; in_htlc_id: number }>(
    'dev-forward',
    [1000],
  );
  const { in_channel, in_htlc_id } = forward;
  const which = { in_channel, in_htlc_id, status: 'settled' };
  expect(await client.call('delforward', which)).toEqual({});
  expect(await client.refused('delforward', which)).toMatchObject({ code: 1401 });
  expect(await client.call('listforwards')).toEqual({ forwards: [] });
});
