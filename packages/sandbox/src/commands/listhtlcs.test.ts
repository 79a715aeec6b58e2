import { temporaryDirectory } from '@clnrest/testing';
import { expect, test } from 'vitest';
import { SocketClient } from '../testing/socket-client.ts';
import { temporarySandbox } from '../testing/temporary-sandbox.ts';
import { WorldClient } from '../testing/world-client.ts';

interface HtlcJson {
  readonly id: number;
  readonly direction: 'in' | 'out';
  readonly state: string;
  readonly created_index: number;
  readonly updated_index: number;
}

async function htlcs(client: WorldClient, params: object = {}): Promise<HtlcJson[]> {
  return (await client.call<{ htlcs: HtlcJson[] }>('listhtlcs', params)).htlcs;
}

const DONE = { in: 'SENT_REMOVE_ACK_REVOCATION', out: 'RCVD_REMOVE_ACK_REVOCATION' };

test('payments in both directions and forwards are listed with their final states', async () => {
  const client = await WorldClient.start();
  const opened = await client.call<Record<string, string>>('dev-open-channel');
  const bolt11 = await client.peerInvoice('1000');
  const { payment_hash } = await client.call<Record<string, string>>('pay', [bolt11]);
  const invoice = await client.call<{ bolt11: string }>('invoice', ['2000', 'l', 'd']);
  await client.call('dev-peer-pay', [invoice.bolt11]);
  await client.call('dev-forward', ['3000']);
  const listed = await htlcs(client);
  expect(listed[0]).toEqual({
    created_index: 1,
    updated_index: 9,
    short_channel_id: opened['short_channel_id'],
    id: 0,
    expiry: expect.any(Number) as number,
    direction: 'out',
    amount_msat: 1000,
    payment_hash,
    state: DONE.out,
  });
  expect(listed.map(({ direction, state }) => [direction, state])).toEqual(
    (['out', 'in', 'in', 'out'] as const).map((direction) => [direction, DONE[direction]]),
  );
});

test('an HTLC is pending across a restart until the payment ends, which updates it', async () => {
  const directory = temporaryDirectory();
  const before = await temporarySandbox({ directory });
  const first = new WorldClient(await SocketClient.connect(before.rpcPath));
  await first.call('dev-open-channel');
  await first.call('dev-set-peer', ['hold']);
  const bolt11 = await first.peerInvoice('1000');
  await first.refused('xpay', { invstring: bolt11, retry_for: 0 });
  await before.stop();
  const client = await WorldClient.start({ directory });
  const [pending] = await htlcs(client);
  expect(pending).toMatchObject({ state: 'SENT_ADD_ACK_REVOCATION', updated_index: 4 });
  await client.call('dev-set-peer', ['accept']);
  expect(await htlcs(client)).toMatchObject([{ state: DONE.out, updated_index: 9 }]);
});

test('id, index, start and limit select', async () => {
  const client = await WorldClient.start();
  const one = await client.call<Record<string, string>>('dev-open-channel');
  const two = await client.call<Record<string, string>>('dev-open-channel', ['carol']);
  for (const peer of ['bob', 'carol', 'bob']) {
    await client.call('pay', [await client.peerInvoice('1000', { peer })]);
  }
  const created = async (params: object) =>
    (await htlcs(client, params)).map((each) => each.created_index);
  expect(await created({ id: one['short_channel_id'] })).toEqual([1, 3]);
  expect(await created({ id: two['channel_id'] })).toEqual([2]);
  expect(await created({ start: 2, limit: 1 })).toEqual([2]);
  expect(await created({ index: 'updated', start: 10 })).toEqual([2, 3]);
  expect(await created({ index: 'deleted' })).toEqual([1, 2, 3]);
  expect(await created({ start: '18446744073709551615' })).toEqual([]);
  expect(await client.refused('listhtlcs', ['9x9x9'])).toEqual({
    code: -32602,
    message: `id: unknown channel: invalid token '"9x9x9"'`,
  });
  expect(await client.refused('listhtlcs', ['bob'])).toEqual({
    code: -32602,
    message: `id: must be channel id or short channel id: invalid token '"bob"'`,
  });
  await client.call('close', [one['channel_id']]);
  await client.call('dev-mine', [100]);
  expect(await created({})).toEqual([2]);
});
