import { expect, test, vi } from 'vitest';
import { temporaryDirectory } from '@clnrest/testing';
import { SocketClient } from '../testing/socket-client.ts';
import { temporarySandbox } from '../testing/temporary-sandbox.ts';
import { WorldClient } from '../testing/world-client.ts';

interface EventJson {
  readonly created_index: number;
  readonly peer_id: string;
  readonly type: string;
  readonly timestamp: number;
  readonly reason?: string;
  readonly duration_nsec?: number;
  readonly connect_attempted?: boolean;
}

const SOME_NANOSECONDS = expect.any(Number) as number;
const STRANGER = '0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798';

async function started(directory = temporaryDirectory()) {
  const { rpcPath, stop, lines } = await temporarySandbox({
    directory,
    args: ['--log-level=trace'],
  });
  const connect = async () => new WorldClient(await SocketClient.connect(rpcPath));
  /** Calls `wait`, and resolves with its pending reply when the node waits. */
  const wait = async (subsystem: string, index: string, next: number) => {
    const reply = (await connect()).call<{ htlcs: object }>('wait', [subsystem, index, next]);
    const line = `waiting on ${subsystem} ${index} ${next}`;
    await vi.waitFor(() => expect(lines.some((each) => each.includes(line))).toBe(true));
    return { reply };
  };
  return { client: await connect(), wait, directory, stop };
}

async function events(client: WorldClient, params: object = {}): Promise<EventJson[]> {
  return (await client.call<{ networkevents: EventJson[] }>('listnetworkevents', params))
    .networkevents;
}

test('events of peers are listed, survive a restart, and can be deleted', async () => {
  const first = await started();
  const { client, wait } = first;
  const { id } = await client.call<{ id: string }>('dev-set-peer', ['accept']);
  const waiting = await wait('networkevents', 'created', 3);
  await client.call('connect', [id]);
  await client.call('ping', [id]);
  await client.call('disconnect', [id]);
  await client.call('dev-connect');
  await client.refused('connect', [STRANGER, '127.0.0.1', 1]);
  await client.refused('connect', [STRANGER]);
  const listed = await events(client);
  expect(listed.map(({ peer_id: _id, timestamp: _time, ...rest }) => rest)).toEqual([
    {
      created_index: 1,
      type: 'connect',
      reason: expect.stringMatching(/^connect command "/) as string,
      duration_nsec: SOME_NANOSECONDS,
    },
    { created_index: 2, type: 'ping', duration_nsec: SOME_NANOSECONDS },
    { created_index: 3, type: 'disconnect', duration_nsec: SOME_NANOSECONDS },
    { created_index: 4, type: 'connect' },
    {
      created_index: 5,
      type: 'connect_fail',
      reason: 'All addresses failed: 127.0.0.1:1: Connection establishment: Connection refused. ',
      duration_nsec: SOME_NANOSECONDS,
      connect_attempted: true,
    },
    {
      created_index: 6,
      type: 'connect_fail',
      reason: 'Unable to connect, no address known for peer',
      duration_nsec: SOME_NANOSECONDS,
      connect_attempted: false,
    },
  ]);
  expect(await waiting.reply).toMatchObject({
    created: 3,
    networkevents: { created_index: 3, type: 'disconnect', peer_id: id },
  });
  expect(await events(client, { id, start: 2, limit: 2 })).toEqual(listed.slice(1, 3));

  const deleted = await wait('networkevents', 'deleted', 1);
  expect(await client.call('delnetworkevent', [2])).toEqual({});
  expect(await deleted.reply).toMatchObject({ deleted: 1, networkevents: { created_index: 2 } });
  expect(await client.refused('delnetworkevent', [2])).toEqual({
    code: 1402,
    message: 'Could not find that networkevent',
  });
  expect(
    await client.call('sql', ['SELECT type FROM networkevents WHERE created_index < 5']),
  ).toEqual({
    rows: [['connect'], ['disconnect'], ['connect']],
  });
  await first.stop();
  const again = await started(first.directory);
  expect((await events(again.client)).slice(0, 5)).toEqual([listed[0], ...listed.slice(2)]);
  const old = { subsystem: 'networkevents', age: 1_000_000 };
  expect(await again.client.call('autoclean-once', old)).toEqual({
    autoclean: { networkevents: { cleaned: 0, uncleaned: 5 } },
  });
});

test('wait reports HTLCs that are created, updated, and deleted with their channel', async () => {
  const { client, wait } = await started();
  await client.call('dev-open-channel');
  const ours = await client.call<{ bolt11: string; payment_hash: string }>('invoice', [
    '1000000',
    'a',
    'd',
  ]);
  const { bolt11: invstring, payment_hash } = ours;
  const created = await wait('htlcs', 'created', 1);
  await client.call('dev-peer-pay', { invstring, hold: true });
  const htlc = {
    short_channel_id: expect.any(String) as string,
    direction: 'in',
    htlc_id: 0,
    cltv_expiry: SOME_NANOSECONDS,
    payment_hash,
    amount_msat: 1_000_000,
  };
  expect((await created.reply).htlcs).toEqual({ state: 'RCVD_ADD_COMMIT', ...htlc });
  expect(await client.call('wait', ['htlcs', 'updated', 0])).toEqual({
    subsystem: 'htlcs',
    updated: 3,
  });
  const updated = await wait('htlcs', 'updated', 4);
  await client.call('dev-settle-payment', [payment_hash]);
  expect(await updated.reply).toMatchObject({
    updated: 8,
    htlcs: { state: 'SENT_REMOVE_ACK_REVOCATION', ...htlc },
  });
  await client.call('pay', [await client.peerInvoice('1000')]);
  expect(await client.call('wait', ['htlcs', 'updated', 0])).toMatchObject({ updated: 17 });
  const deleted = await wait('htlcs', 'deleted', 1);
  const { channels } = await client.call<{ channels: { channel_id: string }[] }>(
    'listpeerchannels',
  );
  await client.call('close', [channels[0]?.channel_id]);
  await client.call('dev-mine', [110]);
  expect(await deleted.reply).toMatchObject({ deleted: 2, htlcs: {} });
});
