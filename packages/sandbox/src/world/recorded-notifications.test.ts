import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { received, writePlugin } from '../testing/test-plugin.ts';
import { WorldClient } from '../testing/world-client.ts';

/** A notification that lightningd v26.06.6 sent to a plugin, with or without deprecated members. */
interface Recorded {
  readonly topic: string;
  readonly deprecated: boolean;
  readonly raw: string;
}

const RECORDED = readFileSync(new URL('../notifications/recorded.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Recorded);

/** A message with placeholders for values that differ between runs: the members, their order and the texts remain. */
function shape(raw: string): string {
  return raw
    .replace(/"[0-9a-f]{64}:\d+"/g, '"OUTPOINT"')
    .replace(/"[0-9a-f]{56,}"/g, '"HEX"')
    .replace(/"ln[a-z0-9]+"/g, '"INVOICE"')
    .replace(/"\d{4}-\d\d-\d\dT[0-9:.]+Z"/g, '"TIME"')
    .replace(/"\d+x\d+x\d+"/g, '"CHANNEL"')
    .replace(/:\d+\.\d{9}\b/g, ':NANOSECONDS')
    .replace(/:\d+(?=[,}\]])/g, ':0');
}

const EXTERNAL_ADDRESS = 'bcrt1pd2gc5y4tcrny7kkjhtjgtzwc404z3eecm0zmr4fwt8h8ymqr6x7stpg37c';

interface Opened {
  readonly channel_id: string;
  readonly peer_id: string;
}

interface Changed {
  readonly channel_id: string;
  readonly new_state: string;
  readonly cause: string;
}

/** The expected states of a channel, each with its cause. */
function expectedStates(opener: string, closer: string): string[] {
  return [
    `CHANNELD_AWAITING_LOCKIN ${opener}`,
    `CHANNELD_NORMAL ${opener}`,
    `CHANNELD_SHUTTING_DOWN ${closer}`,
    `CLOSINGD_SIGEXCHANGE ${closer}`,
    `CLOSINGD_COMPLETE ${closer}`,
    `FUNDING_SPEND_SEEN ${closer}`,
    `ONCHAIN ${closer}`,
    'CLOSED unknown',
  ];
}

/** The notifications of a sandbox that goes through every event with a notification. */
async function allNotifications(deprecated: boolean): Promise<string[]> {
  const plugin = await writePlugin({ manifest: { subscriptions: ['*'] } });
  const args = [`--plugin=${plugin.path}`, `--allow-deprecated-apis=${deprecated}`];
  const client = await WorldClient.start({ args });
  const bob = await client.call<Opened>('dev-open-channel');
  const carol = await client.call<Opened>('dev-open-channel', { peer: 'carol', by_peer: true });
  const dave = await client.call<Opened>('dev-open-channel', { peer: 'dave' });
  const { bolt11 } = await client.call<{ bolt11: string }>('invoice', [100000, 'l', 'd']);
  await client.call('dev-peer-pay', [bolt11]);
  await client.call('pay', [await client.peerInvoice('100000')]);
  await client.call('dev-set-peer', ['reject']);
  await client.refused('pay', [await client.peerInvoice('50000')]);
  await client.call('dev-forward', { amount_msat: 200000, to: 'carol' });
  await client.call('dev-forward', { amount_msat: 50000, to: 'carol', fail: true });
  await client.call('dev-fund-wallet');
  await client.call('withdraw', [EXTERNAL_ADDRESS, 10000]);
  await client.call('dev-custommsg', ['8001aa']);
  await client.call('close', [bob.channel_id]);
  await client.call('dev-close-channel', [carol.channel_id]);
  await client.call('disconnect', [dave.peer_id, true]);
  await client.call('dev-connect', ['dave']);
  await client.call('dev-disconnect', ['dave']);
  await client.call('close', [dave.channel_id]);
  await client.call('dev-mine', [8]);
  await client.call('disconnect', [bob.peer_id]);
  await plugin.waitForNote((note) =>
    received([note], 'disconnect').some((raw) => raw.includes(bob.peer_id)),
  );
  return (await plugin.notes()).map((note) => (note as { raw: string }).raw);
}

