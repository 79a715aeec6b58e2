import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '@clnrest/testing';
import { SocketClient } from '../../testing/socket-client.ts';
import { type TestSandbox, temporarySandbox } from '../../testing/temporary-sandbox.ts';
import { received, writePlugin } from '../../testing/test-plugin.ts';
import { WorldClient } from '../../testing/world-client.ts';

interface OurInvoice {
  readonly bolt11: string;
  readonly payment_hash: string;
}

interface ChannelJson {
  readonly to_us_msat: number;
  readonly receivable_msat: number;
  readonly in_payments_fulfilled: number;
  readonly htlcs: object[];
}

async function started(directory = temporaryDirectory(), args: readonly string[] = []) {
  const sandbox = await temporarySandbox({ directory, args });
  const client = new WorldClient(await SocketClient.connect(sandbox.rpcPath));
  return { directory, sandbox, client };
}

function invoice(client: WorldClient, label = 'a', more: object = {}): Promise<OurInvoice> {
  return client.call('invoice', { amount_msat: '1000000', label, description: 'd', ...more });
}

/** A channel, and a pending payment of our invoice. */
async function held(client: WorldClient, more: object = {}): Promise<OurInvoice> {
  await client.call('dev-open-channel');
  const ours = await invoice(client, 'a', more);
  const pending = await client.call('dev-peer-pay', { invstring: ours.bolt11, hold: true });
  expect(pending).toMatchObject({ status: 'pending', amount_msat: 1_000_000 });
  return ours;
}

async function channel(client: WorldClient): Promise<ChannelJson | undefined> {
  return (await client.call<{ channels: ChannelJson[] }>('listpeerchannels')).channels[0];
}

async function statusOf(client: WorldClient, label = 'a'): Promise<string | undefined> {
  const { invoices } = await client.call<{ invoices: { status: string }[] }>('listinvoices', {
    label,
  });
  return invoices[0]?.status;
}

async function stateOf(client: WorldClient): Promise<unknown> {
  return (await client.call<{ htlcs: { state: string }[] }>('listhtlcs')).htlcs.map(
    ({ state }) => state,
  );
}

async function isBalanced(client: WorldClient): Promise<boolean> {
  return (await client.call<{ balanced: boolean }>('dev-world')).balanced;
}

const PENDING = 'RCVD_ADD_ACK_REVOCATION';
const RESOLVED = 'SENT_REMOVE_ACK_REVOCATION';
const WAITS_FOR_PLUGIN = 'Waiting for the htlc_accepted hook of plugin holding';

/** A plugin that holds an HTLC until `release` gets its result, which can be before the HTLC arrives. */
async function holding() {
  return writePlugin({
    name: 'holding',
    manifest: {
      hooks: [{ name: 'htlc_accepted' }],
      rpcmethods: [{ name: 'release', usage: '', description: 'd' }],
    },
    body: "let given; let go = (result) => { given = result; }; on('htlc_accepted', () => given ?? new Promise((resolve) => { go = resolve; })); on('release', ({ result }) => { go(result); return {}; });",
  });
}

describe('a payment to us that is held', () => {
  test('is pending, and takes room in the channel', async () => {
    const { client } = await started();
    const { payment_hash } = await held(client);
    expect(await channel(client)).toMatchObject({
      to_us_msat: 500_000_000,
      receivable_msat: 489_000_000,
      htlcs: [
        {
          direction: 'in',
          id: 0,
          amount_msat: 1_000_000,
          expiry: 113,
          payment_hash,
          state: PENDING,
        },
      ],
    });
    expect(await stateOf(client)).toEqual([PENDING]);
    expect(await statusOf(client)).toBe('unpaid');
    const { bolt11 } = await invoice(client, 'b', { amount_msat: '489000001' });
    expect(await client.refused('dev-peer-pay', [bolt11])).toMatchObject({ code: 205 });
    expect(await isBalanced(client)).toBe(true);
  });

  test('is settled after a restart, and callers that wait get the invoice', async () => {
    const first = await started();
    const { payment_hash } = await held(first.client);
    await first.sandbox.stop();
    const { client, sandbox } = await started(first.directory);
    expect(await stateOf(client)).toEqual([PENDING]);
    const waiter = new WorldClient(await SocketClient.connect(sandbox.rpcPath));
    const waiting = waiter.call('waitinvoice', ['a']);
    expect(await client.call('dev-settle-payment', [payment_hash])).toMatchObject({
      payments: [],
      htlcs: [{ id: 0, direction: 'in', payment_hash, state: RESOLVED }],
    });
    expect(await waiting).toMatchObject({ status: 'paid', amount_received_msat: 1_000_000 });
    expect(await channel(client)).toMatchObject({
      to_us_msat: 501_000_000,
      receivable_msat: 489_000_000,
      in_payments_fulfilled: 1,
      htlcs: [],
    });
    expect(await client.refused('dev-settle-payment', [payment_hash])).toMatchObject({ code: 208 });
    expect(await isBalanced(client)).toBe(true);
  });

  test('is failed, and another payment settles the invoice', async () => {
    const { client } = await started();
    const { payment_hash, bolt11 } = await held(client);
    await client.call('dev-fail-payment', [payment_hash]);
    expect(await stateOf(client)).toEqual([RESOLVED]);
    expect(await statusOf(client)).toBe('unpaid');
    expect(await channel(client)).toMatchObject({ receivable_msat: 490_000_000, htlcs: [] });
    expect(await client.call('dev-peer-pay', [bolt11])).toMatchObject({ status: 'complete' });
  });

  test('fails if the invoice was paid or deleted meanwhile', async () => {
    const { client } = await started();
    const paid = await held(client);
    await client.call('dev-peer-pay', [paid.bolt11]);
    const deleted = await invoice(client, 'b');
    await client.call('dev-peer-pay', { invstring: deleted.bolt11, hold: true });
    await client.call('delinvoice', ['b', 'unpaid']);
    for (const { payment_hash } of [paid, deleted]) {
      expect(await client.refused('dev-settle-payment', [payment_hash])).toBeDefined();
    }
    expect(await channel(client)).toMatchObject({ to_us_msat: 501_000_000, htlcs: [] });
    expect(await isBalanced(client)).toBe(true);
  });

  test('fails when the channel closes', async () => {
    const { client } = await started();
    const { payment_hash } = await held(client);
    const { channels } = await client.call<{ channels: { channel_id: string }[] }>(
      'listpeerchannels',
    );
    await client.call('close', [channels[0]?.channel_id]);
    expect(await client.refused('dev-settle-payment', [payment_hash])).toMatchObject({ code: 208 });
    expect(await statusOf(client)).toBe('unpaid');
    expect(await isBalanced(client)).toBe(true);
  });
});

