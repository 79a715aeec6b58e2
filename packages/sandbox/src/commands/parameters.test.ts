import { describe, expect, test } from 'vitest';
import { SocketClient } from '../testing/socket-client.ts';
import { temporarySandbox } from '../testing/temporary-sandbox.ts';
import { WorldClient } from '../testing/world-client.ts';

/** The expected replies are those of lightningd v26.06.6. */
const SCID = 'should be a short_channel_id of form NxNxN: invalid token';
const STRANGER = '02eec7245d6b7d2ccb30380bfbe2a3648cd7a942653f5aa340edcea1f283686619';
const FEERATE = "'feerate' should be an integer with optional perkw/perkb, not";

const calls: readonly [command: string, params: unknown, code: number, message: string][] = [
  ['listpeerchannels', [null, 'x'], -32602, `short_channel_id: ${SCID} '"x"'`],
  ['listpeerchannels', [null, '1x1'], -32602, `short_channel_id: ${SCID} '"1x1"'`],
  ['listpeerchannels', [null, '1x1x65536'], -32602, `short_channel_id: ${SCID} '"1x1x65536"'`],
  [
    'listpeerchannels',
    [STRANGER, '1x1x1'],
    -32602,
    'Must not specify more than one of short_channel_id, channel_id or id',
  ],
  ['listchannels', [1], -32602, `short_channel_id: ${SCID} '1'`],
  ['listforwards', { in_channel: 'x' }, -32602, `in_channel: ${SCID} '"x"'`],
  ['listforwards', { out_channel: [] }, -32602, `out_channel: ${SCID} '[]'`],
  [
    'listforwards',
    { in_channel: '1x1x1', index: 'created', start: 1 },
    -32602,
    'Cannot use start with in_channel or out_channel',
  ],
  [
    'listaddresses',
    ['x'],
    -1,
    'Could not parse destination address, address should be a valid address',
  ],
  ['listaddresses', { start: 0 }, -32602, 'Starting keyidx is 1; Cannot {start} with 0'],
  ['withdraw', ['ADDRESS', 10_000, 'fast'], -32602, `${FEERATE} 'fast'`],
  ['withdraw', ['ADDRESS', 10_000, -1], -32602, `${FEERATE} '-1'`],
  ['withdraw', ['ADDRESS', 10_000, '1.5perkw'], -32602, `${FEERATE} '1.5'`],
  [
    'withdraw',
    { destination: 'ADDRESS', satoshi: 10_000, utxos: ['x'] },
    -32602,
    'Could not decode outpoint ""x"", expected format: txid:output',
  ],
  [
    'getroute',
    [STRANGER, 1, 'x'],
    -32602,
    `riskfactor: should be a non-negative floating-point number: invalid token '"x"'`,
  ],
  [
    'keysend',
    { destination: STRANGER, amount_msat: 1, extratlvs: 'x' },
    -32602,
    'Could not decode the TLV object from extratlvs: "x" is not a valid JSON object.',
  ],
  ['keysend', [STRANGER, 1], 210, 'Ran out of routes to try after 1 attempt: see `paystatus`'],
  ['sendcustommsg', [STRANGER, 'x'], -32600, `No such peer: ${STRANGER}`],
  ['disconnect', ['x'], -32602, `id: invalid peer id: invalid token '"x"'`],
  [
    'fundchannel',
    ['x', 100_000],
    -32602,
    `destinations: invalid node id: invalid token '{"id":"x","amount":100000}'`,
  ],
  [
    'fundchannel',
    { id: STRANGER, amount: 100_000, request_amt: 1 },
    -32602,
    "Must pass in 'compact_lease' if requesting funds from peer",
  ],
  ['listsendpays', ['x'], -32602, 'Invalid invstring: invalid bech32 string'],
  ['listpays', ['ab1qq'], -32602, 'Invalid invstring: unexpected prefix ab'],
];

