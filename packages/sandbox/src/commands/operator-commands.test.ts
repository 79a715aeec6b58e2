import { temporaryDirectory } from '@clnrest/testing';
import { expect, test } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { SocketClient } from '../testing/socket-client.ts';
import { temporarySandbox } from '../testing/temporary-sandbox.ts';
import { WorldClient } from '../testing/world-client.ts';

/** The commands with which an operator manages channels, records and backups. They share a file, because loading takes long. */

interface Opened {
  readonly short_channel_id: string;
  readonly channel_id: string;
  readonly peer_id: string;
}

type Json = Record<string, unknown>;

test('setchannel changes the fees and limits of forwards, and what the graph says', async () => {
  const client = await WorldClient.start();
  const first = await client.call<Opened>('dev-open-channel');
  const second = await client.call<Opened>('dev-open-channel', { peer: 'alice' });
  const set = (params: object): Promise<{ channels: Json[] }> => client.call('setchannel', params);
  expect(
    await set({ id: second.short_channel_id, feebase: 1000, feeppm: 5000, htlcmin: 10 }),
  ).toEqual({
    channels: [
      {
        peer_id: second.peer_id,
        channel_id: second.channel_id,
        short_channel_id: second.short_channel_id,
        fee_base_msat: 1000,
        fee_proportional_millionths: 5000,
        minimum_htlc_out_msat: 10,
        maximum_htlc_out_msat: 990_000_000,
        ignore_fee_limits: true,
      },
    ],
  });
  const forward = await client.call<Json>('dev-forward', {
    from: 'bob',
    to: 'alice',
    amount_msat: 100_000,
  });
  expect(forward).toMatchObject({ status: 'settled', fee_msat: 1500 });
  await set({ id: second.peer_id, htlcmax: 99_999, enforcedelay: 0, ignorefeelimits: false });
  const refused = { from: 'bob', to: 'alice', amount_msat: 100_000 };
  expect(await client.call('dev-forward', refused)).toMatchObject({ status: 'local_failed' });
  const { channels } = await client.call<{ channels: Json[] }>('listpeerchannels', [
    second.peer_id,
  ]);
  expect(channels).toMatchObject([
    {
      ignore_fee_limits: false,
      updates: {
        local: { fee_base_msat: 1000, htlc_maximum_msat: 99_999 },
        remote: { fee_base_msat: 1 },
      },
      maximum_htlc_out_msat: 99_999,
    },
  ]);
  const { id } = await client.call<{ id: string }>('getinfo');
  const graph = await client.call<{ channels: Json[] }>('listchannels', {
    short_channel_id: second.short_channel_id,
  });
  const fees = graph.channels.map((one) => [one['source'] === id, one['base_fee_millisatoshi']]);
  expect(fees.toSorted()).toEqual([
    [false, 1],
    [true, 1000],
  ]);
  const { channels: all } = await set({ id: 'all', htlcmax: '1btc' });
  expect(all.map((one) => [one['short_channel_id'], one['maximum_htlc_out_msat']])).toEqual([
    [first.short_channel_id, 990_000_000],
    [second.short_channel_id, 990_000_000],
  ]);
  expect(all[0]).toHaveProperty('warning_htlcmax_too_high');
  expect(await client.refused('setchannel', { id: 'all', htlcmin: 2, htlcmax: 1 })).toEqual({
    code: -1,
    message: 'htlcmax cannot be less than htlcmin',
  });
});

interface Funded {
  readonly txid: string;
  readonly channel_ids: readonly {
    readonly id: string;
    readonly channel_id: string;
    readonly outnum: number;
  }[];
  readonly failed: readonly Json[];
}

const STRANGER = `02${'79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798'}`;

