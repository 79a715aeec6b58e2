import { temporaryDirectory } from '@clnrest/testing';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../testing/manual-clock.ts';
import { SharedNode } from '../../testing/shared-node.ts';
import { SocketClient } from '../../testing/socket-client.ts';
import { temporarySandbox } from '../../testing/temporary-sandbox.ts';
import { type SendpayHop, WorldClient } from '../../testing/world-client.ts';

const START = 1_800_000_000n * 1_000_000_000n;
const TOTAL = 100_000;

const TIMED_OUT = {
  code: 203,
  message: 'failed: WIRE_MPP_TIMEOUT (reply from remote)',
  data: { failcode: 0x17, failcodename: 'WIRE_MPP_TIMEOUT' },
};

/** Sends parts of an invoice of 100,000 msat along a route. */
async function partsOf(client: WorldClient, bolt11: string, route: readonly SendpayHop[]) {
  const { payment_hash, payment_secret } = await client.call<Record<string, string>>('decode', [
    bolt11,
  ]);
  const fees = route.map(({ amount_msat }) => amount_msat - (route.at(-1)?.amount_msat ?? 0));
  const send = (partid: number, amount: number): Promise<unknown> =>
    client.call('sendpay', {
      route: route.map((hop, index) => ({ ...hop, amount_msat: amount + (fees[index] ?? 0) })),
      payment_hash,
      payment_secret,
      partid,
      groupid: 1,
      amount_msat: TOTAL,
    });
  const statuses = async (): Promise<string[]> => {
    const { payments } = await client.call<{ payments: { status: string }[] }>('listsendpays', {
      payment_hash,
    });
    return payments.map(({ status }) => status);
  };
  const ended = (waiter: WorldClient, partid: number): ReturnType<WorldClient['refused']> =>
    waiter.refused('waitsendpay', { payment_hash, partid, groupid: 1 });
  return { send, statuses, ended, payment_hash };
}

