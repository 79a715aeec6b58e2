import { describe, expect, test } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { SocketClient } from '../testing/socket-client.ts';
import { temporarySandbox } from '../testing/temporary-sandbox.ts';
import { WorldClient } from '../testing/world-client.ts';

const START = 1_795_195_305_000_000_000n;

interface Opened {
  readonly peer_id: string;
  readonly channel_id: string;
  readonly short_channel_id: string;
}

async function open(options: Parameters<typeof WorldClient.start>[0] = {}) {
  const client = await WorldClient.start(options);
  return { client, channel: await client.call<Opened>('dev-open-channel') };
}

function keysOf(value: unknown): string[] {
  return Object.keys(value as object);
}

describe('a payment', () => {
  test('returns the members of lightningd, and is listed', async () => {
    const { client, channel } = await open();
    const bolt11 = await client.peerInvoice('100000');
    const paid = await client.call<Record<string, unknown>>('pay', { bolt11, label: 'mine' });
    expect(keysOf(paid)).toEqual(
      'payment_preimage amount_msat amount_sent_msat parts destination payment_hash status created_at'.split(
        ' ',
      ),
    );
    const again = await client.call<Record<string, unknown>>('pay', [bolt11]);
    expect(again).toMatchObject({ payment_preimage: paid['payment_preimage'], status: 'complete' });
    expect(await client.refused('xpay', [bolt11])).toEqual({
      code: 219,
      message: 'Already paid this invoice successfully',
    });
    const { pays } = await client.call<{ pays: unknown[] }>('listpays', [bolt11]);
    expect(keysOf(pays[0])).toEqual(
      'bolt11 destination payment_hash status created_at completed_at label preimage amount_msat amount_sent_msat created_index updated_index'.split(
        ' ',
      ),
    );
    const xpaid = await client.call('xpay', [await client.peerInvoice('5')]);
    expect(keysOf(xpaid)).toEqual(
      'payment_preimage amount_msat amount_sent_msat failed_parts successful_parts'.split(' '),
    );
    const sent = await client.call<{ payments: unknown[] }>('listsendpays');
    expect(keysOf(sent.payments[0])).toEqual(
      'created_index id payment_hash groupid updated_index partid destination amount_msat amount_sent_msat created_at completed_at status payment_preimage label bolt11'.split(
        ' ',
      ),
    );
    expect(await client.call('listfunds')).toMatchObject({
      channels: [{ channel_id: channel.channel_id, our_amount_msat: 500_000_000 - 100_000 - 5 }],
    });
  });

  test('fails with the codes and messages of lightningd', async () => {
    const clock = new ManualClock(START);
    const { client, channel } = await open({ clock });
    const refuse = async (params: unknown, method = 'pay') => client.refused(method, params);
    const any = await client.peerInvoice('any');
    expect(await refuse([any])).toEqual({ code: -32602, message: 'amount_msat required' });
    const some = await client.peerInvoice('1000');
    expect(await refuse([some, 2000])).toEqual({
      code: -32602,
      message: 'amount_msat unnecessary',
    });
    expect(await refuse(['nonsense'])).toMatchObject({ code: -32602 });
    expect(await refuse([await client.peerInvoice('500000000')])).toEqual({
      code: 205,
      message: `Failed: We could not find a usable set of paths. The shortest path is ${channel.short_channel_id}, but ${channel.short_channel_id}/${await direction(client)} layer auto.localchans says max is 490000000msat`,
    });
    expect(await refuse([await client.peerInvoice('1', { peer: 'erin' })])).toEqual({
      code: 205,
      message: 'Failed: There is no connection between source and destination at all',
    });
    const short = await client.peerInvoice('1000', { expiry: 1 });
    clock.advance(3000);
    expect(await refuse([short])).toEqual({
      code: 207,
      message: 'Invoice expired 2 seconds ago',
    });
    await client.call('dev-open-channel', { peer: 'carol', from: 'bob' });
    const far = await client.peerInvoice('300000', { peer: 'carol' });
    expect(await refuse({ bolt11: far, maxfee: 0 })).toEqual({
      code: 206,
      message: 'Failed: Could not find route without excessive cost',
    });
    expect(await client.call('pay', [far])).toMatchObject({ amount_sent_msat: 300_004 });
    await client.call('dev-set-peer', ['reject']);
    expect(await refuse([some])).toEqual({
      code: 203,
      message: "Destination said it doesn't know invoice: incorrect_or_unknown_payment_details",
    });
    await client.call('dev-set-peer', ['hold']);
    expect(await refuse({ bolt11: some, retry_for: 0 })).toMatchObject({ code: 210 });
    await client.call('dev-set-peer', ['fail']);
    expect(await refuse([some])).toMatchObject({ code: 205 });
    await client.call('dev-disconnect');
    expect(await refuse([some])).toEqual({
      code: 205,
      message:
        'Failed: We could not find a usable set of paths. All 1 channels to the source are disabled.',
    });
    const { pays } = await client.call<{ pays: object[] }>('listpays', [some]);
    // One entry for each call of `pay`, as in lightningd.
    const failed = { status: 'failed', amount_sent_msat: 0 };
    expect(pays).toMatchObject([failed, failed, failed]);
  });

  test('that is held continues when the peer accepts payments again', async () => {
    const { client } = await open();
    const bolt11 = await client.peerInvoice('1000');
    await client.call('dev-set-peer', ['hold']);
    client.socket.write(
      `{"jsonrpc":"2.0","id":"held","method":"pay","params":["${bolt11}"]}{"jsonrpc":"2.0","id":"accept","method":"dev-set-peer","params":["accept"]}`,
    );
    const replies = [await client.socket.read(), await client.socket.read()];
    expect(replies[0]).toContain('"id":"accept"');
    expect(replies[1]).toContain('"status":"complete"');
  });

  test('from a peer is refused if no channel can carry it', async () => {
    const { client } = await open();
    const { bolt11 } = await client.call<{ bolt11: string }>('invoice', [495_000_000, 'l', 'd']);
    expect(await client.refused('dev-peer-pay', [bolt11])).toMatchObject({ code: 205 });
    expect(await client.call('listinvoices', ['l'])).toMatchObject({
      invoices: [{ status: 'unpaid' }],
    });
  });

  test('that fails changes nothing', async () => {
    const { client } = await open();
    const before = await client.call('dev-world');
    expect(
      await client.refused('dev-open-channel', { amount: 20_000, push_msat: '1btc' }),
    ).toMatchObject({
      code: -32602,
    });
    expect(await client.call('dev-world')).toEqual(before);
  });
});