test('one transaction funds several channels, which open, pay and close on their own', async () => {
  const client = await WorldClient.start();
  await client.call('dev-fund-wallet', { amount: '0.02btc' });
  const ids: string[] = [];
  for (const name of ['bob', 'alice']) {
    ids.push((await client.call<{ id: string }>('dev-connect', [name])).id);
  }
  const destinations = [
    { id: ids[0], amount: 500_000 },
    { id: STRANGER, amount: 100_000 },
    { id: `${ids[1]}@127.0.0.1:9735`, amount: 'all', push_msat: 100_000_000 },
  ];
  expect(await client.refused('multifundchannel', { destinations })).toEqual({
    code: 400,
    message: 'Unable to connect, no address known for peer',
    data: { id: STRANGER, method: 'connect' },
  });
  const funded = await client.call<Funded>('multifundchannel', { destinations, minchannels: 2 });
  expect(funded.failed).toMatchObject([{ id: STRANGER, method: 'connect', error: { code: 400 } }]);
  expect(funded.channel_ids).toMatchObject([
    { id: ids[0], outnum: 0 },
    { id: ids[1], outnum: 1 },
  ]);
  // BOLT 2: the id of the second channel differs in its last bit.
  const [first = '', second = ''] = funded.channel_ids.map(({ channel_id }) => channel_id);
  expect(BigInt(`0x${first}`) ^ BigInt(`0x${second}`)).toBe(1n);
  await client.call('dev-mine', { blocks: 6 });
  const channels = async (): Promise<Json[]> =>
    (await client.call<{ channels: Json[] }>('listpeerchannels')).channels;
  const opened = await channels();
  expect(opened.map(({ state }) => state)).toEqual(['CHANNELD_NORMAL', 'CHANNELD_NORMAL']);
  expect(opened.map((one) => String(one['short_channel_id']).split('x')[2])).toEqual(['0', '1']);
  // What lightningd keeps to close channels with anchors.
  const { outputs } = await client.call<{ outputs: Json[] }>('listfunds');
  expect(outputs).toMatchObject([{ txid: funded.txid, output: 2, amount_msat: 25_000_000 }]);
  await client.call('close', [second]);
  await client.call('dev-mine');
  expect((await channels()).map(({ state }) => state)).toEqual(['CHANNELD_NORMAL', 'ONCHAIN']);
  expect(await client.call('dev-world')).toMatchObject({ balanced: true });
});

const SECOND = 1_000_000_000n;

type Counts = Record<string, { readonly cleaned: number; readonly uncleaned?: number }>;

test('autoclean-once removes what is old enough, and the total survives a restart', async () => {
  const clock = new ManualClock(1_795_195_305n * SECOND);
  const directory = temporaryDirectory();
  const sandbox = await temporarySandbox({ clock, directory });
  const client = new WorldClient(await SocketClient.connect(sandbox.rpcPath));
  const clean = async (subsystem: string, age: number) =>
    (await client.call<{ autoclean: Counts }>('autoclean-once', [subsystem, age])).autoclean[
      subsystem
    ];
  await client.call('dev-open-channel');
  await client.call('dev-open-channel', { peer: 'alice' });
  for (const label of ['first', 'second']) {
    const { bolt11 } = await client.call<{ bolt11: string }>('invoice', [1000, label, '']);
    await client.call('dev-peer-pay', [bolt11]);
    await client.call('pay', [await client.peerInvoice('1000')]);
    await client.call('dev-forward', { from: 'bob', to: 'alice', amount_msat: 1000 });
    clock.advance(100_000);
  }
  for (const subsystem of ['paidinvoices', 'succeededpays', 'succeededforwards']) {
    expect(await clean(subsystem, 150)).toEqual({ cleaned: 1, uncleaned: 1 });
    expect(await clean(subsystem, 150)).toEqual({ cleaned: 0, uncleaned: 1 });
  }
  expect(await client.call('listinvoices')).toMatchObject({ invoices: [{ label: 'second' }] });
  expect(await client.call('listsendpays')).toMatchObject({ payments: [{}] });
  expect(await client.call('listforwards')).toMatchObject({ forwards: [{}] });
  expect(await clean('expiredinvoices', 1)).toEqual({ cleaned: 0, uncleaned: 0 });
  expect(await client.call('autoclean-once', ['paidinvoices', 0])).toEqual({ autoclean: {} });
  await sandbox.stop();
  const again = await WorldClient.start({ directory, clock });
  expect(await again.call('autoclean-status', ['paidinvoices'])).toEqual({
    autoclean: { paidinvoices: { enabled: false, cleaned: 1 } },
  });
});

