import { expect, test } from 'vitest';
import { post } from '../support/http.ts';
import { useNode } from '../support/use-node.ts';

/** Calls on which lightningd v26.06.6 stops, and the largest ones that it survives. */
const node = useNode();

const ID = '022d223620a359a47ff7f7ac447c85c46c923da53389221a0054c11c1e3ca31d59';
const LONG = 'x'.repeat(1_000);

async function statusOf(method: string, params: unknown): Promise<number> {
  const rune = await node().rune();
  return (await post(node(), `/v1/${method}`, rune, JSON.stringify(params))).status;
}

test.each([
  ['listpeers', { id: 'x'.repeat(300_000) }],
  ['listaddresses', { address: LONG }],
  ['check', { command_to_check: 'withdraw', destination: LONG, satoshi: 1_000 }],
  ['withdraw', { destination: LONG, satoshi: 1_000 }],
  ['txprepare', { outputs: [{ [LONG]: 1_000 }] }],
  ['invoice', { amount_msat: 1, label: 'a', description: 'b', fallbacks: [LONG] }],
  ['signmessagewithkey', { message: 'hello', address: LONG }],
  ['fundchannel_start', { id: ID, amount: 100_000, close_to: LONG }],
  ['splicein', { channel: LONG, amount: 1 }],
  ['invoice', { amount_msat: 1, label: 'a', description: 'b', expiry: '1152921504606846976' }],
  ['invoice', { amount_msat: 1, label: 'a', description: 'b', expiry: -1 }],
  ['addpsbtoutput', { satoshi: 2_100_000_000_000_001 }],
  ['askrene-inform-channel', ['a', '1x1x1/0', 1_000, 'x']],
  ['funderupdate', { policy_mod: 'f'.repeat(75) }],
  ['abort_channels', {}],
  ['blacklistrune', { start: 50, end: 40 }],
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
  ['funderupdate', { policy_mod: 'f'.repeat(58) }],
  ['datastore', { key: 'large', string: 'x'.repeat(3_000_000) }],
  ['datastore', { key: ['large', 'x'.repeat(249_000)], hex: 'zz' }],
])('the node survives the largest call of %s', async (method, params) => {
  expect(await statusOf(method, params)).not.toBe(503);
  await node().rpc.call('getinfo');
});