describe('invalid values', () => {
  test.each(calls)('%s %j', async (command, params, code, message) => {
    const client = await WorldClient.start();
    const { p2tr } = await client.call<{ p2tr: string }>('newaddr', ['p2tr']);
    const text = JSON.stringify(params).replaceAll('ADDRESS', p2tr);
    expect(await client.refused(command, text)).toMatchObject({ code, message });
  });

  test.each(['slow', 'normal', 'urgent', 'minimum', '6blocks', '253perkw', '1000perkb', 500])(
    'the feerate %s is valid',
    async (feerate) => {
      const client = await WorldClient.start();
      await client.call('dev-fund-wallet');
      const { p2tr } = await client.call<{ p2tr: string }>('newaddr', ['p2tr']);
      expect(await client.call('withdraw', [p2tr, 10_000, feerate])).toHaveProperty('txid');
    },
  );
});

test('fundchannel has utxos before push_msat', async () => {
  const client = await WorldClient.start();
  await client.call('dev-connect');
  await client.call('dev-fund-wallet');
  const { outputs } = await client.call<{ outputs: { txid: string; output: number }[] }>(
    'listfunds',
  );
  const { peers } = await client.call<{ peers: { id: string }[] }>('listpeers');
  const utxos = outputs.map(({ txid, output }) => `${txid}:${output}`);
  const params = [peers[0]?.id, 100_000, null, null, null, utxos, 50_000_000];
  expect(await client.call('fundchannel', params)).toHaveProperty('channel_id');
  const { channels } = await client.call<{ channels: object[] }>('listpeerchannels');
  expect(channels).toMatchObject([{ to_us_msat: 50_000_000 }]);
});

test.each([
  [[], ['bech32', 'p2tr']],
  [['--allow-deprecated-apis=false'], ['p2tr']],
])('newaddr without a type, with the options %j', async (args, kinds) => {
  const client = await WorldClient.start({ args });
  expect(Object.keys(await client.call<object>('newaddr'))).toEqual(kinds);
  expect(Object.keys(await client.call<object>('newaddr', ['bech32']))).toEqual(['bech32']);
});

test('developer-only parameters are refused without --developer', async () => {
  const { rpcPath } = await temporarySandbox();
  const client = await SocketClient.connect(rpcPath);
  const params = { amount_msat: 1, label: 'l', description: 'd', 'dev-routes': [] };
  expect((await client.call('invoice', params)).error).toMatchObject({
    message: "Parameter 'dev-routes' is developer-only",
  });
  const developer = await WorldClient.start({ args: ['--developer'] });
  expect(await developer.call('invoice', params)).toHaveProperty('bolt11');
});

test('wait has the details of each event', async () => {
  const client = await WorldClient.start();
  const details = async (index: string, value: number, event: string, params: object) => {
    const request = (id: string, method: string, given: unknown): string =>
      JSON.stringify({ jsonrpc: '2.0', id, method, params: given });
    const waiting = request('wait', 'wait', ['invoices', index, value]);
    client.socket.write(waiting + request('event', event, params));
    const replies = [await client.socket.read(), await client.socket.read()];
    const reply = replies.find((text) => text?.includes('"id":"wait"') === true) ?? '';
    return (JSON.parse(reply) as { result: { invoices: object } }).result.invoices;
  };
  const invoice = { amount_msat: 1000, label: 'l', description: 'd' };
  const created = await details('created', 1, 'invoice', invoice);
  expect(Object.keys(created)).toEqual(['status', 'label', 'bolt11']);
  expect(await details('updated', 1, 'dev-pay-invoice', { label: 'l' })).toEqual({
    status: 'paid',
    label: 'l',
  });
  const withoutDescription = { label: 'l', status: 'paid', desconly: true };
  expect(await details('updated', 2, 'delinvoice', withoutDescription)).toEqual({
    label: 'l',
    description: 'd',
  });
  const deleted = await details('deleted', 1, 'delinvoice', { label: 'l', status: 'paid' });
  expect(Object.keys(deleted)).toEqual(['status', 'label', 'bolt11']);
});

test('waitanyinvoice reads numbers of 2^63 or more as 0', async () => {
  const client = await WorldClient.start();
  const error = { code: 904, message: 'Timed out while waiting for invoice to be paid' };
  expect(await client.refused('waitanyinvoice', { timeout: -1 })).toEqual(error);
  await client.call('invoice', [1000, 'l', 'd']);
  await client.call('dev-pay-invoice', ['l']);
  expect(await client.call('waitanyinvoice', { lastpay_index: -1 })).toMatchObject({ label: 'l' });
});