test('the options clean regularly, also after setconfig', async () => {
  const { rpcPath } = await temporarySandbox({ args: ['--autoclean-paidinvoices-age=1'] });
  const connect = async () => new WorldClient(await SocketClient.connect(rpcPath));
  const client = await connect();
  expect(await client.call('autoclean-status', ['paidinvoices'])).toEqual({
    autoclean: { paidinvoices: { enabled: true, age: 1, cleaned: 0 } },
  });
  await client.call('invoice', [1000, 'paid', '']);
  const { pay_index: paid } = await client.call<{ pay_index: number }>('dev-pay-invoice', ['paid']);
  expect(paid).toBe(1);
  const deleted = (await connect()).call('wait', ['invoices', 'deleted', 1]);
  await client.call('setconfig', { config: 'autoclean-cycle', val: 1, transient: true });
  expect(await deleted).toMatchObject({ subsystem: 'invoices', deleted: 1 });
});

test('graceful disconnects idle peers, and waits for those with pending payments', async () => {
  const sandbox = await temporarySandbox();
  const client = new WorldClient(await SocketClient.connect(sandbox.rpcPath));
  const { peer_id } = await client.call<{ peer_id: string }>('dev-open-channel');
  await client.call('dev-open-channel', { peer: 'alice' });
  await client.call('dev-set-peer', ['hold']);
  const bolt11 = await client.peerInvoice('1000');
  await client.refused('xpay', { invstring: bolt11, retry_for: 0 });
  const limited = await client.call<Record<string, unknown>>('graceful', { timeout: 0 });
  expect(limited).toMatchObject({ pending_peers: [peer_id] });
  expect(limited['pending_htlc_expiries']).toHaveLength(1);
  const other = new WorldClient(await SocketClient.connect(sandbox.rpcPath));
  const waiting = other.call('graceful');
  await client.call('dev-set-peer', ['accept']);
  expect(await waiting).toEqual({});
  expect(await client.call('getinfo')).toMatchObject({ num_peers: 2 });
  const { peers } = await client.call<{ peers: { connected: boolean }[] }>('listpeers');
  expect(peers.map(({ connected }) => connected)).toEqual([false, false]);
});

test('graceful waits for payments to us, and notifies its caller', async () => {
  const sandbox = await temporarySandbox();
  const client = new WorldClient(await SocketClient.connect(sandbox.rpcPath));
  const { peer_id } = await client.call<{ peer_id: string }>('dev-open-channel');
  const ours = await client.call<{ bolt11: string; payment_hash: string }>('invoice', [
    1000,
    'a',
    'd',
  ]);
  await client.call('dev-peer-pay', { invstring: ours.bolt11, hold: true });
  const caller = await SocketClient.connect(sandbox.rpcPath);
  await caller.call('notifications', [true]);
  caller.write('{"jsonrpc":"2.0","id":7,"method":"graceful","params":[]}');
  const read = async (): Promise<unknown> => JSON.parse((await caller.read()) ?? '');
  const message = (text: string): object => ({
    jsonrpc: '2.0',
    method: 'message',
    params: { id: 7, level: 'info', message: text },
  });
  expect(await read()).toEqual(
    message(
      `Next HTLC RCVD_ADD_ACK_REVOCATION expires at block #113 (10 blocks from now) coming from peer ${peer_id} (connected)`,
    ),
  );
  expect(await client.call('graceful', [0])).toEqual({
    pending_htlc_expiries: [113],
    pending_peers: [peer_id],
  });
  await client.call('dev-settle-payment', [ours.payment_hash]);
  expect(await read()).toEqual(message('1 peers still connected'));
  expect(await read()).toEqual({ jsonrpc: '2.0', id: 7, result: {} });
});

test('exposesecret needs its option and the passphrase', async () => {
  const without = await WorldClient.start();
  expect(await without.refused('exposesecret', ['x'])).toEqual({
    code: -1,
    message: 'exposesecrets-passphrase is not set',
  });
  const client = await WorldClient.start({
    args: ['--exposesecret-passphrase=secret', '--alias=JUNIORBEAM'],
  });
  expect(await client.refused('exposesecret', ['x'])).toEqual({
    code: -1,
    message: 'passphrase does not match exposesecrets-passphrase',
  });
  expect(await client.call('exposesecret', ['secret'])).toEqual({
    identifier: 'junr',
    codex32: expect.stringMatching(/^cl10junrs[a-z0-9]{65}$/) as string,
  });
});