describe('parts of a payment whose others stay away', () => {
  async function paying(directory = temporaryDirectory()) {
    const clock = new ManualClock(START);
    const sandbox = await temporarySandbox({ directory, clock });
    const connect = async (): Promise<WorldClient> =>
      new WorldClient(await SocketClient.connect(sandbox.rpcPath));
    return { clock, sandbox, connect, client: await connect(), directory };
  }

  async function toPeer() {
    const node = await paying();
    const { client } = node;
    const channel = await client.call<{ peer_id: string; short_channel_id: string }>(
      'dev-open-channel',
    );
    const bolt11 = await client.peerInvoice(String(TOTAL));
    const hop = { id: channel.peer_id, channel: channel.short_channel_id };
    const route = [{ ...hop, amount_msat: TOTAL, delay: 9 }];
    return { ...node, bolt11, route, ...(await partsOf(client, bolt11, route)) };
  }

  test('fail after 70 seconds, for all who wait; the same parts can be sent again', async () => {
    const { clock, client, connect, send, statuses, ended } = await toPeer();
    await send(1, 30_000);
    clock.advance(40_000);
    await send(2, 30_000);
    const waiting = ended(await connect(), 1);
    clock.advance(29_999);
    expect(await statuses()).toEqual(['pending', 'pending']);
    clock.advance(1);
    expect(await statuses()).toEqual(['failed', 'failed']);
    expect(await waiting).toMatchObject(TIMED_OUT);
    expect(await client.call('listpeerchannels')).toMatchObject({ channels: [{ htlcs: [] }] });
    // The time starts again, and ends when all parts have arrived.
    await send(3, 30_000);
    clock.advance(69_999);
    await send(4, 70_000);
    clock.advance(70_000);
    expect(await statuses()).toEqual(['failed', 'failed', 'complete', 'complete']);
    expect(await client.call('dev-world')).toMatchObject({ balanced: true });
  });

  test('have the whole time again after a restart', async () => {
    const { clock, send, sandbox, directory, bolt11, route } = await toPeer();
    await send(1, 30_000);
    clock.advance(60_000);
    await sandbox.stop();
    const again = await paying(directory);
    const { statuses, ended } = await partsOf(again.client, bolt11, route);
    again.clock.advance(69_999);
    expect(await statuses()).toEqual(['pending']);
    again.clock.advance(1);
    expect(await statuses()).toEqual(['failed']);
    expect(await ended(again.client, 1)).toMatchObject({ code: 203 });
  });

  test('stay pending while the destination holds them', async () => {
    const { clock, client, send, statuses } = await toPeer();
    await send(1, 30_000);
    await client.call('dev-set-peer', ['hold']);
    clock.advance(80_000);
    expect(await statuses()).toEqual(['pending']);
    await client.call('dev-set-peer', ['accept']);
    clock.advance(69_999);
    expect(await statuses()).toEqual(['pending']);
    clock.advance(1);
    expect(await statuses()).toEqual(['failed']);
  });

  test('of our own invoice, whose route returns to us, fail', async () => {
    const { clock, client } = await paying();
    const route = await client.circle(TOTAL, 2);
    const invoice = { amount_msat: TOTAL, label: 'own', description: 'd' };
    const { bolt11 } = await client.call<{ bolt11: string }>('invoice', invoice);
    const { send, statuses, ended } = await partsOf(client, bolt11, route);
    await send(1, 40_000);
    clock.advance(69_999);
    expect(await statuses()).toEqual(['pending']);
    clock.advance(1);
    expect(await statuses()).toEqual(['failed']);
    expect(await ended(client, 1)).toMatchObject({ code: 203 });
    await send(2, 40_000);
    clock.advance(60_000);
    await send(3, 60_000);
    expect(await statuses()).toEqual(['failed', 'complete', 'complete']);
    expect(await client.call('dev-world')).toMatchObject({ balanced: true });
  });

  test('of another sandbox fail at the payee, the forwarder and the payer', async () => {
    const world = temporaryDirectory();
    const clock = new ManualClock(START);
    const [alice, bob] = [await SharedNode.inWorld(world), await SharedNode.inWorld(world)];
    const directory = temporaryDirectory();
    let carol = await SharedNode.inWorld(world, { clock, directory });
    const first = await alice.openChannelTo(bob, 1_000_000);
    const second = await bob.openChannelTo(carol, 1_000_000);
    const bolt11 = await carol.invoice('parts', TOTAL);
    const route = [
      { id: bob.id, channel: first, amount_msat: TOTAL + 2, delay: 16 },
      { id: carol.id, channel: second, amount_msat: TOTAL, delay: 10 },
    ];
    const { send, statuses, ended, payment_hash } = await partsOf(alice, bolt11, route);
    const arrived = (): Promise<unknown> =>
      carol.until<{ htlcs: { state: string }[] }>('listhtlcs', {}, ({ htlcs }) =>
        htlcs.some(({ state }) => state === 'RCVD_ADD_ACK_REVOCATION'),
      );
    await send(1, 40_000);
    await arrived();
    clock.advance(69_999);
    await carol.call('getinfo');
    expect(await statuses()).toEqual(['pending']);
    // After a restart of the payee, the time starts again.
    await carol.sandbox.stop();
    carol = await SharedNode.inWorld(world, { clock, directory });
    await arrived();
    clock.advance(69_999);
    await carol.call('getinfo');
    expect(await statuses()).toEqual(['pending']);
    const waiting = ended(await alice.apart(), 1);
    clock.advance(1);
    await carol.call('getinfo');
    expect(await waiting).toMatchObject({ ...TIMED_OUT, data: { erring_node: carol.id } });
    const { forwards } = await bob.call<{ forwards: object[] }>('listforwards');
    expect(forwards).toMatchObject([{ status: 'failed' }]);

    await bob.until<{ peers: { id: string; connected: boolean }[] }>('listpeers', {}, (list) =>
      list.peers.every(({ id, connected }) => id !== carol.id || connected),
    );
    await send(2, 40_000);
    await arrived();
    clock.advance(69_999);
    await send(3, 60_000);
    expect(await alice.call('waitsendpay', { payment_hash, partid: 3 })).toMatchObject({
      status: 'complete',
    });
    clock.advance(70_000);
    await carol.call('getinfo');
    expect(await statuses()).toEqual(['failed', 'complete', 'complete']);
    for (const node of [alice, bob, carol]) {
      expect(await node.call('dev-world')).toMatchObject({ balanced: true });
    }
  });
});
