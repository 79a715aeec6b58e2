import { describe, expect, test } from 'vitest';
import { TransportError } from '@clnrest/lightningd';
import { FakeNode } from '@clnrest/testing/fake-node';
import { call } from '@clnrest/testing/http-client';
import { testGateway } from '../testing/gateway.ts';
import { fatalCall } from './fatal-call.ts';

const LONG = 'x'.repeat(700);
const ADDRESS = 'bcrt1p9yrt34lg98muk3ad2m9gdyv38rc5kcgmurpz5kh62vsuhs4n4alssw0wxh';
const ID = '022d223620a359a47ff7f7ac447c85c46c923da53389221a0054c11c1e3ca31d59';
/** An array of shorter texts, of which lightningd reads the whole text. */
const PARTS = ['x'.repeat(190), 'y'.repeat(190), 'x'.repeat(190), 'x'.repeat(190)] as const;
/** One input, and none or one output: BIP 174, and version 2 of BIP 370. */
const PSBT_WITHOUT_OUTPUTS =
  'cHNidP8BADMCAAAAAQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fAAAAAAD9////AAAAAAAAAA==';
const PSBT_2_WITHOUT_OUTPUTS = 'cHNidP8BAgQCAAAAAQQBAQEFAQAB+wQCAAAAAAA=';
const PSBT_WITH_OUTPUT =
  'cHNidP8BAFICAAAAAQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fAAAAAAD9////ARAnAAAAAAAAFgAUAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
/** A signature of 65 zero bytes. */
const ZBASE = 'y'.repeat(104);
const SIGNATURE = `rb${'y'.repeat(102)}`;
const LARGE = 'x'.repeat(250_000);

/** A node of a version, which counts how often it is asked for it. */
function nodeOf(version: string): { callText(): Promise<string>; asked: number } {
  return {
    asked: 0,
    callText() {
      this.asked++;
      return Promise.resolve(JSON.stringify({ version }));
    },
  };
}

async function detailOf(
  method: string,
  params: unknown,
  node = nodeOf('v26.06.6'),
): Promise<string | undefined> {
  const text = typeof params === 'string' ? params : JSON.stringify(params);
  const refusal = await fatalCall({ method, params: text }, node, 1_000);
  return refusal?.message;
}

