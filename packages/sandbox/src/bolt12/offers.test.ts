import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js';
import { decodeBolt12Invoice, decodeOffer, encodeBolt12Invoice } from '@clnrest/runes/bolt12';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '@clnrest/testing';
import { temporarySandbox } from '../testing/temporary-sandbox.ts';
import { SocketClient } from '../testing/socket-client.ts';
import { WorldClient } from '../testing/world-client.ts';

interface OfferReply {
  readonly offer_id: string;
  readonly bolt12: string;
  readonly used: boolean;
  readonly active: boolean;
}

async function opened(): Promise<WorldClient> {
  const client = await WorldClient.start();
  await client.call('dev-open-channel');
  return client;
}

async function invoiceFor(client: WorldClient, params: object): Promise<string> {
  return (await client.call<{ invoice: string }>('fetchinvoice', params)).invoice;
}

describe('an offer of ours', () => {
  test('is listed, disabled and enabled, and survives a restart', async () => {
    const directory = temporaryDirectory();
    const first = await temporarySandbox({ directory });
    const client = new WorldClient(await SocketClient.connect(first.rpcPath));
    const { offer_id, bolt12 } = await client.call<OfferReply>('offer', [
      '10sat',
      'Tea',
      'me',
      'l',
    ]);
    await client.call('disableoffer', [offer_id]);
    await first.stop();
    const second = await temporarySandbox({ directory });
    const again = new WorldClient(await SocketClient.connect(second.rpcPath));
    const listed = { offer_id, bolt12, active: false, single_use: false, used: false, label: 'l' };
    expect(await again.call('listoffers')).toMatchObject({
      offers: [{ ...listed, description: 'Tea' }],
    });
    expect(await again.call('listoffers', { active_only: true })).toEqual({ offers: [] });
    expect(await again.refused('disableoffer', [offer_id])).toMatchObject({ code: 1001 });
    // Without channels, an offer has no path: the same values are the same offer.
    expect(await again.refused('offer', ['10sat', 'Tea', 'me', 'l'])).toEqual({
      code: 1000,
      message: "Already exists, but isn't active",
    });
    expect(await again.call('enableoffer', [offer_id])).toMatchObject({ active: true });
    expect(await again.refused('enableoffer', [offer_id])).toMatchObject({ code: 1006 });
    expect(await again.call('offer', ['10sat', 'Tea', 'me', 'l'])).toMatchObject({
      created: false,
    });
  });

  test('is paid by a peer, who gets an invoice with its note', async () => {
    const client = await opened();
    const { offer_id, bolt12 } = await client.call<OfferReply>('offer', ['any', 'Donation']);
    const { offerPaths } = decodeOffer(bolt12).values;
    expect(offerPaths?.[0]?.hops).toHaveLength(2);
    const request = { offer: bolt12, amount_msat: 7000, payer_note: 'thanks' };
    const { invoice } = await client.call<{ invoice: string }>('dev-peer-fetchinvoice', request);
    const listed = { local_offer_id: offer_id, invreq_payer_note: 'thanks', bolt12: invoice };
    expect(await client.call('listinvoices', { offer_id })).toMatchObject({
      invoices: [{ ...listed, amount_msat: 7000, status: 'unpaid', description: 'Donation' }],
    });
    await client.call('dev-peer-pay', [invoice]);
    expect(await client.call('listinvoices', { invstring: invoice })).toMatchObject({
      invoices: [{ ...listed, status: 'paid', amount_received_msat: 7000 }],
    });
    expect(await client.call('listoffers')).toMatchObject({
      offers: [{ used: true, active: true }],
    });
  });

  test('for a single use is inactive after a payment, and other invoices expire', async () => {
    const client = await opened();
    const { offer_id, bolt12 } = await client.call<OfferReply>('offer', {
      amount: 5000,
      description: 'One',
      single_use: true,
    });
    const fetched = async (): Promise<string> => {
      const reply = await client.call<{ invoice: string }>('dev-peer-fetchinvoice', [bolt12]);
      return reply.invoice;
    };
    const [one, other] = [await fetched(), await fetched()];
    await client.call('dev-peer-pay', [one]);
    expect(await client.call('listoffers')).toMatchObject({
      offers: [{ used: true, active: false }],
    });
    expect(await client.call('listinvoices', { invstring: other })).toMatchObject({
      invoices: [{ status: 'expired' }],
    });
    expect(await client.refused('enableoffer', [offer_id])).toMatchObject({ code: 1007 });
    expect(await client.refused('dev-peer-fetchinvoice', [bolt12])).toMatchObject({
      message: 'Offer no longer available',
    });
  });

  test('is paid by ourselves', async () => {
    const client = await WorldClient.start();
    const { bolt12 } = await client.call<OfferReply>('offer', [1000, 'Tea']);
    const invoice = await invoiceFor(client, { offer: bolt12 });
    expect(await client.call('pay', [invoice])).toMatchObject({ status: 'complete' });
    expect(await client.call('listpays')).toMatchObject({ pays: [{ bolt12: invoice }] });
  });

  test.each([
    [{ amount: 1000 }, -32602, /^description: description is required/],
    [{ amount: 'any', recurrence_limit: 5 }, -32602, /^recurrence_limit: needs recurrence/],
    [{ amount: '1.5USD', description: 'x' }, -32602, /^Currency USD requires 2 minor units/],
    [{ amount: '15XXY', description: 'x' }, -32602, /^Unknown currency suffix XXY/],
    [{ amount: 'any', recurrence: '1year' }, -32602, /^recurrence: not a valid time/],
  ])('with %j is rejected', async (params, code, message) => {
    const client = await WorldClient.start();
    const error = await client.refused('offer', params);
    expect(error?.code).toBe(code);
    expect(error?.message).toMatch(message);
  });

  test('recurs in the units of BOLT 12', async () => {
    const client = await WorldClient.start();
    const { bolt12 } = await client.call<OfferReply>('offer', {
      amount: 1000,
      description: 'Weekly',
      recurrence: '2weeks',
      recurrence_paywindow: '-10+20',
      recurrence_limit: 3,
    });
    expect(await client.call('decode', [bolt12])).toMatchObject({
      offer_recurrence: {
        time_unit: 1,
        period: 14,
        limit: 3,
        paywindow: { seconds_before: 10, seconds_after: 20 },
      },
      valid: true,
    });
  });
});

