import { describe, expect, test } from 'vitest';
import { NodeKeys } from '../keys/node-keys.ts';
import { WorldClient } from '../testing/world-client.ts';
import { encodeBolt11 } from './bolt11.ts';

const keys = new NodeKeys(Buffer.alloc(32, 7));
const PREIMAGE = '11'.repeat(32);

/** An invoice of a node that no sandbox knows. */
function invoiceWith(features: readonly number[], prefix = 'bcrt'): string {
  const paymentHash = Buffer.from(
    '02d449a31fbb267c8f352e9968a79e3e5fc95c1bbeaa502fd6454ebde5a4bedc',
    'hex',
  );
  return encodeBolt11(
    {
      prefix,
      amountMsat: 1000n,
      createdAt: 1_795_195_305n,
      expiry: 10_000_000_000n,
      paymentHash,
      paymentSecret: Buffer.alloc(32, 9),
      description: 'd',
      hashOnly: false,
      minFinalCltvExpiry: 10n,
      fallbacks: [],
      features,
    },
    (data) => keys.signRecoverable(data),
  );
}

const BASIC = [8, 14];
const UNKNOWN = '9: unknown feature bit 100';

// The texts are those of lightningd v26.06.6.
describe('an invoice that requires an unknown feature', () => {
  const text = invoiceWith([...BASIC, 100]);

  test('cannot be decoded', async () => {
    const client = await WorldClient.start();
    expect(await client.refused('decode', [text])).toEqual({
      code: -32602,
      message: `string: ${UNKNOWN}: invalid token '"${text}"'`,
    });
  });

  test.each([
    ['pay', [text], `Invalid bolt11 invoice: ${UNKNOWN}`],
    ['pay', { invstring: text }, `Invalid bolt11: ${UNKNOWN}`],
    ['xpay', [text], `Invalid bolt11 invoice: ${UNKNOWN}`],
    ['signinvoice', [text], `Unparsable invoice '${text}': ${UNKNOWN}`],
  ])('fails %s %j', async (method, params, message) => {
    const client = await WorldClient.start();
    await client.call('dev-open-channel');
    expect(await client.refused(method, params)).toEqual({ code: -32602, message });
    expect(await client.call('listsendpays')).toEqual({ payments: [] });
  });
});

test('an invoice can have unknown optional features, and all known ones', async () => {
  const client = await WorldClient.start();
  for (const features of [
    [...BASIC, 101],
    [8, 14, 16, 24, 48],
    [9, 15, 17, 25, 49],
  ]) {
    expect(await client.call('decode', [invoiceWith(features)])).toMatchObject({ valid: true });
  }
});

test('an invoice of another network is refused before its features', async () => {
  const client = await WorldClient.start();
  const text = invoiceWith([...BASIC, 100], 'tb');
  const problem = 'Prefix tb is not for regtest';
  expect(await client.refused('pay', [text])).toMatchObject({
    message: `Invalid bolt11 invoice: ${problem}`,
  });
  expect(await client.refused('pay', { invstring: text })).toMatchObject({
    message: `Invalid bolt11: ${problem}`,
  });
  expect(await client.refused('signinvoice', [text])).toMatchObject({
    message: `Unparsable invoice '${text}': ${problem}`,
  });
  expect(await client.refused('createinvoice', [text, 'l', PREIMAGE])).toMatchObject({
    code: -32602,
  });
});
