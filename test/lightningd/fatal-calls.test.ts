import { expect, test } from 'vitest';
import { post } from '../support/http.ts';
import { useNode } from '../support/use-node.ts';

/** Calls on which lightningd v26.06.6 stops, and the largest ones that it survives. */
const node = useNode();

const ID = '022d223620a359a47ff7f7ac447c85c46c923da53389221a0054c11c1e3ca31d59';
const LONG = 'x'.repeat(1_000);
const PARTS = Array.from({ length: 6 }, () => 'x'.repeat(150));
const HASH = '11'.repeat(32);
const HOP = { pubkey: ID, payload: '0101' };
const SIGNATURE = `dh${'y'.repeat(102)}`;
const LAYER = 'l'.repeat(150_000);

async function statusOf(method: string, params: unknown): Promise<number> {
  const rune = await node().rune();
  const body = typeof params === 'string' ? params : JSON.stringify(params);
  return (await post(node(), `/v1/${method}`, rune, body)).status;
}

test.each([
  ['listpeers', { id: 'x'.repeat(300_000) }],
  ['listaddresses', { address: LONG }],
  ['listaddresses', { address: PARTS }],
  ['check', `{"address":"${LONG}","0":"getinfo","command_to_check":"listaddresses"}`],
  ['check', { command_to_check: 'withdraw', destination: LONG, satoshi: 1_000 }],
  ['withdraw', { destination: LONG, satoshi: 1_000 }],
  ['txprepare', { outputs: [{ [LONG]: 1_000 }] }],
  ['invoice', { amount_msat: 1, label: 'a', description: 'b', fallbacks: [LONG] }],
  ['signmessagewithkey', { message: 'hello', address: LONG }],
  ['fundchannel_start', { id: ID, amount: 100_000, close_to: LONG }],
  ['splicein', { channel: LONG, amount: 1 }],
  ['splicein', { channel: PARTS, amount: 1 }],
  ['splicein', { channel: '1x1x1', amount: LONG }],
  ['dev-splice', { script_or_json: `* -> ${LONG}` }],
  ['invoice', { amount_msat: 1, label: 'a', description: 'b', expiry: '1152921504606846976' }],
  ['invoice', { amount_msat: 1, label: 'a', description: 'b', expiry: -1 }],
  ['invoice', { amount_msat: 1, label: 'a', description: 'b', expiry: ' 0x1000000000000000' }],
  ['addpsbtoutput', { satoshi: 2_100_000_000_000_001 }],
  ['addpsbtoutput', { satoshi: '02100000000000001msat' }],
  ['addpsbtoutput', { satoshi: '2100000000000001sats' }],
  ['askrene-inform-channel', ['a', '1x1x1/0', 1_000, 'x']],
  ['funderupdate', { policy_mod: 'f'.repeat(75) }],
  ['abort_channels', {}],
  ['stfu_channels', {}],
  ['check', { command_to_check: 'stfu_channels' }],
  ['blacklistrune', { start: 50, end: 40 }],
  ['blacklistrune', { start: '0x50', end: '0x40' }],
  ['destroyrune', { start: 50, end: 40 }],
  ['destroyrune', { start: -5, end: 10 }],
  ['checkmessage', { message: 'a', zbase: 'd'.repeat(104) }],
  ['check', ['checkmessage', 'a', 'y'.repeat(104)]],
  ['createonion', { hops: [HOP], assocdata: HASH, onion_size: 2 ** 32 - 1 }],
  ['createonion', [Array.from({ length: 700 }, () => HOP), HASH, null, 65_535]],
  ['datastore', { key: ['a', ''], string: 'b' }],
  ['payersign', ['invoice_request', 'signature', HASH, '']],
  ['payersign', ['invoice_request', 'signature', HASH, 'ff'.repeat(65_536)]],
  ['bkpr-report', { format: `{${'x'.repeat(140_000)}` }],
  ['addscriptpubkeywatch', ['a', 'x', 1]],
  ['offer', { amount: '10éé', description: 'a' }],
  ['sendcustommsg', { node_id: ID, msg: 'hello' }],
  [
    'signpsbt',
    {
      psbt: 'cHNidP8BADMCAAAAAQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fAAAAAAD9////AAAAAAAAAA==',
    },
  ],
  ['funderupdate', { policy_mod: ['created', 'created', 'created'] }],
  ['bkpr-editdescriptionbypaymentid', { payment_id: HASH, description: 'd'.repeat(90_000) }],
])('%s does not reach the node', async (method, params) => {
  expect(await statusOf(method, params)).toBe(400);
  await node().rpc.call('getinfo');
});

