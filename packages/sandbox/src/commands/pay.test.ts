import { describe, expect, test } from 'vitest';
import { WorldClient } from '../testing/world-client.ts';

/** An invoice of our node that no longer exists: paying it fails. */
async function withDeletedInvoice() {
  const client = await WorldClient.start();
  const { bolt11, payment_hash } = await client.call<{ bolt11: string; payment_hash: string }>(
    'invoice',
    [1000, 'deleted', 'd'],
  );
  await client.call('delinvoice', ['deleted', 'unpaid']);
  return { client, bolt11, payment_hash };
}

async function open(): Promise<{ client: WorldClient; bolt11: string }> {
  const client = await WorldClient.start();
  await client.call('dev-open-channel');
  return { client, bolt11: await client.peerInvoice('1000') };
}

describe('pay', () => {
  test.each([
    ['bolt11', (bolt11: string) => ({ bolt11 })],
    ['one parameter', (bolt11: string) => [bolt11]],
    ['bolt11 with unknown parameters', (bolt11: string) => ({ bolt11, nosuch: 1, exclude: 'x' })],
  ])('is carried out by xpay with %s', async (_, params) => {
    const { client, bolt11 } = await open();
    const paid = await client.call<object>('pay', params(bolt11));
    expect(Object.keys(paid)).toEqual(
      'payment_preimage amount_msat amount_sent_msat parts destination payment_hash status created_at'.split(
        ' ',
      ),
    );
  });

  test.each([
    ['invstring', (invstring: string) => ({ invstring })],
    ['three parameters', (bolt11: string) => [bolt11, null, 'label']],
  ])('is carried out by the plugin pay with %s', async (_, params) => {
    const { client, bolt11 } = await open();
    const paid = await client.call<object>('pay', params(bolt11));
    expect(Object.keys(paid)).toEqual(
      'destination payment_hash created_at parts amount_msat amount_sent_msat payment_preimage status'.split(
        ' ',
      ),
    );
  });

  test('is not carried out by xpay with xpay-handle-pay=false', async () => {
    const client = await WorldClient.start({ args: ['--xpay-handle-pay=false'] });
    await client.call('dev-open-channel');
    const byPlugin = await client.call<object>('pay', [await client.peerInvoice('1000')]);
    expect(Object.keys(byPlugin)[0]).toBe('destination');
    await client.call('setconfig', { config: 'xpay-handle-pay', val: true, transient: true });
    const byXpay = await client.call<object>('pay', [await client.peerInvoice('1000')]);
    expect(Object.keys(byXpay)[0]).toBe('payment_preimage');
  });

  test('needs the right description for an invoice with its hash', async () => {
    const { client } = await open();
    const { bolt11 } = await client.call<{ bolt11: string }>('invoice', {
      amount_msat: 1000,
      label: 'hashed',
      description: 'two cups',
      deschashonly: true,
    });
    const wrong = { invstring: bolt11, description: 'three cups' };
    expect(await client.refused('pay', wrong)).toEqual({
      code: -32602,
      message: 'Invalid bolt11: h: does not match description',
    });
    const right = { invstring: bolt11, description: 'two cups' };
    expect(await client.call('pay', right)).toMatchObject({ status: 'complete' });
  });

  test.each([
    [{ invstring: 'x', nosuch: 1 }, /^unknown parameter: nosuch, /],
    [{}, /^missing required parameter: bolt11$/],
    [{ invstring: 'x' }, /^Invalid bolt11: Bad bech32 string$/],
    [{ bolt11: 'x' }, /^Invalid bolt11 invoice: Bad bech32 string$/],
    [{ bolt11: 'x', nosuch: 1 }, /^Invalid bolt11 invoice: /],
    [{ bolt11: 'x', maxfeepercent: 'y' }, /^maxfeepercent: should be a non-negative floating-/],
    [['x', 1, null, null, null, null, null, null, null, 'y'], /^Exclude array exclude \("y"\)/],
  ])('rejects %j', async (params, message) => {
    const client = await WorldClient.start();
    const error = await client.refused('pay', params);
    expect(error).toMatchObject({ code: -32602 });
    expect(error?.message).toMatch(message);
  });

  test.each([
    ['maxfee and maxfeepercent', { maxfee: 1, maxfeepercent: 1 }],
    ['maxfee and exemptfee', { maxfee: 1, exemptfee: 1 }],
  ])('rejects %s together', async (_, limits) => {
    const { client, bolt11 } = await open();
    expect(await client.refused('pay', { bolt11, ...limits })).toEqual({
      code: -32602,
      message: 'If you specify maxfee, cannot specify maxfeepercent or exemptfee.',
    });
  });
});

