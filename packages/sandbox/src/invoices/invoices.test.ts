import { createHash } from 'node:crypto';
import { decodeBolt11 } from '@clnrest/runes/bolt11';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NodeKeys } from '../keys/node-keys.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { SocketClient } from '../testing/socket-client.ts';
import { temporarySandbox } from '../testing/temporary-sandbox.ts';
import { encodeBolt11 } from './bolt11.ts';

const START = 1_795_194_829n;

async function node() {
  const clock = new ManualClock(START * 1_000_000_000n);
  const { rpcPath } = await temporarySandbox({ clock });
  const client = await SocketClient.connect(rpcPath);
  return { clock, client, rpcPath };
}

interface Listed {
  readonly label: string;
  readonly status: string;
  readonly created_index: number;
  readonly updated_index?: number;
}

async function listed(client: SocketClient, params: unknown = {}): Promise<Listed[]> {
  return ((await client.call('listinvoices', params)).result as { invoices: Listed[] }).invoices;
}

describe('BOLT 11', () => {
  const keys = new NodeKeys(Buffer.alloc(32, 7));
  const hash = Buffer.alloc(32, 9);

  test('encodes all fields and the signature of the node', () => {
    fc.assert(
      fc.property(
        fc.option(fc.bigInt({ min: 1n, max: 2_100_000_000_000_000_00n }), { nil: undefined }),
        fc.string({ unit: 'grapheme', maxLength: 40 }),
        fc.boolean(),
        fc.bigInt({ min: 0n, max: (1n << 60n) - 1n }),
        fc.bigInt({ min: 0n, max: 0xffff_ffffn }),
        (amountMsat, description, hashOnly, expiry, cltv) => {
          const decoded = decodeBolt11(
            encodeBolt11(
              {
                prefix: 'bcrt',
                amountMsat,
                createdAt: START,
                expiry,
                paymentHash: hash,
                paymentSecret: hash,
                description,
                hashOnly,
                minFinalCltvExpiry: cltv,
                fallbacks: [{ version: 1, program: hash }],
                features: [8, 14, 17, 25],
              },
              (data) => keys.signRecoverable(data),
            ),
          );
          expect(decoded).toMatchObject({
            currency: 'bcrt',
            amountMsat,
            createdAt: START,
            expiry,
            payee: keys.id,
            description: hashOnly ? undefined : description,
            descriptionHash: hashOnly
              ? createHash('sha256').update(description).digest('hex')
              : undefined,
            paymentHash: hash.toString('hex'),
            paymentSecret: hash.toString('hex'),
            features: '02024100',
            fallbacks: [{ version: 1, program: hash.toString('hex') }],
          });
        },
      ),
      { numRuns: 30 },
    );
  });

  test('equals the invoice of lightningd for the same fields', () => {
    // From lightningd v26.06.6, test/recordings/invoice_and_errors.jsonl. The signature differs.
    const recorded =
      'lnbcrt1u1p4sql7dsp5aa0nhcq4y2c6vtu6czyrhnzukwvu58kqx6wgq6nlt2sq5f4cqdpspp5kczh4rtr56wk8jpck288kqu55m8yxn0h63ega4nfvuea2r5xpzvsdqcwfjkvgryv4ekxunfwp6xjmmwxqyjw5qcqp29qxpqysgq34txgqd5vd9a659kxsvzp7vwn3zrk8guztvzuefna9j28tul87sq3emh07hzvug5qtmscsrcvccgqv9lkhxhmssdalgrtzww3k3549cqwzvelp';
    const theirs = decodeBolt11(recorded);
    const ours = encodeBolt11(
      {
        prefix: 'bcrt',
        amountMsat: 100_000n,
        createdAt: theirs.createdAt,
        expiry: 604_800n,
        paymentHash: Buffer.from(theirs.paymentHash, 'hex'),
        paymentSecret: Buffer.from(theirs.paymentSecret, 'hex'),
        description: 'ref description',
        hashOnly: false,
        minFinalCltvExpiry: 10n,
        fallbacks: [],
        features: [8, 14, 17, 25],
      },
      (data) => keys.signRecoverable(data),
    );
    const signature = 104 + 6;
    expect(ours.slice(0, -signature)).toBe(recorded.slice(0, -signature));
  });
});