describe('a call on which lightningd would stop', () => {
  test.each([
    ['listaddresses', { address: LONG }, 'address'],
    ['listaddresses', [LONG], 'address'],
    ['listaddresses', `{"address":${'1'.repeat(700)}}`, 'address'],
    ['listaddresses', { address: '"'.repeat(700) }, 'address'],
    ['check', { command_to_check: 'listaddresses', address: LONG }, 'address'],
    ['check', ['listaddresses', LONG], 'address'],
    ['withdraw', { destination: LONG, satoshi: 1 }, 'destination'],
    ['txprepare', { outputs: [{ [ADDRESS]: 'all' }, { [LONG]: 1_000 }] }, 'outputs'],
    ['multiwithdraw', [[{ [LONG]: 1_000 }]], 'outputs'],
    ['invoice', { amount_msat: 1, label: 'a', description: 'b', fallbacks: [LONG] }, 'fallbacks'],
    ['invoice', [1, 'a', 'b', null, [ADDRESS, LONG]], 'fallbacks'],
    ['addpsbtoutput', { satoshi: 1_000, destination: LONG }, 'destination'],
    ['signmessagewithkey', ['hello', LONG], 'address'],
    ['fundchannel_start', { id: ID, amount: 1, close_to: LONG }, 'close_to'],
    ['openchannel_init', { id: ID, amount: 1, initialpsbt: '', close_to: LONG }, 'close_to'],
    ['fundchannel', [ID, 'all', null, null, null, null, LONG], 'close_to'],
    ['multifundchannel', { destinations: [{ id: ID, close_to: LONG }] }, 'destinations'],
    ['close', { id: '1x1x1', destination: LONG }, 'destination'],
    ['listaddresses', { address: PARTS }, 'address'],
    ['listaddresses', [{ a: PARTS }], 'address'],
    ['check', `{"address":"${LONG}","0":"getinfo","command_to_check":"listaddresses"}`, 'address'],
    ['invoice', { amount_msat: 1, label: 'a', description: 'b', fallbacks: [PARTS] }, 'fallbacks'],
    ['txprepare', { outputs: [{}, PARTS] }, 'outputs'],
    ['txprepare', { outputs: [{}, { [PARTS[0]]: 1, [PARTS[1]]: 1, [ADDRESS]: 1 }] }, 'outputs'],
    ['multifundchannel', { destinations: [{ id: ID, close_to: PARTS }] }, 'destinations'],
    ['multifundchannel', [[[ID, 'all', true, 0, LONG]]], 'destinations'],
    ['splicein', { channel: LONG, amount: 1 }, 'channel'],
    ['splicein', { channel: PARTS, amount: 1 }, 'channel'],
    ['splicein', { channel: '1x1x1', amount: LONG }, 'amount'],
    ['spliceout', { channel: '1x1x1', amount: 1, destination: LONG }, 'destination'],
  ])('is %s with a long address', async (method, params, name) => {
    expect(await detailOf(method, params)).toBe(
      `lightningd could stop on these parameters: ${name} has more than 200 characters`,
    );
  });

  test.each([
    ['invoice', { amount_msat: 1, label: 'a', description: 'b', expiry: -1 }, 'expiry is negative'],
    ['invoice', [1, 'a', 'b', '1152921504606846976'], 'expiry is negative or more than 2^53'],
    ['invoice', '{"expiry":18446744073709551615}', 'expiry is negative or more than 2^53'],
    ['invoice', { expiry: '0x1000000000000000' }, 'expiry is negative or more than 2^53'],
    [
      'invoice',
      { expiry: '0X00000000000000000000000010000000 00000000'.replace(' ', '') },
      'expiry',
    ],
    ['invoice', { expiry: '0100000000000000000000' }, 'expiry is negative or more than 2^53'],
    ['invoice', { expiry: ' +1152921504606846976' }, 'expiry is negative or more than 2^53'],
    ['invoice', { expiry: `-${'0'.repeat(100)}1` }, 'expiry is negative or more than 2^53'],
    [
      'addpsbtoutput',
      { satoshi: 2_100_000_000_000_001 },
      'satoshi is more than 21,000,000 bitcoin',
    ],
    ['addpsbtoutput', ['21000000.00000001btc'], 'satoshi is more than'],
    ['addpsbtoutput', { satoshi: '2100000000000001000msat' }, 'satoshi is more than'],
    ['addpsbtoutput', { satoshi: '2100000000000001sat or so' }, 'satoshi is more than'],
    ['addpsbtoutput', { satoshi: `${'0'.repeat(100)}2100000000000001` }, 'satoshi is more than'],
    ['addpsbtoutput', { satoshi: '02100000000000001msat' }, 'satoshi is more than'],
    ['addpsbtoutput', { satoshi: '9'.repeat(200) }, 'satoshi is more than'],
    ['check', { command_to_check: 'addpsbtoutput', satoshi: 2 ** 53 }, 'satoshi is more than'],
    [
      'askrene-inform-channel',
      { layer: 'a', inform: 1 },
      'inform is not constrained, unconstrained or succeeded',
    ],
    ['askrene-inform-channel', ['a', '1x1x1/0', 1, 'x'], 'inform is not constrained'],
    ['check', ['askrene-inform-channel', 'a', '1x1x1/0', 1, 'succeeded'], 'inform is succeeded'],
    ['askrene-bias-node', ['a', ID, 'in', 5, 'a note'], 'description is set: omit it'],
    ['askrene-bias-node', { layer: 'a', description: '' }, 'description is set: omit it'],
    ['createproof', { invstring: 'lni1', include: [0] }, 'include contains 0'],
    ['createproof', ['lni1', 'a note', ['offer_amount', '0']], 'include contains 0'],
    ['funderupdate', { policy: 'x'.repeat(200_000) }, 'policy has more than 60 bytes'],
    ['funderupdate', ['fixed', ['created']], 'policy_mod is not a number or an amount'],
    ['funderupdate', ['fixed', 'x'.repeat(75)], 'policy_mod is not a number or an amount'],
    ['offer', { amount: '10éé', description: 'a' }, 'amount is not ASCII'],
    ['offer', ['😀', 'a'], 'amount is not ASCII'],
    ['bkpr-dumpincomecsv', { csv_format: 'x' }, 'csv_format is not cointracker, harmony, koinly'],
    ['bkpr-editdescriptionbyoutpoint', { description: 'x'.repeat(80_000) }, 'description has more'],
    ['bkpr-editdescriptionbypaymentid', [ID, 'é'.repeat(40_000)], 'description has more than'],
    ['abort_channels', {}, 'channel_ids is missing'],
    ['check', { command_to_check: 'abort_channels' }, 'channel_ids is missing'],
    ['stfu_channels', {}, 'channel_ids is missing'],
    ['checkmessage', { message: 'a', zbase: ZBASE }, 'zbase is not a signature'],
    ['checkmessage', ['a', `dd${ZBASE.slice(2)}`], 'zbase is not a signature'],
    ['check', ['checkmessage', 'a', ZBASE], 'zbase is not a signature'],
    ['createonion', { hops: [], onion_size: 65_536 }, 'onion_size is more than 65535'],
    ['createonion', { hops: [], onion_size: '0xffffffff' }, 'onion_size is more than 65535'],
    ['createonion', [Array.from({ length: 101 }, () => ({}))], 'hops has more than 100 hops'],
    ['createproof', ['lni1', 'a note', ['0x0']], 'include contains 0'],
    ['datastore', { key: ['a', ''], string: 'b' }, 'key ends with an empty component'],
    ['datastore', [['a', 'b', ''], 'c'], 'key ends with an empty component'],
    ['datastore', { key: Array.from({ length: 1_001 }, () => 'a') }, 'key has more than 1000'],
    ['dev-splice', { script_or_json: `1x1x1 -> ${LONG}` }, 'script_or_json has a part of more'],
    ['dev-splice', { script_or_json: [{ bitcoin_address: LONG }] }, 'script_or_json has a part'],
    ['bkpr-report', { format: `{${'x'.repeat(100_000)}` }, 'format has more than 100000'],
    ['payersign', ['invoice_request', 'signature', ID, ''], 'tweak is not hex'],
    ['signpsbt', { psbt: PSBT_WITHOUT_OUTPUTS }, 'psbt has no outputs'],
    ['signpsbt', [PSBT_2_WITHOUT_OUTPUTS, [0]], 'psbt has no outputs'],
    ['payersign', { tweak: 'x' }, 'tweak is not hex'],
    ['fetchinvoice', { offer: 'lno1', payer_metadata: 'x' }, 'payer_metadata is not hex'],
    ['fetchinvoice', { offer: 'lno1', payer_metadata: 0 }, 'payer_metadata is not hex'],
    ['sendcustommsg', { node_id: ID, msg: '' }, 'msg is not hex'],
    ['sendcustommsg', [ID, 'x'], 'msg is not hex'],
    ['sendcustommsg', { msg: ['8001'] }, 'msg is not hex'],
    ['payersign', { tweak: '00'.repeat(65_536) }, 'tweak has more than 65535 bytes'],
    ['fetchinvoice', { payer_metadata: '00'.repeat(65_536) }, 'payer_metadata has more than 65535'],
    ['addscriptpubkeywatch', { owner: 'a', scriptpubkey: '', start_block: 1 }, 'is not hex'],
    ['abort_channels', [null], 'channel_ids is missing'],
    ['blacklistrune', { start: 50, end: 40 }, 'end is before start'],
    ['blacklistrune', ['50', '40'], 'end is before start'],
    ['blacklistrune', ['0x50', '0x40'], 'end is before start'],
    ['blacklistrune', { start: -5, end: 40 }, 'end is before start'],
    ['destroyrune', { start: 50, end: 40 }, 'end is before start'],
    ['commando-blacklist', { start: 50, end: 40 }, 'end is before start'],
    ['fetchinvoice', { offer: 'lno1', payer_metadata: '' }, 'payer_metadata is not hex'],
    [
      'fetchinvoice',
      ['lno1', 1, null, null, null, null, null, null, ''],
      'payer_metadata is not hex',
    ],
  ])('is %s with %o', async (method, params, detail) => {
    expect(await detailOf(method, params)).toContain(detail);
  });

  test.each([
    ['listpeers', { id: `${LARGE}x` }],
    ['listpeers', [`${LARGE}x`]],
    ['listpeers', { id: 'é'.repeat(125_001) }],
    ['listpeers', { id: Array.from({ length: 100_000 }, () => 22) }],
    ['datastore', { key: 'a', hex: `${LARGE}x` }],
    ['datastore', { key: 'a', string: `${LARGE}\u0001` }],
    ['plugin-command', { any: `${LARGE}x` }],
    ['plugin-command', { [`${LARGE}x`]: 1 }],
    ['askrene-bias-channel', { layer: 'x'.repeat(125_000), description: 'x'.repeat(125_000) }],
  ])(
    'has large parameters of %s, if the node aborts after a long line in its log',
    async (method, params) => {
      for (const version of [
        'v26.04',
        'v26.06.6',
        '26.06.6',
        'v26.06.6-modded',
        'v26.06.1-12-gabcdef0',
        'v26.06rc2',
        'v26.06.6-nix',
      ]) {
        expect(await detailOf(method, params, nodeOf(version))).toBe(
          'lightningd could stop on these parameters: they have more than 250000 bytes. lightningd v26.06.7 and newer accept them',
        );
      }
      for (const version of [
        'v25.12.1',
        'v26.06.7',
        'v26.06.8',
        'v26.06.10',
        'v26.12',
        'v26.06.6-sandbox',
        '',
      ]) {
        expect(await detailOf(method, params, nodeOf(version)), version).toBeUndefined();
      }
    },
  );
});

