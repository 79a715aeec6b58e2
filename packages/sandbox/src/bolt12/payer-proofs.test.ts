import { decodeBolt12Invoice, encodeOffer } from '@clnrest/runes/bolt12';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryDirectory } from '@clnrest/testing';
import { type RunningSandbox, runSandbox } from '../sandbox.ts';
import { SocketClient } from '../testing/socket-client.ts';
import { WorldClient } from '../testing/world-client.ts';

interface Proofs {
  readonly proofs: readonly { readonly bolt12: string }[];
}

let sandbox: RunningSandbox;
let client: WorldClient;
/** An offer of a peer, the invoice that was fetched for it, and the preimage that paid it. */
let [offer, invoice, preimage] = ['', '', ''];

beforeAll(async () => {
  sandbox = await runSandbox({
    log: () => undefined,
    args: [`--lightning-dir=${temporaryDirectory(afterAll)}`],
  });
  client = new WorldClient(await SocketClient.connect(sandbox.rpcPath, afterAll));
  await client.call('dev-open-channel');
  const created = await client.call<{ bolt12: string }>('dev-peer-offer', [4000, 'Coffee']);
  offer = created.bolt12;
  const request = { offer, bip353: '₿ann@example.com', payer_note: 'hi' };
  invoice = (await client.call<{ invoice: string }>('fetchinvoice', request)).invoice;
  const paid = await client.call<{ payment_preimage: string }>('xpay', [invoice]);
  preimage = paid.payment_preimage;
});

afterAll(() => sandbox.stop());

test('a proof of a payment has the default fields, and is valid', async () => {
  const { proofs } = await client.call<Proofs>('createproof', [invoice]);
  const proof = proofs[0]?.bolt12;
  expect(proofs).toEqual([
    {
      bolt12: expect.stringMatching(/^lnp1/),
      offer_fields_included: ['offer_description', 'offer_issuer_id'],
      invreq_fields_included: ['invreq_payer_id'],
      invoice_fields_included: [
        'invoice_created_at',
        'invoice_payment_hash',
        'invoice_amount',
        'invoice_features',
        'invoice_node_id',
        'signature',
      ],
    },
  ]);
  const { values } = decodeBolt12Invoice(invoice);
  const decoded = await client.call<object>('decode', [proof]);
  expect(Object.keys(decoded).join(' ')).toBe(
    'type offer_description offer_issuer_id invreq_payer_id invoice_created_at invoice_payment_hash ' +
      'invoice_amount_msat invoice_features invoice_node_id signature proof_preimage proof_omitted_tlvs ' +
      'proof_missing_hashes proof_leaf_hashes proof_signature valid',
  );
  expect(decoded).toMatchObject({
    type: 'bolt12 payer_proof',
    offer_description: 'Coffee',
    invreq_payer_id: Buffer.from(values.invreqPayerId ?? []).toString('hex'),
    invoice_amount_msat: 4000,
    proof_preimage: preimage,
  });
});

test('a proof has a note, and only the given fields', async () => {
  const params = { invstring: offer, note: 'for you', include: ['offer_chains', 8, 88, 1234] };
  const { proofs } = await client.call<Proofs>('createproof', params);
  expect(proofs).toMatchObject([
    {
      offer_fields_included: ['offer_chains', 'offer_amount'],
      invreq_fields_included: ['invreq_payer_id'],
    },
  ]);
  expect(await client.call('decode', [proofs[0]?.bolt12])).toMatchObject({
    offer_amount_msat: 4000,
    proof_note: 'for you',
  });
});

test('the name that the offer was resolved from identifies the payment', async () => {
  const include = ['invreq_bip_353_name', 'invreq_payer_note'];
  const found = await client.call<Proofs>('createproof', { invstring: 'ann@example.com', include });
  expect(await client.call('decode', [found.proofs[0]?.bolt12])).toMatchObject({
    invreq_payer_note: 'hi',
    invreq_bip_353_name: { name: 'ann', domain: 'example.com' },
  });
  expect(await client.refused('createproof', ['bob@example.com'])).toEqual({
    code: 1700,
    message: 'No successful payment found for that invstring',
  });
});

test.each([
  [
    ['xx'],
    /^invstring: Expected bolt12 invoice \(lni1\.\.\.\), offer \(lno1\.\.\.\), or user@domain:/,
  ],
  [['lni1qqqq'], /^Invalid invstring: wrong chain$/],
  [['lno1qqqq'], /^invstring: Invalid offer: invalid offer data: invalid token '"lno1qqqq"'$/],
  [['a@b', 'n', {}], /^include: Expected array: invalid token '\{\}'$/],
  [['a@b', 'n', ['invreq_metadata']], /^include: Unknown field name:/],
  [['a@b', 'n', [1.5]], /^include: Expected name or number: invalid token '1.5'$/],
])('createproof %j is rejected', async (params, message) => {
  const error = await client.refused('createproof', params);
  expect(error).toEqual({ code: -32602, message: expect.stringMatching(message) });
});

test('an offer of another chain, and the secret metadata, are rejected', async () => {
  const foreign = encodeOffer({ offerIssuerId: decodeBolt12Invoice(invoice).values.invoiceNodeId });
  expect((await client.refused('createproof', [foreign]))?.message).toBe(
    `invstring: Invalid offer: wrong chain: invalid token '"${foreign}"'`,
  );
  expect(await client.refused('createproof', { invstring: invoice, include: [0] })).toEqual({
    code: -32602,
    message: 'include: a payer proof cannot include field 0',
  });
});

test('a changed proof is malformed', async () => {
  const { proofs } = await client.call<Proofs>('createproof', [invoice]);
  const text = proofs[0]?.bolt12 ?? '';
  const changed = `${text.slice(0, -60)}${text.at(-60) === 'q' ? 'p' : 'q'}${text.slice(-59)}`;
  expect((await client.refused('decode', [changed]))?.message).toMatch(
    /^string: Invalid invoice signature/,
  );
});