describe('notifications have the members of lightningd, in the same order,', () => {
  test.each([false, true])('with deprecated APIs allowed: %s', async (deprecated) => {
    const messages = await allNotifications(deprecated);
    const shapes = new Set(messages.map(shape));
    for (const { topic, deprecated: wasAllowed, raw } of RECORDED) {
      if (wasAllowed !== deprecated) continue;
      expect([...shapes], topic).toContain(shape(raw));
    }
    // Each type of movement is numbered without gaps.
    for (const type of ['chain_mvt', 'channel_mvt']) {
      const indexes = messages
        .filter((raw) => raw.includes(`"type":"${type}"`))
        .map((raw) => Number(/"created_index":(\d+)/.exec(raw)?.[1]));
      expect(indexes).toEqual(indexes.map((_, index) => index + 1));
    }
  });

  test('the notifications of a payment have the order of lightningd', async () => {
    const messages = await allNotifications(false);
    const topics = messages.map((raw) => /"method":"([a-z_]+)"/.exec(raw)?.[1] ?? '');
    const at = topics.indexOf('pay_part_start');
    expect(topics.slice(at, at + 4)).toEqual([
      'pay_part_start',
      'sendpay_success',
      'pay_part_end',
      'coin_movement',
    ]);
  });

  test('a state change of a channel reports its cause, from the opening to the close', async () => {
    const plugin = await writePlugin({ manifest: { subscriptions: ['channel_state_changed'] } });
    const client = await WorldClient.start({
      args: [`--plugin=${plugin.path}`, '--allow-deprecated-apis=false'],
    });
    const mine = await client.call<Opened>('dev-open-channel');
    const theirs = await client.call<Opened>('dev-open-channel', { by_peer: true });
    await client.call('dev-close-channel', [mine.channel_id]);
    await client.call('close', [theirs.channel_id]);
    // BOLT 5: a close is final after 100 blocks.
    await client.call('dev-mine', [99]);
    expect(await client.call('listpeerchannels')).toMatchObject({ channels: [{}, {}] });
    await client.call('dev-mine');
    expect(await client.call('listpeerchannels')).toEqual({ channels: [] });
    await plugin.waitForNote((note) =>
      received([note], 'channel_state_changed').some(
        (raw) => raw.includes(theirs.channel_id) && raw.includes('CLOSED'),
      ),
    );
    const changes = received(await plugin.notes(), 'channel_state_changed').map(
      (raw) =>
        (JSON.parse(raw) as { params: { channel_state_changed: Changed } }).params
          .channel_state_changed,
    );
    const statesOf = ({ channel_id }: Opened): string[] =>
      changes
        .filter((changed) => changed.channel_id === channel_id)
        .map(({ new_state, cause }) => `${new_state} ${cause}`);
    expect(statesOf(mine)).toEqual(expectedStates('user', 'remote'));
    expect(statesOf(theirs)).toEqual(expectedStates('remote', 'user'));
    const last = changes.at(-1);
    expect(last).toMatchObject({ old_state: 'ONCHAIN', new_state: 'CLOSED' });
    expect(last).not.toHaveProperty('message');
  });

  test('the movements of an account add up to its balance', async () => {
    const plugin = await writePlugin({
      manifest: { subscriptions: ['coin_movement', 'block_added'] },
    });
    const client = await WorldClient.start({ args: [`--plugin=${plugin.path}`] });
    const opened = await client.call<Opened>('dev-open-channel');
    await client.call('dev-fund-wallet');
    await client.call('keysend', [opened.peer_id, 12345]);
    await client.call('withdraw', [EXTERNAL_ADDRESS, 10000]);
    await client.call('dev-open-channel', { by_peer: true });
    await client.call('dev-forward', [5000]);
    await client.call('close', [opened.channel_id]);
    const { blockheight } = await client.call<{ blockheight: number }>('dev-mine');
    await plugin.waitForNote((note) =>
      received([note], 'block_added').some((raw) => raw.includes(`"height":${blockheight}}`)),
    );
    const { peers } = await client.call<{ peers: unknown[] }>('listpeers');
    expect(peers).toHaveLength(1);
    await client.call('dev-mine');
    await plugin.waitForNote((note) =>
      received([note], 'block_added').some((raw) => raw.includes(`"height":${blockheight + 1}}`)),
    );
    const accounts = new Map<string, number>();
    for (const raw of received(await plugin.notes(), 'coin_movement')) {
      const { coin_movement: movement } = (
        JSON.parse(raw) as {
          params: {
            coin_movement: { account_id: string; credit_msat: number; debit_msat: number };
          };
        }
      ).params;
      const { account_id, credit_msat, debit_msat } = movement;
      accounts.set(account_id, (accounts.get(account_id) ?? 0) + credit_msat - debit_msat);
    }
    const funds = await client.call<{
      outputs: { amount_msat: number }[];
      channels: { channel_id: string; our_amount_msat: number; state: string }[];
    }>('listfunds');
    expect(accounts.get('wallet')).toBe(
      funds.outputs.reduce((all, { amount_msat }) => all + amount_msat, 0),
    );
    for (const { channel_id, our_amount_msat, state } of funds.channels) {
      expect(accounts.get(channel_id)).toBe(state === 'ONCHAIN' ? 0 : our_amount_msat);
    }
  });
});