describe('an offer of a peer', () => {
  async function peerOffer(client: WorldClient, params: object): Promise<string> {
    return (await client.call<{ bolt12: string }>('dev-peer-offer', params)).bolt12;
  }

  test('is paid with one command, or with the invoice', async () => {
    const client = await opened();
    const offer = await peerOffer(client, { amount: 3000, description: 'Coffee' });
    expect(await client.call('xpay', [offer])).toMatchObject({ amount_msat: 3000 });
    const invoice = await invoiceFor(client, { offer, payer_note: 'for Ann' });
    expect(decodeBolt12Invoice(invoice).values.invreqPayerNote).toBe('for Ann');
    expect(await client.call('pay', { invstring: invoice })).toMatchObject({ status: 'complete' });
    expect(await client.refused('xpay', [invoice])).toMatchObject({ code: 219 });
    const { payments } = await client.call<{ payments: object[] }>('listsendpays');
    expect(payments).toHaveLength(2);
    expect(payments[1]).toMatchObject({ bolt12: invoice, status: 'complete' });
  });

  test('has the quantity and the amount of the request', async () => {
    const client = await opened();
    const offer = await peerOffer(client, { amount: 1000, quantity_max: 5 });
    expect(await client.refused('fetchinvoice', { offer })).toMatchObject({
      message: 'quantity parameter required',
    });
    const fetched = await client.call('fetchinvoice', { offer, quantity: 3 });
    expect(fetched).toMatchObject({ changes: {} });
    const low = await client.refused('fetchinvoice', { offer, quantity: 3, amount_msat: 10 });
    expect(low).toEqual({
      code: 1004,
      message: 'Remote node sent failure message',
      data: {
        error: expect.stringMatching(/^Failed invreq lnr1\w+: Amount must be at least 3000msat$/),
      },
    });
  });

  test.each([
    ['reject', 1004],
    ['fail', 1003],
    ['hold', 1005],
  ])('of a node that is set to %s fails with %d', async (conduct, code) => {
    const client = await opened();
    const offer = await peerOffer(client, { amount: 1000 });
    await client.call('dev-set-peer', [conduct]);
    const error = await client.refused('fetchinvoice', { offer, timeout: 0 });
    expect(error?.code).toBe(code);
  });

  test('of a node that holds is answered when the node accepts again', async () => {
    const { rpcPath } = await temporarySandbox();
    const client = new WorldClient(await SocketClient.connect(rpcPath));
    const other = new WorldClient(await SocketClient.connect(rpcPath));
    const offer = await peerOffer(client, { amount: 1000 });
    await client.call('dev-set-peer', ['hold']);
    const pending = client.call('fetchinvoice', { offer });
    await other.call('dev-set-peer', ['accept']);
    expect(await pending).toMatchObject({ changes: {} });
  });

  test('that was changed, or of an unknown node, has no invoice', async () => {
    const client = await opened();
    const offer = await peerOffer(client, { amount: 1000 });
    const { values } = decodeOffer(offer);
    const { encodeOffer } = await import('@clnrest/runes/bolt12');
    const cheaper = encodeOffer({ ...values, offerAmount: 1n });
    expect(await client.refused('fetchinvoice', { offer: cheaper })).toMatchObject({
      data: { error: expect.stringMatching(/^Failed invreq lnr1\w+: Unknown offer$/) },
    });
    const id = Buffer.from(
      `02${'79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798'}`,
      'hex',
    );
    const foreign = encodeOffer({ ...values, offerIssuerId: id });
    expect(await client.refused('fetchinvoice', { offer: foreign })).toMatchObject({ code: 1003 });
    const hops = [{ blindedNodeId: id, encryptedRecipientData: new Uint8Array() }];
    const path = { firstPathKey: id, hops };
    for (const [firstNode, start] of [
      [{ nodeId: id }, id.toString('hex')],
      [{ scid: (105n << 40n) | (1n << 16n), side: 1 as const }, '105x1x0/1'],
    ] as const) {
      const offerPaths = [{ firstNode, ...path }];
      const hidden = encodeOffer({ ...values, offerIssuerId: undefined, offerPaths });
      expect((await client.refused('fetchinvoice', { offer: hidden }))?.message).toContain(
        `could not route or connect directly to blinded path at ${start}:`,
      );
    }
  });
});