test.each([
  ['listpeers', { id: 'x'.repeat(249_000) }],
  ['listpeers', [`"${'\\'.repeat(124_000)}`]],
  ['listaddresses', { address: 'x'.repeat(200) }],
  ['listaddresses', { address: '"'.repeat(200) }],
  ['withdraw', { destination: 'x'.repeat(200), satoshi: 1_000 }],
  ['invoice', { amount_msat: 1, label: 'c', description: 'b', expiry: 2 ** 53 }],
  ['addpsbtoutput', { satoshi: 2_100_000_000_000_000 }],
  ['funderupdate', { policy: 'x'.repeat(58) }],
  ['datastore', { key: 'large', string: 'x'.repeat(3_000_000) }],
  ['checkmessage', { message: 'a', zbase: SIGNATURE }],
  ['checkmessage', { message: 'a', zbase: 'd'.repeat(103) }],
  [
    'createonion',
    { hops: Array.from({ length: 100 }, () => HOP), assocdata: HASH, onion_size: 65_535 },
  ],
  ['payersign', ['invoice_request', 'signature', HASH, 'ff'.repeat(65_535)]],
  ['funderupdate', { policy_mod: '0.00001btc' }],
  ['offer', { amount: 'any', description: '☕' }],
  ['bkpr-editdescriptionbypaymentid', [HASH, 'é'.repeat(39_900)]],
  ['bkpr-report', { format: `{${'x'.repeat(99_000)}` }],
  ['datastore', { key: ['large', 'x'.repeat(249_000)], hex: 'zz' }],
])('the node survives the largest call of %s', async (method, params) => {
  expect(await statusOf(method, params)).not.toBe(503);
  await node().rpc.call('getinfo');
});

test('large parameters that the node logs together do not reach it', async () => {
  expect(await statusOf('askrene-create-layer', { layer: LAYER })).toBe(201);
  const bias = { layer: LAYER, short_channel_id_dir: '1x1x1/0', bias: 1 };
  expect(await statusOf('askrene-bias-channel', bias)).toBe(201);
  const description = 'd'.repeat(150_000);
  expect(await statusOf('askrene-bias-channel', { ...bias, description })).toBe(400);
  await node().rpc.call('getinfo');
});

test('a layer that would keep the node from starting is not made', async () => {
  const layer = 'persistent';
  expect(await statusOf('askrene-create-layer', { layer, persistent: true })).toBe(201);
  const bias = { layer, node: ID, direction: 'in', bias: 5 };
  expect(await statusOf('askrene-bias-node', { ...bias, description: 'd' })).toBe(400);
  expect(await statusOf('askrene-bias-node', bias)).toBe(201);
  const inform = ['askrene-inform-channel', layer, '1x1x1/0', 1_000];
  expect(await statusOf('check', [...inform, 'succeeded'])).toBe(400);
  expect(await statusOf('check', [...inform, 'constrained'])).toBe(201);
  await node().rpc.call('getinfo');
});

test('a key of the data store with an empty component is found again', async () => {
  const entry = { key: ['b', '', 'c'], string: 'd', mode: 'create-or-replace' };
  for (let count = 0; count < 2; count++) expect(await statusOf('datastore', entry)).toBe(201);
});
