import { expect, test } from 'vitest';
import { WorldClient } from '../testing/world-client.ts';

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
  await set({ id: second.peer_id, htlcmax: 99_999, ignorefeelimits: false });
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
