import { expect, test } from 'vitest';
import { WorldClient } from '../testing/world-client.ts';

interface Opened {
  readonly peer_id: string;
  readonly channel_id: string;
}

async function closedChannels(client: WorldClient, id?: string) {
  const params = id === undefined ? [] : [id];
  const result = await client.call<{ closedchannels: Record<string, unknown>[] }>(
    'listclosedchannels',
    params,
  );
  return result.closedchannels;
}

test('a channel is closed for good 100 blocks after its closing transaction', async () => {
  const client = await WorldClient.start();
  const { peer_id, channel_id } = await client.call<Opened>('dev-open-channel');
  await client.call('pay', [await client.peerInvoice('100000')]);
  const { txids } = await client.call<{ txids: string[] }>('close', [channel_id]);
  await client.call('dev-mine', [99]);
  expect(await closedChannels(client)).toEqual([]);
  await client.call('dev-mine', [1]);
  const [closed = {}] = await closedChannels(client);
  expect(Object.keys(closed)).toEqual(
    'peer_id channel_id short_channel_id opener closer private channel_type total_local_commitments total_remote_commitments total_htlcs_sent funding_txid funding_outnum leased funding_pushed_msat funding_withheld total_msat final_to_us_msat min_to_us_msat max_to_us_msat last_commitment_txid last_commitment_fee_msat close_cause'.split(
      ' ',
    ),
  );
  expect(closed).toMatchObject({
    channel_id,
    opener: 'local',
    closer: 'local',
    total_local_commitments: 2,
    total_htlcs_sent: 1,
    final_to_us_msat: 499_900_000,
    max_to_us_msat: 500_000_000,
    last_commitment_txid: txids[0],
    last_commitment_fee_msat: 196_000,
    close_cause: 'user',
  });
  const { channels } = await client.call<{ channels: unknown[] }>('listpeerchannels');
  expect(channels).toEqual([]);
  expect(await closedChannels(client, peer_id)).toHaveLength(1);
  expect(
    await closedChannels(
      client,
      peer_id.replace(/^0./, (prefix) => (prefix === '02' ? '03' : '02')),
    ),
  ).toEqual([]);
});
