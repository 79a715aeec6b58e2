import { createHash } from 'node:crypto';
import {
  type Bolt12InvoiceValues,
  decodeBolt12Invoice,
  decodeOffer,
  encodeUnsignedBolt12Invoice,
} from '@clnrest/runes/bolt12';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryDirectory } from '@clnrest/testing';
import { type RunningSandbox, runSandbox } from '../sandbox.ts';
import { SocketClient } from '../testing/socket-client.ts';
import { WorldClient } from '../testing/world-client.ts';

const REGTEST = Buffer.from(
  '06226e46111a0b59caaf126043eb5bbf28c34f3a5e332a1fc7b2b73cf188910f',
  'hex',
);

let sandbox: RunningSandbox;
let client: WorldClient;
/** An offer of ours. */
let offer: { readonly bolt12: string; readonly offer_id: string };
let created = 0;

beforeAll(async () => {
  sandbox = await runSandbox({
    log: () => undefined,
    args: [`--lightning-dir=${temporaryDirectory(afterAll)}`],
  });
  client = new WorldClient(await SocketClient.connect(sandbox.rpcPath, afterAll));
  await client.call('dev-open-channel');
  offer = await client.call('offer', [1000, 'Tea']);
});

afterAll(() => sandbox.stop());

/** The parameters of `createinvoice` with a new label and preimage. */
function params(changes: Bolt12InvoiceValues = {}, ofOffer = false) {
  const label = `created ${++created}`;
  const preimage = createHash('sha256').update(label).digest();
  const values = {
    invreqMetadata: new Uint8Array(16),
    invreqChain: REGTEST,
    invreqPayerNote: 'note',
    offerDescription: ofOffer ? undefined : 'Cake',
    invoiceCreatedAt: BigInt(Math.floor(Date.now() / 1000)),
    invoicePaymentHash: createHash('sha256').update(preimage).digest(),
    invoiceAmount: 5000n,
    invoiceNodeId: Buffer.from(sandbox.id, 'hex'),
    ...changes,
  };
  const request = ofOffer ? decodeOffer(offer.bolt12).tlvs : [];
  return {
    invstring: encodeUnsignedBolt12Invoice(values, request),
    label,
    preimage: preimage.toString('hex'),
  };
}

test('createinvoice signs an invoice of BOLT 12, which can be paid', async () => {
  const given = params();
  const invoice = await client.call<{ bolt12: string }>('createinvoice', given);
  expect(invoice).toMatchObject({
    label: given.label,
    amount_msat: 5000,
    description: 'Cake',
    status: 'unpaid',
  });
  // The node adds a path to itself, as for its own invoices.
  const { values } = decodeBolt12Invoice(invoice.bolt12);
  expect(values.invoicePaths).toHaveLength(1);
  await client.call('dev-peer-pay', [invoice.bolt12]);
  expect(await client.call('listinvoices', [given.label])).toMatchObject({
    invoices: [{ status: 'paid', payment_preimage: given.preimage }],
  });
  expect(await client.refused('createinvoice', given)).toMatchObject({
    code: 900,
    message: 'Duplicate label',
    data: { status: 'paid' },
  });
  expect(await client.refused('createinvoice', { ...given, invstring: invoice.bolt12 })).toEqual({
    code: -32602,
    message: 'invoice already signed',
  });
});

test('an invoice for our offer belongs to it while the offer is active', async () => {
  const { bolt12, offer_id } = offer;
  expect(bolt12).toMatch(/^lno1/);
  expect(await client.call('createinvoice', params({}, true))).toMatchObject({
    local_offer_id: offer_id,
    invreq_payer_note: 'note',
    description: 'Tea',
  });
  await client.call('disableoffer', [offer_id]);
  expect(await client.refused('createinvoice', params({}, true))).toEqual({
    code: 907,
    message: 'offer not active',
  });
});

test.each<[Bolt12InvoiceValues, RegExp]>([
  [{ invreqChain: undefined }, /^Unparsable invoice 'lni1\w+': wrong chain$/],
  [{ invoiceFeatures: Uint8Array.of(1) }, /^Unparsable invoice 'lni1\w+': unknown feature bit 0$/],
  [{ invoiceAmount: undefined }, /^Missing invoice_amount in invoice$/],
  [{ invoicePaymentHash: undefined }, /^Missing payment_hash in invoice$/],
  [{ invoicePaymentHash: new Uint8Array(32) }, /^Incorrect preimage$/],
])('createinvoice with %o is rejected', async (changes, message) => {
  expect(await client.refused('createinvoice', params(changes))).toEqual({
    code: -32602,
    message: expect.stringMatching(message),
  });
});

test('signinvoice signs only invoices of BOLT 11, as in lightningd', async () => {
  const { invstring } = params();
  expect(await client.refused('signinvoice', [invstring])).toEqual({
    code: -32602,
    message: `Unparsable invoice '${invstring}': Bad bech32 string`,
  });
});