describe('a payment to us that a plugin holds', () => {
  /** The stop of the node ends the payer's connection. */
  async function paying({ rpcPath }: TestSandbox, invstring: string): Promise<unknown> {
    const payer = new WorldClient(await SocketClient.connect(rpcPath));
    return payer.refused('dev-peer-pay', { invstring }).catch(() => 'no reply');
  }

  test('is pending, also across a restart, and the plugin gets it again', async () => {
    const plugin = await holding();
    const first = await started(undefined, [`--plugin=${plugin.path}`]);
    await first.client.call('dev-open-channel');
    const { bolt11, payment_hash } = await invoice(first.client);
    const paid = paying(first.sandbox, bolt11);
    await plugin.waitForNote((note) => JSON.stringify(note).includes('htlc_accepted#'));
    expect(await channel(first.client)).toMatchObject({
      receivable_msat: 489_000_000,
      htlcs: [{ direction: 'in', payment_hash, state: PENDING, status: WAITS_FOR_PLUGIN }],
    });
    // Only the plugin decides.
    expect(await first.client.refused('dev-settle-payment', [payment_hash])).toMatchObject({
      code: 208,
    });
    await first.sandbox.stop();
    expect(await paid).toBe('no reply');

    const { client } = await started(first.directory, [`--plugin=${plugin.path}`]);
    expect(await statusOf(client)).toBe('unpaid');
    await client.call('release', { result: { result: 'continue' } });
    await client.call('waitinvoice', ['a']);
    expect(await channel(client)).toMatchObject({ to_us_msat: 501_000_000, htlcs: [] });
    const calls = received(await plugin.notes(), 'htlc_accepted').map((raw) => {
      const { params } = JSON.parse(raw) as { params: { htlc: object } };
      return params.htlc;
    });
    expect(calls).toHaveLength(2);
    expect(calls[0]).toEqual(calls[1]);
    expect(await isBalanced(client)).toBe(true);
  });

  test('is settled by a restart without the plugin', async () => {
    const plugin = await holding();
    const first = await started(undefined, [`--plugin=${plugin.path}`]);
    await first.client.call('dev-open-channel');
    const { bolt11 } = await invoice(first.client);
    const paid = paying(first.sandbox, bolt11);
    await plugin.waitForNote((note) => JSON.stringify(note).includes('htlc_accepted#'));
    await first.sandbox.stop();
    await paid;
    const { client } = await started(first.directory);
    expect(await client.call('waitinvoice', ['a'])).toMatchObject({ status: 'paid' });
  });
});