async function direction(client: WorldClient): Promise<number> {
  const { channels } = await client.call<{ channels: { direction: number }[] }>('listpeerchannels');
  return channels[0]?.direction ?? -1;
}

describe('a forwarded payment', () => {
  test('needs no preparation with the defaults', async () => {
    const client = await WorldClient.start();
    expect(await client.call('dev-forward', [5000])).toMatchObject({ status: 'settled' });
    // The channels of the first forward carry the next one.
    expect(await client.call('dev-forward', [5000])).toMatchObject({ status: 'settled' });
    const { channels } = await client.call<{ channels: unknown[] }>('listpeerchannels');
    expect(channels).toHaveLength(2);
    expect(await client.call('dev-world')).toMatchObject({ balanced: true });
  });

  test.each(['5000000000msat', '1btc'])(
    'can be larger than the default channel: %s',
    async (amount) => {
      const client = await WorldClient.start();
      expect(await client.call('dev-forward', [amount])).toMatchObject({ status: 'settled' });
    },
  );

  test('between named nodes needs their channels', async () => {
    const client = await WorldClient.start();
    expect(await client.refused('dev-forward', { amount_msat: 5000, from: 'bob' })).toMatchObject({
      code: 205,
    });
    expect(await client.refused('dev-forward', ['21000000btc'])).toMatchObject({ code: 205 });
    expect(await client.call('listpeerchannels')).toEqual({ channels: [] });
  });
});