describe('invoice', () => {
  test.each([
    [
      { amount_msat: 0 },
      -32602,
      "amount_msat: should be positive msat or 'any': invalid token '0'",
    ],
    [
      { amount_msat: '18446744073709551616' },
      -32602,
      `amount_msat: should be positive msat or 'any': invalid token '"18446744073709551616"'`,
    ],
    [{ label: 'x'.repeat(129) }, -32602, `Label '${'x'.repeat(129)}' over 128 bytes`],
    [
      { description: 'd'.repeat(640) },
      -32602,
      'Description greater than 639 bytes invalid (description length 640)',
    ],
    [{ expiry: '0x1000000000000000' }, -32602, 'expiry: too far in the future'],
    [{ preimage: 'zz' }, -32602, `preimage: should be 64 hex digits: invalid token '"zz"'`],
    [{ exposeprivatechannels: '1x1x1' }, 902, 'None of those hints were suitable local channels'],
    [{ fallbacks: ['nosuch'] }, -1, 'Fallback address not valid'],
    [
      { fallbacks: ['1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2'] },
      -1,
      'Fallback address does not match our network regtest',
    ],
    [
      { fallbacks: ['bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4'] },
      -1,
      'Fallback address not valid',
    ],
  ])('rejects %j', async (more, code, message) => {
    const { client } = await node();
    const params = { amount_msat: 'any', label: 'l', description: 'd', ...more };
    expect((await client.call('invoice', params)).error).toEqual({ code, message });
    expect(await listed(client)).toEqual([]);
  });

  test('rejects a label or preimage that is already used', async () => {
    const { client } = await node();
    const preimage = '00'.repeat(32);
    await client.call('invoice', { amount_msat: 'any', label: 'a"b', description: 'd', preimage });
    expect((await client.call('invoice', ['any', 'a"b', 'd'])).error).toEqual({
      code: 900,
      message: "Duplicate label 'a\\\"b'",
    });
    expect(
      (await client.call('invoice', { amount_msat: 'any', label: 'c', description: 'd', preimage }))
        .error,
    ).toEqual({
      code: 901,
      message: 'preimage already used',
    });
  });

  test('encodes every parameter in the invoice', async () => {
    const { client } = await node();
    const long = 'ü'.repeat(1000);
    const { result } = await client.call('invoice', {
      amount_msat: '10sat',
      label: 5,
      description: long,
      deschashonly: true,
      expiry: 60,
      cltv: 42,
      fallbacks: [
        'mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn',
        '2MzQwSSnBHWHqSAqtTVQ6v47XtaisrJa1Vc',
        'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080',
      ],
    });
    const { bolt11, expires_at: expiresAt } = result as { bolt11: string; expires_at: number };
    expect(expiresAt).toBe(Number(START) + 60);
    const decoded = (await client.call('decode', [`lightning:${bolt11}`])).result;
    expect(decoded).toMatchObject({
      type: 'bolt11 invoice',
      amount_msat: 10_000,
      expiry: 60,
      min_final_cltv_expiry: 42,
      description_hash: createHash('sha256').update(long).digest('hex'),
      fallbacks: [
        { type: 'P2PKH', addr: 'mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn' },
        { type: 'P2SH', addr: '2MzQwSSnBHWHqSAqtTVQ6v47XtaisrJa1Vc' },
        { type: 'P2WPKH', addr: 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080' },
      ],
      valid: true,
    });
    expect((await client.call('listinvoices', { invstring: bolt11 })).result).toMatchObject({
      invoices: [{ label: '5', description: long }],
    });
  });
});

describe('paying', () => {
  test('resolves pending waits in the order of payments', async () => {
    const { client, rpcPath } = await node();
    for (const label of ['a', 'b']) await client.call('invoice', [1000, label, 'd']);
    const forAny = await SocketClient.connect(rpcPath);
    const forB = await SocketClient.connect(rpcPath);
    forAny.write('{"jsonrpc":"2.0","id":1,"method":"waitanyinvoice","params":{}}');
    forB.write('{"jsonrpc":"2.0","id":2,"method":"waitinvoice","params":["b"]}');
    await client.call('getinfo');
    const { result } = await client.call('dev-pay-invoice', { label: 'b' });
    expect(result).toMatchObject({
      label: 'b',
      status: 'paid',
      pay_index: 1,
      amount_msat: 1000,
      amount_received_msat: 1000,
      paid_at: Number(START),
      updated_index: 1,
    });
    expect((JSON.parse((await forAny.read()) ?? '') as { result: unknown }).result).toEqual(result);
    expect((JSON.parse((await forB.read()) ?? '') as { result: unknown }).result).toEqual(result);

    await client.call('dev-pay-invoice', { label: 'a', amount_msat: 2000 });
    expect((await client.call('waitanyinvoice')).result).toMatchObject({
      label: 'b',
      pay_index: 1,
    });
    expect((await client.call('waitanyinvoice', [1])).result).toMatchObject({
      label: 'a',
      pay_index: 2,
    });
    expect((await client.call('waitanyinvoice', [2, 0])).error).toEqual({
      code: 904,
      message: 'Timed out while waiting for invoice to be paid',
    });
    expect((await client.call('waitinvoice', ['a'])).result).toMatchObject({
      amount_received_msat: 2000,
    });
  });

  test.each([
    [{ label: 'nosuch' }, 905, 'Unknown invoice'],
    [{}, -32602, 'Specify one of {label} and {invstring}, the invoice to pay'],
    [
      { label: 'l', invstring: 'x' },
      -32602,
      'Specify one of {label} and {invstring}, the invoice to pay',
    ],
    [{ invstring: 'x' }, -32602, 'Invalid invstring: Bad bech32 string'],
    [{ label: 'any' }, -32602, 'amount_msat: required, because the invoice has no amount'],
    [
      { label: 'l', amount_msat: 999 },
      -32602,
      expect.stringMatching(
        /^Attempt to pay [0-9a-f]{64} with amount 999msat < 1000msat$/,
      ) as string,
    ],
    [
      { label: 'l', amount_msat: 2001 },
      -32602,
      expect.stringMatching(/with amount 2001msat > 2000msat$/) as string,
    ],
  ])('rejects %j', async (params, code, message) => {
    const { client } = await node();
    await client.call('invoice', [1000, 'l', 'd']);
    await client.call('invoice', ['any', 'any', 'd']);
    expect((await client.call('dev-pay-invoice', params)).error).toEqual({ code, message });
  });

  test('accepts an invstring, and rejects a second payment', async () => {
    const { client } = await node();
    const { bolt11 } = (await client.call('invoice', [1000, 'l', 'd'])).result as {
      bolt11: string;
    };
    expect((await client.call('dev-pay-invoice', { invstring: bolt11 })).result).toMatchObject({
      status: 'paid',
    });
    expect((await client.call('dev-pay-invoice', { invstring: bolt11 })).error).toEqual({
      code: 906,
      message: 'Invoice status is paid not unpaid',
      data: { current_status: 'paid', expected_status: 'unpaid' },
    });
  });
});

describe('expiry', () => {
  test('marks unpaid invoices as expired', async () => {
    const { client, clock } = await node();
    await client.call('invoice', { amount_msat: 1, label: 'soon', description: 'd', expiry: 10 });
    await client.call('invoice', { amount_msat: 1, label: 'later', description: 'd', expiry: 20 });
    clock.advance(9_999);
    expect((await listed(client)).map(({ status }) => status)).toEqual(['unpaid', 'unpaid']);
    clock.advance(1);
    expect(await listed(client)).toMatchObject([
      { label: 'soon', status: 'expired', updated_index: 1 },
      { label: 'later', status: 'unpaid' },
    ]);
    expect((await client.call('dev-pay-invoice', { label: 'soon' })).error?.code).toBe(906);
    expect((await client.call('waitinvoice', ['soon'])).error).toMatchObject({
      code: 903,
      message: 'invoice expired during wait',
      data: { label: 'soon', status: 'expired' },
    });
  });

  test('resolves pending waits when the timer fires', async () => {
    const { rpcPath } = await temporarySandbox();
    const client = await SocketClient.connect(rpcPath);
    await client.call('invoice', { amount_msat: 1, label: 'l', description: 'd', expiry: 1 });
    expect((await client.call('waitinvoice', ['l'])).error).toMatchObject({ code: 903 });
  });
});

describe('delinvoice', () => {
  test('deletes an invoice and resolves pending waits', async () => {
    const { client, rpcPath } = await node();
    await client.call('invoice', [1, 'l', 'd']);
    const waiter = await SocketClient.connect(rpcPath);
    waiter.write('{"jsonrpc":"2.0","id":1,"method":"waitinvoice","params":["l"]}');
    await waiter.call('getinfo').catch(() => undefined);
    expect((await client.call('delinvoice', ['l', 'unpaid'])).result).toMatchObject({
      label: 'l',
      created_index: 1,
    });
    expect(await waiter.read()).toContain(
      '"error":{"code":-1,"message":"Invoice deleted during wait"}',
    );
    expect(await listed(client)).toEqual([]);
    // The index of a deleted invoice is not reused.
    expect((await client.call('invoice', [1, 'l', 'd'])).result).toMatchObject({
      created_index: 2,
    });
  });

  test('deletes only the description with desconly', async () => {
    const { client } = await node();
    await client.call('invoice', [1, 'l', 'd']);
    const { result } = await client.call('delinvoice', {
      label: 'l',
      status: 'unpaid',
      desconly: true,
    });
    expect(result).not.toHaveProperty('description');
    expect(await listed(client)).toMatchObject([{ label: 'l', updated_index: 1 }]);
    expect(
      (await client.call('delinvoice', { label: 'l', status: 'unpaid', desconly: true })).error,
    ).toEqual({
      code: 908,
      message: 'Invoice description already removed',
    });
  });

  test('rejects a status that does not match', async () => {
    const { client } = await node();
    await client.call('invoice', [1, 'l', 'd']);
    expect((await client.call('delinvoice', ['l', 'paid'])).error).toEqual({
      code: 906,
      message: 'Invoice status is unpaid not paid',
      data: { current_status: 'unpaid', expected_status: 'paid' },
    });
  });
});

describe('listinvoices', () => {
  test('orders invoices by creation or by update', async () => {
    const { client } = await node();
    for (const label of ['a', 'b', 'c', 'd']) await client.call('invoice', [1, label, 'd']);
    await client.call('dev-pay-invoice', ['c']);
    await client.call('dev-pay-invoice', ['a']);
    const labels = async (params: unknown): Promise<string> =>
      (await listed(client, params)).map(({ label }) => label).join('');
    expect(await labels({})).toBe('abcd');
    expect(await labels({ index: 'created', start: 2, limit: 2 })).toBe('bc');
    expect(await labels({ index: 'created', limit: 0 })).toBe('');
    expect(await labels({ index: 'updated' })).toBe('bdca');
    expect(await labels({ index: 'updated', limit: 3 })).toBe('bdc');
    expect(await labels({ index: 'updated', start: 1 })).toBe('ca');
    expect(await labels({ index: 'updated', start: 2 })).toBe('a');
    expect(await labels({ label: 'b' })).toBe('b');
    expect(await labels({ label: 'nosuch' })).toBe('');
  });

  test.each([
    [{ start: 1 }, 'Can only specify {start} with {index}'],
    [{ limit: 1 }, 'Can only specify {limit} with {index}'],
    [
      { label: 'x', invstring: 'y' },
      'Can only specify one of {label}, {invstring}, {payment_hash} or {offer_id}',
    ],
    [{ invstring: 'x' }, 'Invalid invstring'],
    [{ index: 'foo' }, `index: unknown index: invalid token '"foo"'`],
  ])('rejects %j', async (params, message) => {
    const { client } = await node();
    expect((await client.call('listinvoices', params)).error).toEqual({ code: -32602, message });
  });

  test('returns each invoice once while the list changes', async () => {
    const { client, rpcPath } = await node();
    const count = 100;
    const description = 'd'.repeat(20_000);
    for (let i = 0; i < count; i++) {
      await client.call('invoice', { amount_msat: 1, label: i, description, deschashonly: true });
    }
    const reader = await SocketClient.connect(rpcPath);
    reader.socket.pause();
    reader.write('{"jsonrpc":"2.0","id":1,"method":"listinvoices","params":{"index":"updated"}}');
    await client.call('getinfo');
    for (let i = 0; i < count; i++) await client.call('dev-pay-invoice', [i]);
    await client.call('delinvoice', ['99', 'paid']);
    await client.call('invoice', [1, 'new', 'd']);
    reader.socket.resume();
    const { result } = JSON.parse((await reader.read()) ?? '') as {
      result: { invoices: Listed[] };
    };
    const labels = result.invoices.map(({ label }) => label);
    expect(new Set(labels).size).toBe(labels.length);
    expect(labels).not.toContain('new');
  });
});