describe('a route that returns to the node', () => {
  /** The way from us through bob and carol back to us, with the fees of both. */
  function circle({ client }: { client: WorldClient }, amountMsat = 1_000_000) {
    return client.circle(amountMsat, 11);
  }

  function secretOf(client: WorldClient, { bolt11 }: OurInvoice): Promise<string> {
    return client
      .call<{ payment_secret: string }>('decode', [bolt11])
      .then(({ payment_secret }) => payment_secret);
  }

  test('pays our invoice, and the fee', async () => {
    const { client } = await started();
    const route = await circle({ client });
    const ours = await invoice(client);
    const { payment_hash } = ours;
    const payment_secret = await secretOf(client, ours);
    expect(await client.call('sendpay', { route, payment_hash, payment_secret })).toMatchObject({
      status: 'pending',
      amount_msat: 1_000_000,
      amount_sent_msat: 1_000_022,
    });
    expect(await client.call('waitsendpay', [payment_hash])).toMatchObject({ status: 'complete' });
    expect(await statusOf(client)).toBe('paid');
    expect(await client.call('listhtlcs')).toMatchObject({
      htlcs: [
        { direction: 'out', amount_msat: 1_000_022, state: 'RCVD_REMOVE_ACK_REVOCATION' },
        { direction: 'in', amount_msat: 1_000_000, state: RESOLVED },
      ],
    });
    const { channels } = await client.call<{ channels: ChannelJson[] }>('listpeerchannels');
    expect(channels.map(({ to_us_msat }) => to_us_msat)).toEqual([498_999_978, 501_000_000]);
    expect(await client.call('listchannelmoves')).toMatchObject({
      channelmoves: [
        { primary_tag: 'pushed' },
        { primary_tag: 'pushed' },
        { credit_msat: 1_000_000, fees_msat: 0 },
        { debit_msat: 1_000_022, fees_msat: 22, part_id: 0, group_id: 1 },
      ],
    });
    expect(await isBalanced(client)).toBe(true);
  });

  test('fails at us without the secret or the invoice, and on the way if its delays are too small', async () => {
    const { client } = await started();
    const route = await circle({ client });
    const { payment_hash } = await invoice(client);
    const us = route[2];
    for (const [hash, secret] of [
      [payment_hash, undefined],
      [payment_hash, '11'.repeat(32)],
      ['22'.repeat(32), '11'.repeat(32)],
    ]) {
      await client.call('sendpay', { route, payment_hash: hash, payment_secret: secret });
      await client.refused('waitsendpay', [hash]);
      expect(await client.refused('waitsendpay', [hash])).toMatchObject({
        code: 203,
        message: 'failed: WIRE_INCORRECT_OR_UNKNOWN_PAYMENT_DETAILS (reply from remote)',
        data: {
          status: 'failed',
          erring_index: 3,
          erring_node: us?.id,
          erring_channel: us?.channel,
        },
      });
    }
    const hasty = route.map((hop) => Object.assign({}, hop, { delay: 9 }));
    await client.call('sendpay', { route: hasty, payment_hash: '33'.repeat(32) });
    expect(await client.refused('waitsendpay', ['33'.repeat(32)])).toMatchObject({
      code: 204,
      data: {
        erring_index: 1,
        failcode: 0x100d,
        failcodename: 'WIRE_INCORRECT_CLTV_EXPIRY',
        erring_channel: route[1]?.channel,
      },
    });
    expect(await statusOf(client)).toBe('unpaid');
    expect(await isBalanced(client)).toBe(true);
  });

  test('is pending at a plugin across a restart, and the plugin can settle it', async () => {
    const preimage = '44'.repeat(32);
    const payment_hash = createHash('sha256').update(Buffer.from(preimage, 'hex')).digest('hex');
    const plugin = await holding();
    const first = await started(undefined, [`--plugin=${plugin.path}`]);
    const route = await circle(first);
    await first.client.call('sendpay', { route, payment_hash });
    await plugin.waitForNote((note) => JSON.stringify(note).includes('htlc_accepted#'));
    const pending = await first.client.call<{ htlcs: object[] }>('listhtlcs');
    expect(pending).toMatchObject({
      htlcs: [{ state: 'SENT_ADD_ACK_REVOCATION' }, { state: PENDING }],
    });
    await first.sandbox.stop();

    const { client } = await started(first.directory, [`--plugin=${plugin.path}`]);
    expect(await client.call('listhtlcs')).toEqual(pending);
    const result = { result: 'resolve', payment_key: preimage };
    await client.call('release', { result });
    expect(await client.call('waitsendpay', [payment_hash])).toMatchObject({
      status: 'complete',
      payment_preimage: preimage,
    });
    expect(await isBalanced(client)).toBe(true);
  });

  test('settles parts when all have arrived, and dev-fail-payment fails an incomplete set', async () => {
    const { client } = await started();
    const route = await circle({ client }, 600_000);
    const ours = await invoice(client);
    const { payment_hash } = ours;
    const part = {
      payment_hash,
      payment_secret: await secretOf(client, ours),
      amount_msat: 1_000_000,
    };
    const smaller = route.map((hop) =>
      Object.assign({}, hop, { amount_msat: hop.amount_msat - 200_000 }),
    );
    await client.call('sendpay', { ...part, route, partid: 1, groupid: 1 });
    expect(await stateOf(client)).toEqual(['SENT_ADD_ACK_REVOCATION', PENDING]);
    await client.call('dev-fail-payment', [payment_hash]);
    expect(await stateOf(client)).toEqual(['RCVD_REMOVE_ACK_REVOCATION', RESOLVED]);
    await client.call('sendpay', { ...part, route, partid: 1, groupid: 2 });
    await client.call('sendpay', { ...part, route: smaller, partid: 2, groupid: 2 });
    await client.call('waitsendpay', { payment_hash, partid: 1, groupid: 2 });
    expect(await statusOf(client)).toBe('paid');
    expect(await client.call('listinvoices')).toMatchObject({
      invoices: [{ amount_received_msat: 1_000_000 }],
    });
    expect(await isBalanced(client)).toBe(true);
  });
});