describe('channels and the wallet', () => {
  test('from an address to a channel and back', async () => {
    const client = await WorldClient.start();
    expect(await client.call('getinfo')).toMatchObject({ num_peers: 0, blockheight: 101 });
    const { p2tr } = await client.call<{ p2tr: string }>('newaddr');
    await client.call('dev-fund-wallet', ['2000000sat', p2tr]);
    const [, bob] = (await client.call<{ nodes: { id: string }[] }>('dev-world')).nodes;
    await client.call('connect', [bob?.id]);
    await client.call('fundchannel', { id: bob?.id, amount: 1_000_000, push_msat: 300_000_000 });
    expect(await client.call('getinfo')).toMatchObject({ num_peers: 1, num_pending_channels: 1 });
    await client.call('dev-mine');
    expect(await client.call('getinfo')).toMatchObject({
      num_active_channels: 1,
      blockheight: 103,
    });
    expect(await client.refused('disconnect', [bob?.id])).toEqual({
      code: -1,
      message: 'Peer has (at least one) channel in state CHANNELD_NORMAL',
    });
    await client.call('close', [bob?.id]);
    await client.call('dev-mine', [99]);
    expect(await client.call('getinfo')).toMatchObject({ num_inactive_channels: 1 });
    await client.call('dev-mine');
    expect(await client.call('listpeerchannels')).toEqual({ channels: [] });
    expect(await client.refused('withdraw', [p2tr, '1btc'])).toMatchObject({ code: 301 });
    await client.call('withdraw', [p2tr, 'all']);
    expect(await client.call('dev-world')).toMatchObject({ balanced: true });
  });

  test('disconnect reads force only for a known peer', async () => {
    const { client, channel } = await open();
    const message = `force: should be 'true' or 'false': invalid token '"x"'`;
    expect(await client.refused('disconnect', [channel.peer_id, 'x'])).toEqual({
      code: -32602,
      message,
    });
    const stranger = '02eec7245d6b7d2ccb30380bfbe2a3648cd7a942653f5aa340edcea1f283686619';
    expect(await client.refused('disconnect', [stranger, 'x'])).toMatchObject({
      message: `Unknown peer '${stranger}'`,
    });
  });

  test('an invoice warns if its peers have no other channels', async () => {
    const { client } = await open();
    const invoice = (label: string) => client.call<object>('invoice', [1000, label, 'd']);
    expect(await invoice('dead end')).toHaveProperty(
      'warning_deadends',
      'Insufficient incoming capacity, once dead-end peers were excluded',
    );
    await client.call('dev-open-channel', { peer: 'carol', from: 'bob' });
    expect(Object.keys(await invoice('on')).filter((key) => key.startsWith('warning'))).toEqual([]);
  });

  test('getroute reports that the shortest route is too long', async () => {
    const { client, channel } = await open();
    const route = { id: channel.peer_id, amount_msat: 1000, riskfactor: 1, maxhops: 0 };
    expect(await client.refused('getroute', route)).toEqual({
      code: 205,
      message: 'Shortest route was 1',
    });
  });

  test('limits of a payment have the errors of lightningd', async () => {
    const { client, channel } = await open();
    const bolt11 = await client.peerInvoice('1000');
    expect(await client.refused('xpay', { invstring: bolt11, maxdelay: 0 })).toEqual({
      code: 206,
      message: 'Failed: Could not find route without excessive delays',
    });
    expect(await client.refused('xpay', { invstring: bolt11, layers: ['x'] })).toEqual({
      code: -32602,
      message: 'Failed: layers: unknown layer: invalid token \'\\"x\\"\'',
    });
    const route = {
      source: (await client.call<{ id: string }>('getinfo')).id,
      destination: channel.peer_id,
    };
    const rest = { amount_msat: 1000, maxfee_msat: 0, final_cltv: 9 };
    const automatic = ['auto.localchans', 'auto.sourcefree'];
    const { routes } = await client.call<{ routes: object[] }>('getroutes', {
      ...route,
      ...rest,
      layers: automatic,
    });
    expect(routes).toHaveLength(1);
    expect(
      await client.refused('getroutes', { ...route, ...rest, layers: ['mine'] }),
    ).toMatchObject({ code: -32602 });
    const keysend = { destination: channel.peer_id, amount_msat: 1000, maxdelay: 0 };
    expect(await client.refused('keysend', keysend)).toMatchObject({ code: 210 });
    await client.call('pay', [bolt11]);
    expect(await client.refused('pay', [bolt11, 1])).toEqual({
      code: -32602,
      message: 'amount_msat unnecessary',
    });
  });

  test('invoice warns if no channel can receive the amount', async () => {
    const { client } = await open();
    expect(await client.call('invoice', [1000, 'a', 'd'])).not.toHaveProperty('warning_capacity');
    expect(await client.call('invoice', ['0.1btc', 'b', 'd'])).toHaveProperty('warning_capacity');
    await client.call('dev-disconnect');
    expect(await client.call('invoice', [1000, 'c', 'd'])).toHaveProperty('warning_offline');
  });

  test('wait and waitblockheight return when the event happens', async () => {
    const { client, channel } = await open();
    client.socket.write(
      '{"jsonrpc":"2.0","id":"w","method":"wait","params":["sendpays","created",1]}',
    );
    client.socket.write('{"jsonrpc":"2.0","id":"b","method":"waitblockheight","params":[104]}');
    client.socket.write(
      `{"jsonrpc":"2.0","id":"k","method":"keysend","params":["${channel.peer_id}",5]}{"jsonrpc":"2.0","id":"m","method":"dev-mine","params":[]}`,
    );
    const replies = [];
    for (let i = 0; i < 4; i++) replies.push(await client.socket.read());
    const text = replies.join('\n');
    expect(text).toMatch(
      /"id":"w","result":\{"subsystem":"sendpays","created":1,"details":\{"status":"pending","partid":0,/,
    );
    expect(text).toContain('"id":"b","result":{"blockheight":104}');
    expect(await client.refused('waitblockheight', [9999, 0])).toEqual({
      code: 2000,
      message: 'Timed out.',
    });
  });

  test.each([
    ['wait', ['sendpays', 'created', 1]],
    ['waitblockheight', [9999]],
    ['waitanyinvoice', []],
  ])('%s: a client that disconnects while it waits causes no error', async (method, params) => {
    const sandbox = await temporarySandbox();
    const disconnecting = await SocketClient.connect(sandbox.rpcPath);
    const observer = await SocketClient.connect(sandbox.rpcPath);
    disconnecting.write(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }));
    await observer.call('getinfo');
    disconnecting.socket.destroy();
    await disconnecting.read();
    for (let i = 0; i < 3; i++) await observer.call('getinfo');
    expect(sandbox.lines.filter((line) => line.includes('**BROKEN**'))).toEqual([]);
  });

  test('connect and listpeers validate all parameters', async () => {
    const { client, channel } = await open();
    const refused = (method: string, params: unknown) => client.refused(method, params);
    const invalid = (message: string) => ({ code: -32602, message });
    expect(await refused('connect', [channel.peer_id, '127.0.0.1', 99999])).toEqual(
      invalid("port: should be a 16-bit integer: invalid token '99999'"),
    );
    expect(await refused('connect', [channel.peer_id, '127.0.0.1', 0])).toEqual(
      invalid("port: should be non-zero: invalid token '0'"),
    );
    expect(await refused('connect', { id: channel.peer_id, port: 9735 })).toEqual(
      invalid("Can't specify port without host"),
    );
    const twice = "Can't specify host as both xxx@yyy and separate argument";
    for (const [params, message] of [
      [[`${channel.peer_id}@there`, 'here'], twice],
      [{ host: 'here', id: `${channel.peer_id}@there` }, twice],
      [
        { id: `${channel.peer_id}@there:9735`, port: 9735 },
        "Can't specify port as both xxx@yyy:port and separate argument",
      ],
      [[`${channel.peer_id}@there:x`], 'malformed host @part'],
      [[`${channel.peer_id}@there:65536`], 'malformed host @part'],
      [[`${channel.peer_id}@[::1`], 'malformed host @part'],
      [[`${channel.peer_id}@[::1]:`], 'malformed host @part'],
      [['02aa@there'], 'id: should be a node id: invalid token \'"02aa@there"\''],
    ] as const) {
      expect(await refused('connect', params)).toEqual(invalid(message));
    }
    const unplaced = { command_to_check: 'connect', id: channel.peer_id, port: 9735 };
    expect(await refused('check', unplaced)).toEqual(invalid("Can't specify port without host"));
    for (const place of ['', '@there', '@there:1', '@[::1]', '@[::1]:1', '@::1', '@there:'].map(
      (at) => channel.peer_id.toUpperCase() + at,
    )) {
      expect(await client.call('connect', [place])).toMatchObject({ id: channel.peer_id });
    }
    expect(await client.call('connect', [`${channel.peer_id}@there`, null, 1])).toMatchObject({
      id: channel.peer_id,
    });
    expect(await refused('listpeers', { level: 'loud' })).toEqual(
      invalid("level: should be 'io', 'debug', 'info', or 'unusual': invalid token '\"loud\"'"),
    );
    expect(await client.call('listpeers')).not.toHaveProperty('peers.0.log');
  });

  test('checkmessage verifies a signature of a lightningd node', async () => {
    const client = await WorldClient.start();
    const zbase =
      'ry1d19zfbf5qewb1en1zkguezywy5kzz53urnw3iec53ni3bt9yfkkzozg581muqr3yjefcbtdmrjkiuu66ngbq4h85sywc15o711sgf';
    const pubkey = '03b8f1c1eea20b1b2b335231ef790e1b1862cac45231a7be9ade5ae6320ecd4561';
    expect(await client.call('checkmessage', ['hello', zbase, pubkey])).toEqual({
      pubkey,
      verified: true,
    });
    expect(await client.refused('checkmessage', ['hello', zbase])).toMatchObject({ code: 1301 });
    const signed = await client.call<{ zbase: string }>('signmessage', ['hello']);
    // Without a public channel, our node is not in the graph either.
    expect(await client.refused('checkmessage', ['hello', signed.zbase])).toMatchObject({
      code: 1301,
      data: { claimed_key: expect.any(String) as string },
    });
    await client.call('dev-open-channel');
    expect(await client.call('checkmessage', ['hello', signed.zbase])).toMatchObject({
      verified: true,
    });
  });

  test.each([
    ['', 'zbase is too short'],
    ['y', 'zbase is not valid zbase32'],
    ['true', 'zbase is not valid zbase32'],
    ['0', 'zbase is not valid zbase32'],
  ])('checkmessage rejects the zbase %j', async (zbase, message) => {
    const client = await WorldClient.start();
    expect(await client.refused('checkmessage', ['hello', zbase])).toEqual({
      code: -32602,
      message,
    });
  });
});
