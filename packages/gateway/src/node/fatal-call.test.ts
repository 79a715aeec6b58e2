import { describe, expect, test } from 'vitest';
import { TransportError } from '@clnrest/lightningd';
import { FakeNode } from '@clnrest/testing/fake-node';
import { call } from '@clnrest/testing/http-client';
import { testGateway } from '../testing/gateway.ts';
import { fatalCall } from './fatal-call.ts';

const LONG = 'x'.repeat(700);
const ADDRESS = 'bcrt1p9yrt34lg98muk3ad2m9gdyv38rc5kcgmurpz5kh62vsuhs4n4alssw0wxh';
const ID = '022d223620a359a47ff7f7ac447c85c46c923da53389221a0054c11c1e3ca31d59';
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
    ['splicein', { channel: LONG, amount: 1 }, 'channel'],
    ['spliceout', { channel: '1x1x1', amount: 1, destination: LONG }, 'destination'],
  ])('is %s with a long address', async (method, params, name) => {
    expect(await detailOf(method, params)).toBe(
      `lightningd would stop on these parameters: ${name} has more than 200 characters`,
    );
  });

  test.each([
    ['invoice', { amount_msat: 1, label: 'a', description: 'b', expiry: -1 }, 'expiry is negative'],
    ['invoice', [1, 'a', 'b', '1152921504606846976'], 'expiry is negative or more than 2^53'],
    ['invoice', '{"expiry":18446744073709551615}', 'expiry is negative or more than 2^53'],
    [
      'addpsbtoutput',
      { satoshi: 2_100_000_000_000_001 },
      'satoshi is more than 21,000,000 bitcoin',
    ],
    ['addpsbtoutput', ['21000000.00000001btc'], 'satoshi is more than'],
    ['addpsbtoutput', { satoshi: '2100000000000001000msat' }, 'satoshi is more than'],
    ['check', { command_to_check: 'addpsbtoutput', satoshi: 2 ** 53 }, 'satoshi is more than'],
    [
      'askrene-inform-channel',
      { layer: 'a', inform: 1 },
      'inform is not constrained, unconstrained or succeeded',
    ],
    ['askrene-inform-channel', ['a', '1x1x1/0', 1, 'x'], 'inform is not constrained'],
    ['createproof', { invstring: 'lni1', include: [0] }, 'include contains 0'],
    ['createproof', ['lni1', 'a note', ['offer_amount', '0']], 'include contains 0'],
    ['funderupdate', { policy: 'x'.repeat(200_000) }, 'policy has more than 60'],
    ['funderupdate', ['fixed', 'x'.repeat(75)], 'policy_mod has more than 60'],
    ['abort_channels', {}, 'channel_ids is missing'],
    ['abort_channels', [null], 'channel_ids is missing'],
    ['blacklistrune', { start: 50, end: 40 }, 'end is before start'],
    ['blacklistrune', ['50', '40'], 'end is before start'],
    ['fetchinvoice', { offer: 'lno1', payer_metadata: '' }, 'payer_metadata is empty'],
    [
      'fetchinvoice',
      ['lno1', 1, null, null, null, null, null, null, ''],
      'payer_metadata is empty',
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
  ])(
    'has a large parameter of %s, if the node aborts after a long line in its log',
    async (method, params) => {
      for (const version of ['v26.04', 'v26.06.6', 'v26.06.6-modded', 'v26.06.1-12-gabcdef0']) {
        expect(await detailOf(method, params, nodeOf(version))).toBe(
          'lightningd would stop on these parameters: a parameter has more than 250000 bytes. lightningd v26.06.7 and newer accept it',
        );
      }
      for (const version of [
        'v25.12.1',
        'v26.06.7',
        'v26.06.8',
        'v26.12',
        'v26.06.6-sandbox',
        '',
      ]) {
        expect(await detailOf(method, params, nodeOf(version)), version).toBeUndefined();
      }
    },
  );
});

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
    ['createproof', { invstring: 'lni1', include: [10, 'offer_amount', 100, 80] }],
    ['funderupdate', { policy: 'fixed', policy_mod: '10000000sat' }],
    ['abort_channels', { channel_ids: ['a'.repeat(64)] }],
    ['abort_channels', [['a'.repeat(64)]]],
    ['blacklistrune', { start: 40, end: 50 }],
    ['blacklistrune', { start: 40 }],
    ['blacklistrune', {}],
    ['check', { command_to_check: 'blacklistrune', start: 50, end: 40 }],
    ['check', { command_to_check: 'abort_channels' }],
    ['check', {}],
    ['fetchinvoice', { offer: 'lno1', payer_metadata: '00' }],
    ['decode', { string: LONG }],
    ['datastore', { key: 'a', string: `${LARGE}x` }],
    ['datastore', ['a', `${LARGE}x`]],
    ['xpay', { invstring: 'x'.repeat(249_000) }],
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