describe('a failed payment to ourselves', () => {
  test('of xpay is listed, with a part and an onion', async () => {
    const { client, bolt11, payment_hash } = await withDeletedInvoice();
    expect(await client.refused('xpay', [bolt11])).toEqual({
      code: 203,
      message: "Destination said it doesn't know invoice: Malformed error reply",
    });
    const { payments } = await client.call<{ payments: object[] }>('listsendpays', [bolt11]);
    expect(payments).toMatchObject([{ payment_hash, partid: 1, status: 'failed', bolt11 }]);
    expect(payments[0]).toHaveProperty('erroronion');
    const { pays } = await client.call<{ pays: object[] }>('listpays', [bolt11]);
    expect(pays).toMatchObject([{ payment_hash, status: 'failed', amount_sent_msat: 0 }]);
  });

  test('of the plugin pay is listed without them, and its groups are numbered', async () => {
    const { client, bolt11, payment_hash } = await withDeletedInvoice();
    const erring = {
      erring_index: 0,
      failcode: 16399,
      failcodename: 'WIRE_INCORRECT_OR_UNKNOWN_PAYMENT_DETAILS',
    };
    for (const groupid of [1, 2]) {
      expect(await client.refused('pay', { invstring: bolt11 })).toMatchObject({
        code: 203,
        message: `Unknown invoice ${payment_hash}`,
        data: { payment_hash, groupid, status: 'pending', ...erring },
      });
    }
    const { payments } = await client.call<{ payments: object[] }>('listsendpays', [bolt11]);
    expect(payments).toMatchObject([
      { groupid: 1, status: 'failed' },
      { groupid: 2, status: 'failed' },
    ]);
    expect(payments[0]).not.toHaveProperty('partid');
    expect(payments[0]).not.toHaveProperty('erroronion');
    expect(await client.call('listpays', [bolt11])).toMatchObject({ pays: [{}, {}] });
    expect(await client.refused('waitsendpay', [payment_hash])).toMatchObject({
      code: 203,
      message: `failed: WIRE_INCORRECT_OR_UNKNOWN_PAYMENT_DETAILS (Unknown invoice ${payment_hash})`,
      data: { groupid: 2, status: 'failed', ...erring },
    });
  });
});

describe('sendpay to the node itself', () => {
  interface Made {
    readonly payment_hash: string;
    readonly payment_secret: string;
  }

  test('needs the secret and the amount of an unpaid invoice', async () => {
    const client = await WorldClient.start();
    const made = await client.call<Made>('invoice', [1000, 'own', 'd']);
    const { payment_hash: hash, payment_secret: secret } = made;
    const send = (params: object) => ({
      route: [],
      payment_hash: hash,
      payment_secret: secret,
      amount_msat: 1000,
      ...params,
    });
    const unknown = '00'.repeat(32);
    for (const [params, message] of [
      [{ payment_hash: unknown }, `Unknown invoice ${unknown}`],
      [{ payment_secret: undefined }, `Attempt to pay ${hash} without secret`],
      [{ payment_secret: unknown }, `Attempt to pay ${hash} with wrong payment_secret`],
      [{ amount_msat: 999 }, `Attempt to pay ${hash} with amount 999msat < 1000msat`],
      [{ amount_msat: 2001 }, `Attempt to pay ${hash} with amount 2001msat > 2000msat`],
    ] as const) {
      expect(await client.refused('sendpay', send(params))).toMatchObject({ code: 203, message });
    }
    expect(await client.call('listinvoices')).toMatchObject({ invoices: [{ status: 'unpaid' }] });
    expect(await client.call('sendpay', send({ amount_msat: 2000 }))).toMatchObject({
      status: 'complete',
    });
    expect(await client.refused('sendpay', send({}))).toMatchObject({
      code: 203,
      message: `Already paid or expired invoice ${hash}`,
    });
    const { invoices } = await client.call<{ invoices: object[] }>('listinvoices');
    expect(invoices).toMatchObject([{ status: 'paid', amount_received_msat: 2000 }]);
  });
});
