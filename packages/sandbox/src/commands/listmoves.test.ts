import { expect, test } from 'vitest';
import { WorldClient } from '../testing/world-client.ts';

type Moves = Record<'chainmoves' | 'channelmoves', Record<string, unknown>[]>;

test('moves are listed by pages, and wait counts them', async () => {
  const client = await WorldClient.start();
  const { channel_id, peer_id } = await client.call<Record<string, string>>('dev-open-channel');
  for (let count = 0; count < 3; count++) await client.call('pay', [await client.peerInvoice('7')]);
  const { chainmoves } = await client.call<Moves>('listchainmoves');
  expect(chainmoves.map((move) => [move['created_index'], move['primary_tag']])).toEqual([
    [1, 'deposit'],
    [2, 'withdrawal'],
    [3, 'channel_open'],
  ]);
  expect(chainmoves[2]).toEqual({
    created_index: 3,
    account_id: channel_id,
    credit_msat: 1_000_000_000,
    debit_msat: 0,
    timestamp: expect.any(Number) as number,
    primary_tag: 'channel_open',
    extra_tags: ['opener'],
    utxo: expect.stringMatching(/^[0-9a-f]{64}:0$/) as string,
    peer_id,
    output_msat: 1_000_000_000,
    blockheight: expect.any(Number) as number,
  });
  const page = { index: 'created', start: 2, limit: 1 };
  const { channelmoves } = await client.call<Moves>('listchannelmoves', page);
  expect(channelmoves).toEqual([
    expect.objectContaining({ created_index: 2, debit_msat: 7, part_id: 1, fees_msat: 0 }),
  ]);
  const wait = { subsystem: 'channelmoves', indexname: 'created', nextvalue: 4 };
  expect(await client.call('wait', wait)).toEqual({ subsystem: 'channelmoves', created: 4 });
});

test('paging requires the only index', async () => {
  const client = await WorldClient.start();
  const refused = async (method: string, params: object): Promise<string | undefined> =>
    (await client.refused(method, params))?.message;
  expect(await refused('listchainmoves', { start: 1 })).toBe(
    'Can only specify {start} with {index}',
  );
  expect(await refused('listchainmoves', { limit: 1 })).toBe(
    'Can only specify {limit} with {index}',
  );
  expect(await refused('listchannelmoves', { index: 'updated' })).toBe(
    "index must be 'created', since channelmoves are never updated",
  );
});
