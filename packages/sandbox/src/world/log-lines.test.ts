import { expect, test } from 'vitest';
import { SocketClient } from '../testing/socket-client.ts';
import { temporarySandbox } from '../testing/temporary-sandbox.ts';
import { WorldClient } from '../testing/world-client.ts';

interface Entry {
  readonly type: string;
  readonly node_id?: string;
  readonly source: string;
  readonly log: string;
}

/** A sandbox with lines without timestamps. */
async function start(...args: string[]) {
  const sandbox = await temporarySandbox({ args: ['--log-timestamps=false', ...args] });
  const client = new WorldClient(await SocketClient.connect(sandbox.rpcPath));
  return { sandbox, client };
}

async function openTo(client: WorldClient, peer: string): Promise<{ id: string; txid: string }> {
  const opened = await client.call<{ peer_id: string; channel_id: string; txid: string }>(
    'dev-open-channel',
    { peer },
  );
  return { id: opened.peer_id, txid: opened.txid };
}

test('the log has lines about blocks, the wallet, channels and payments in the format of lightningd', async () => {
  const { sandbox, client } = await start('--log-level=debug');
  const { txid } = await client.call<{ txid: string }>('dev-fund-wallet', ['50000']);
  const { bech32 } = await client.call<{ bech32: string }>('newaddr', ['bech32']);
  const second = await client.call<{ txid: string }>('dev-fund-wallet', ['60000', bech32]);
  const { id } = await openTo(client, 'bob');
  await client.call('pay', [await client.peerInvoice('1000')]);
  await client.call('close', [id]);
  await client.call('dev-mine');
  const { blockheight } = await client.call<{ blockheight: number }>('getinfo');

  const { lines } = sandbox;
  for (const line of [
    `DEBUG   wallet: Owning output 0 50000sat (P2TR) txid ${txid} CONFIRMED`,
    `DEBUG   wallet: Owning output 0 60000sat (P2WPKH) txid ${second.txid} CONFIRMED`,
    `DEBUG   ${id}-connectd: Handed peer, entering loop`,
    `INFO    ${id}-chan#1: State changed from CHANNELD_AWAITING_LOCKIN to CHANNELD_NORMAL`,
    'INFO    plugin-cln-xpay: Redirecting pay->xpay',
    `INFO    ${id}-chan#1: State changed from CHANNELD_NORMAL to CHANNELD_SHUTTING_DOWN`,
    `INFO    ${id}-chan#1: State changed from FUNDING_SPEND_SEEN to ONCHAIN`,
  ]) {
    expect(lines).toContain(line);
  }
  expect(lines.at(-2)).toMatch(
    new RegExp(`^DEBUG   lightningd: Adding block ${blockheight}: [0-9a-f]{64}$`),
  );
});

test('pay by its own command is not redirected', async () => {
  const { sandbox, client } = await start('--xpay-handle-pay=false');
  await openTo(client, 'bob');
  await client.call('pay', [await client.peerInvoice('1000')]);
  expect(sandbox.lines.some((line) => line.includes('Redirecting'))).toBe(false);
});

test('listpeers and getlog return the entries of a peer with its id', async () => {
  const { client } = await start();
  const bob = await openTo(client, 'bob');
  const carol = await openTo(client, 'carol');
  const changed = {
    type: 'INFO',
    source: 'chan#2',
    log: 'State changed from CHANNELD_AWAITING_LOCKIN to CHANNELD_NORMAL',
  };
  const { log } = await client.call<{ log: Entry[] }>('getlog');
  expect(log).toContainEqual(expect.objectContaining({ ...changed, node_id: carol.id }));
  expect(Object.keys(log.find(({ node_id }) => node_id !== undefined) ?? {})).toEqual(
    'type time node_id source log'.split(' '),
  );
  const { peers } = await client.call<{ peers: { id: string; log: Entry[] }[] }>('listpeers', {
    level: 'debug',
  });
  expect(peers.map(({ id }) => id).toSorted()).toEqual([bob.id, carol.id].toSorted());
  for (const { id, log: entries } of peers) {
    expect(entries.map(({ log: text }) => text)).toEqual([
      'Handed peer, entering loop',
      changed.log,
    ]);
    expect(entries.every((entry) => entry.node_id === id)).toBe(true);
  }
  const { peers: above } = await client.call<{ peers: { log: Entry[] }[] }>('listpeers', {
    level: 'info',
  });
  expect(above.map((peer) => peer.log.length)).toEqual([1, 1]);
});

test('a level can apply to the id of a peer', async () => {
  const { sandbox, client } = await start('--log-level=unusual', '--log-level=debug:chan#1');
  const { id } = await openTo(client, 'bob');
  expect(sandbox.lines.filter((line) => line.includes(id))).toEqual([
    `INFO    ${id}-chan#1: State changed from CHANNELD_AWAITING_LOCKIN to CHANNELD_NORMAL`,
  ]);
});