test('an invoice of an unknown node has no route', async () => {
  const client = await opened();
  const { bolt12 } = await client.call<{ bolt12: string }>('dev-peer-offer', [1000]);
  const ours = decodeBolt12Invoice(await invoiceFor(client, { offer: bolt12 }));
  const secret = new Uint8Array(32).fill(7);
  const invoiceNodeId = secp256k1.getPublicKey(secret, true);
  const sign = (hash: Uint8Array): Uint8Array => schnorr.sign(hash, secret);
  const foreign = encodeBolt12Invoice({ ...ours.values, invoiceNodeId }, sign);
  expect(await client.refused('xpay', [foreign])).toEqual({
    code: 205,
    message: 'Failed: There is no connection between source and destination at all',
  });
});

describe('an invoice request', () => {
  test('of ours is paid once to a peer that sends an invoice', async () => {
    const client = await opened();
    const request = await client.call<{ invreq_id: string; bolt12: string }>('invoicerequest', {
      amount: 8000,
      description: 'refund',
    });
    expect(await client.call('decode', [request.bolt12])).toMatchObject({
      valid: true,
      invreq_amount_msat: 8000,
    });
    await client.call('dev-peer-sendinvoice', [request.bolt12]);
    expect(await client.call('listinvoicerequests')).toMatchObject({
      invoicerequests: [{ invreq_id: request.invreq_id, used: true, active: false }],
    });
    expect(await client.refused('dev-peer-sendinvoice', [request.bolt12])).toMatchObject({
      data: {
        error: expect.stringMatching(
          /^Failed invoice lni1\w+: invoice_request no longer available$/,
        ),
      },
    });
    expect(await client.refused('disableinvoicerequest', [request.invreq_id])).toMatchObject({
      code: 1001,
    });
  });

  test('of ours is used by a payment that names it', async () => {
    const client = await opened();
    const { bolt12: offer } = await client.call<{ bolt12: string }>('dev-peer-offer', [1000]);
    const request = await client.call<{ invreq_id: string }>('invoicerequest', [5000]);
    const { invreq_id: localinvreqid } = request;
    const unknown = '11'.repeat(32);
    const invstring = await invoiceFor(client, { offer });
    expect(await client.refused('xpay', { invstring, localinvreqid: unknown })).toEqual({
      code: -3,
      message: `Unexpected injectpaymentonion error 212: {"code":212,"message":"Unknown invoice_request ${unknown}"}`,
    });
    await client.call('xpay', { invstring, localinvreqid });
    expect(await client.call('listinvoicerequests')).toMatchObject({
      invoicerequests: [{ used: true, active: false }],
    });
    expect(await client.refused('xpay', { invstring, localinvreqid })).toMatchObject({ code: 219 });
    const another = { bolt11: await invoiceFor(client, { offer }), localinvreqid };
    expect((await client.refused('pay', another))?.message).toContain('Inactive invoice_request');
  });

  test('of a peer is paid when we send an invoice', async () => {
    const client = await opened();
    const { bolt12 } = await client.call<{ bolt12: string }>('dev-peer-invoicerequest', [9000]);
    const paid = await client.call('sendinvoice', { invreq: bolt12, label: 'sent' });
    expect(paid).toMatchObject({ label: 'sent', status: 'paid', amount_received_msat: 9000 });
    await client.call('dev-set-peer', ['hold']);
    const late = { invreq: bolt12, label: 'late', timeout: 0 };
    expect(await client.refused('sendinvoice', late)).toMatchObject({ code: 1005 });
    const other = await client.call<{ bolt12: string }>('offer', [1, 'x']);
    expect((await client.refused('sendinvoice', [other.bolt12, 'x']))?.message).toMatch(
      /^invreq: Unparsable invoice_request: unexpected prefix lno/,
    );
  });
});
