import { expect, test } from 'vitest';
import { WorldClient } from '../testing/world-client.ts';

type Json = Record<string, unknown>;

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