test.each(['txprepare', 'invoice', 'check'])(
  'a large call of %s is not examined, whatever the version',
  async (method) => {
    const params = { outputs: Array.from({ length: 5_000 }, () => ({ [ADDRESS]: 1_000 })) };
    const node = nodeOf('v26.12');
    expect(await detailOf(method, params, node)).toContain('250000 bytes, too many to examine');
    expect(node.asked).toBe(0);
  },
);

describe('other calls', () => {
  test.each([
    ['listaddresses', { address: ADDRESS }],
    ['listaddresses', {}],
    ['withdraw', { destination: ADDRESS, satoshi: 'all', utxos: [`${'a'.repeat(64)}:0`] }],
    ['invoice', { amount_msat: 1, label: LONG, description: LONG }],
    ['multiwithdraw', { outputs: Array.from({ length: 200 }, () => ({ [ADDRESS]: 1_000 })) }],
    ['signmessagewithkey', { message: LONG, address: ADDRESS }],
    ['invoice', { amount_msat: 1, label: 'a', description: 'b', expiry: 2 ** 53 }],
    ['invoice', { amount_msat: 1, label: 'a', description: 'b', expiry: '1h' }],
    ['check', { command_to_check: 'invoice', expiry: -1 }],
    ['addpsbtoutput', { satoshi: '21000000btc', destination: ADDRESS }],
    ['addpsbtoutput', { satoshi: '2100000000000000sat' }],
    ['addpsbtoutput', { satoshi: 'all' }],
    ['askrene-inform-channel', ['a', '1x1x1/0', 1, 'succeeded']],
    ['check', ['askrene-inform-channel', 'a', '1x1x1/0', 1, 'constrained']],
    ['askrene-bias-node', { layer: 'a', node: ID, direction: 'in', bias: 0, relative: true }],
    ['askrene-bias-channel', { layer: 'a', bias: 5, description: 'a note' }],
    ['createproof', { invstring: 'lni1', include: [10, 'offer_amount', 100, 80] }],
    ['funderupdate', { policy: 'fixed', policy_mod: '10000000sat' }],
    ['funderupdate', { policy_mod: '0.5btc' }],
    ['funderupdate', { policy_mod: 100 }],
    ['bkpr-dumpincomecsv', ['koinly', 'a.csv']],
    ['offer', { amount: '10.5EUR', description: '☕' }],
    ['bkpr-editdescriptionbypaymentid', [ID, 'é'.repeat(39_000)]],
    ['abort_channels', { channel_ids: ['a'.repeat(64)] }],
    ['abort_channels', [['a'.repeat(64)]]],
    ['blacklistrune', { start: 40, end: 50 }],
    ['blacklistrune', { start: 40 }],
    ['blacklistrune', {}],
    ['check', { command_to_check: 'blacklistrune', start: 50, end: 40 }],
    ['signpsbt', { psbt: PSBT_WITH_OUTPUT }],
    ['signpsbt', { psbt: PSBT_WITH_OUTPUT.slice(0, 40) }],
    ['signpsbt', { psbt: 'cHNidP8AAA==' }],
    ['signpsbt', { psbt: [1] }],
    ['check', { command_to_check: 'signpsbt', psbt: PSBT_WITHOUT_OUTPUTS }],
    ['check', { command_to_check: 'payersign', tweak: '' }],
    ['check', { command_to_check: 'datastore', key: ['a', ''] }],
    ['checkmessage', { message: LONG, zbase: SIGNATURE }],
    ['checkmessage', { message: 'a', zbase: ZBASE.slice(1) }],
    ['checkmessage', { message: 'a' }],
    ['createonion', { hops: [{ pubkey: ID, payload: '00' }], assocdata: '', onion_size: 32_768 }],
    ['datastore', { key: ['a', 'b'], string: '' }],
    ['datastore', { key: '', string: 'b' }],
    ['datastore', { key: [''], string: 'b' }],
    ['datastore', { key: ['', 'b'], string: 'b' }],
    ['dev-splice', { script_or_json: '1x1x1 -> 100sat; '.repeat(50) }],
    ['dev-splice', { script_or_json: [{ bitcoin_address: ADDRESS, out_sat: 1_000 }, {}, {}, {}] }],
    ['splicein', { channel: '1x1x1', amount: '1000000sat' }],
    ['stfu_channels', { channel_ids: ['a'.repeat(64)] }],
    ['payersign', ['invoice_request', 'signature', 'a'.repeat(64), '00ff']],
    ['bkpr-report', { format: '{tag}: {outpoint?{outpoint}:none}' }],
    ['multifundchannel', [[{ id: `${ID}@127.0.0.1:9735`, amount: 'all', channel_type: [12, 22] }]]],
    ['invoice', { expiry: '-18446744073709551615' }],
    ['addscriptpubkeywatch', { owner: 'a', scriptpubkey: '0014ff', start_block: 1 }],
    ['check', {}],
    ['fetchinvoice', { offer: 'lno1', payer_metadata: '00' }],
    ['fetchinvoice', { offer: 'lno1' }],
    ['sendcustommsg', { node_id: ID, msg: '8001FF' }],
    ['sendcustommsg', [ID, 8001]],
    ['sendcustommsg', { node_id: ID, msg: 'ff'.repeat(65_535) }],
    ['check', { command_to_check: 'sendcustommsg', msg: '' }],
    ['decode', { string: LONG }],
    ['datastore', { key: 'a', string: `${LARGE}x` }],
    ['datastore', ['a', `${LARGE}x`]],
    ['xpay', { invstring: 'x'.repeat(249_000) }],
    ['datastore', { key: 'a', string: `${LARGE}x`, mode: 'create-or-append' }],
  ])('%s is not refused', async (method, params) => {
    expect(await detailOf(method, params)).toBeUndefined();
  });

  test('do not ask the node for its version', async () => {
    const node = nodeOf('v26.06.6');
    await detailOf('listaddresses', { address: ADDRESS }, node);
    await detailOf('xpay', { invstring: 'x'.repeat(80_000) }, node);
    expect(node.asked).toBe(0);
  });
});

