import { expect, test } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { WorldClient } from '../testing/world-client.ts';

interface ForwardJson {
  readonly status: string;
  readonly failreason?: string;
  readonly fee_msat: number;
  readonly out_htlc_id?: number;
}

function forward(client: WorldClient, amount_msat: number, fee_msat?: number) {
  return client.call<ForwardJson>('dev-forward', { amount_msat, fee_msat });
}

test('options set the fees, limits and delay of new channels', async () => {
  const client = await WorldClient.start({
    args: [
      '--fee-base=7',
      '--fee-per-satoshi=1000',
      '--htlc-minimum-msat=5sat',
      '--htlc-maximum-msat=9000sat',
      '--cltv-delta=40',
      '--ignore-fee-limits=false',
    ],
  });
  await client.call('dev-open-channel');
  const policy = { fee_base_msat: 7, fee_proportional_millionths: 1000 };
  const limits = { htlc_minimum_msat: 5000, htlc_maximum_msat: 9_000_000 };
  expect(await client.call('listpeerchannels')).toMatchObject({
    channels: [
      {
        ...policy,
        ignore_fee_limits: false,
        updates: {
          local: { ...policy, ...limits, cltv_expiry_delta: 40 },
          remote: { fee_base_msat: 1, htlc_minimum_msat: 5000, cltv_expiry_delta: 6 },
        },
        minimum_htlc_in_msat: 5000,
        minimum_htlc_out_msat: 5000,
        maximum_htlc_out_msat: 9_000_000,
      },
    ],
  });
  expect(await forward(client, 100_000)).toMatchObject({ status: 'settled', fee_msat: 107 });
  for (const amount of [4999, 9_000_001]) {
    expect(await forward(client, amount)).toMatchObject({
      status: 'local_failed',
      failreason: 'WIRE_TEMPORARY_CHANNEL_FAILURE',
    });
  }
  const { htlcs } = await client.call<{ htlcs: { direction: string; expiry: number }[] }>(
    'listhtlcs',
  );
  expect((htlcs[0]?.expiry ?? 0) - (htlcs[1]?.expiry ?? 0)).toBe(40);
});

test('min-capacity-sat limits new channels, and setconfig changes it', async () => {
  const client = await WorldClient.start({ args: ['--min-capacity-sat=50000'] });
  expect(await client.refused('dev-open-channel', { amount: 50_000 })).toMatchObject({
    message:
      'Not opening because with funding 50000sat and reserves 546sat/546sat channel capacity is below 50000sat',
  });
  await client.call('setconfig', { config: 'min-capacity-sat', val: 40_000, transient: true });
  await client.call('dev-open-channel', { amount: 50_000 });
});

test('setchannel accepts the old fees and limits during enforcedelay', async () => {
  const clock = new ManualClock(1_700_000_000_000_000_000n);
  const client = await WorldClient.start({ clock });
  await client.call('dev-open-channel');
  await client.call('dev-open-channel');
  await client.call('setchannel', { id: 'all', feebase: 100, htlcmax: 50_000, enforcedelay: 30 });
  expect(await forward(client, 100_000, 2)).toMatchObject({ status: 'settled', fee_msat: 2 });
  expect(await forward(client, 100_000, 1)).toMatchObject({
    status: 'local_failed',
    failreason: 'WIRE_FEE_INSUFFICIENT',
  });
  clock.advance(31_000);
  expect(await forward(client, 10_000, 2)).toMatchObject({ failreason: 'WIRE_FEE_INSUFFICIENT' });
  expect(await forward(client, 100_000)).toMatchObject({
    failreason: 'WIRE_TEMPORARY_CHANNEL_FAILURE',
  });
  // Lower fees apply at once, and the old ones are enough, too.
  await client.call('setchannel', { id: 'all', feebase: 3, htlcmax: 100_000, enforcedelay: 30 });
  expect(await forward(client, 100_000, 4)).toMatchObject({ status: 'settled' });
  const low = await forward(client, 100_000, 3);
  expect(low).toMatchObject({ status: 'local_failed' });
  expect(low.out_htlc_id).toBeUndefined();
});
