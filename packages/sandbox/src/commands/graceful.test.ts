import { expect, test } from 'vitest';
import { SocketClient } from '../testing/socket-client.ts';
import { temporarySandbox } from '../testing/temporary-sandbox.ts';
import { WorldClient } from '../testing/world-client.ts';

test('graceful disconnects idle peers, and waits for those with pending payments', async () => {
  const sandbox = await temporarySandbox();
  const client = new WorldClient(await SocketClient.connect(sandbox.rpcPath));
  const { peer_id } = await client.call<{ peer_id: string }>('dev-open-channel');
  await client.call('dev-open-channel', { peer: 'alice' });
  await client.call('dev-set-peer', ['hold']);
  const bolt11 = await client.peerInvoice('1000');
  await client.refused('xpay', { invstring: bolt11, retry_for: 0 });
  const limited = await client.call<Record<string, unknown>>('graceful', { timeout: 0 });
  expect(limited).toMatchObject({ pending_peers: [peer_id] });
  expect(limited['pending_htlc_expiries']).toHaveLength(1);
  const other = new WorldClient(await SocketClient.connect(sandbox.rpcPath));
  const waiting = other.call('graceful');
  await client.call('dev-set-peer', ['accept']);
  expect(await waiting).toEqual({});
  expect(await client.call('getinfo')).toMatchObject({ num_peers: 2 });
  const { peers } = await client.call<{ peers: { connected: boolean }[] }>('listpeers');
  expect(peers.map(({ connected }) => connected)).toEqual([false, false]);
});

test('exposesecret needs its option and the passphrase', async () => {
  const without = await WorldClient.start();
  expect(await without.refused('exposesecret', ['x'])).toEqual({
    code: -1,
    message: 'exposesecrets-passphrase is not set',
  });
  const client = await WorldClient.start({
    args: ['--exposesecret-passphrase=secret', '--alias=JUNIORBEAM'],
  });
  expect(await client.refused('exposesecret', ['x'])).toEqual({
    code: -1,
    message: 'passphrase does not match exposesecrets-passphrase',
  });
  expect(await client.call('exposesecret', ['secret'])).toEqual({
    identifier: 'junr',
    codex32: expect.stringMatching(/^cl10junrs[a-z0-9]{65}$/) as string,
  });
});