test('the rune is checked first, and the node does not get the call', async () => {
  const node = await FakeNode.start({ listaddresses: (request) => request.result('{}') });
  const { url } = await testGateway({ node });
  const answer = await call(url, 'listaddresses', JSON.stringify({ address: LONG }));
  expect(answer.status).toBe(400);
  expect(answer.body).toContain('address has more than 200 characters');
  expect(node.calls.map(({ method }) => method)).toEqual(['checkrune']);
});

test('a large parameter runs if the node is newer, or its version is not known', async () => {
  let version: string | undefined = 'v26.06.8';
  const node = await FakeNode.start({
    getinfo: (request) =>
      version === undefined
        ? request.error(-1, 'refused by a plugin')
        : request.result(JSON.stringify({ version })),
    listpeers: (request) => request.result('{"peers":[]}'),
  });
  const { url } = await testGateway({ node });
  const body = JSON.stringify({ id: `${LARGE}x` });
  expect((await call(url, 'listpeers', body)).status).toBe(201);
  version = 'v26.06.6';
  expect((await call(url, 'listpeers', body)).status).toBe(400);
  version = undefined;
  expect((await call(url, 'listpeers', body)).status).toBe(201);
  expect(node.calls.filter(({ method }) => method === 'listpeers')).toHaveLength(2);
});

test('a node that does not respond gets no large parameter', async () => {
  const node = { callText: () => Promise.reject(new TransportError('timed_out', 'no reply')) };
  const params = JSON.stringify({ id: `${LARGE}x` });
  await expect(fatalCall({ method: 'listpeers', params }, node, 1_000)).rejects.toMatchObject({
    status: 504,
  });
});
