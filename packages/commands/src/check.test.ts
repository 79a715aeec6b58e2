import { describe, expect, test } from 'vitest';
import { check } from './check.ts';
import type { Format, Schema } from './schema.ts';
import {
  decodeResult,
  getinfoResult,
  htlcAcceptedHookResponse,
  invoiceParams,
  listfundsResult,
  listinvoicesParams,
  listinvoicesResult,
  offerParams,
  rpcCommandHookResponse,
  txprepareParams,
} from './schemas.ts';

const HASH = 'ab'.repeat(32);

function messages(schema: Schema, value: unknown): string[] {
  return check(schema, value).map(({ path, message }) => `${path}: ${message}`);
}

function fits(format: Format, value: unknown): boolean {
  return check({ format }, value).length === 0;
}

const invoice = {
  label: 'a',
  created_index: 1,
  payment_hash: HASH,
  status: 'unpaid',
  expires_at: 1_800_000_000,
};
const paid = {
  ...invoice,
  status: 'paid',
  pay_index: 1,
  amount_received_msat: 2n ** 63n,
  paid_at: 1_800_000_000,
  payment_preimage: HASH,
};

describe('conditions', () => {
  test('require members of a paid invoice only', () => {
    expect(messages(listinvoicesResult, { invoices: [invoice, paid] })).toEqual([]);
    const { paid_at: _, ...incomplete } = paid;
    expect(messages(listinvoicesResult, { invoices: [invoice, incomplete] })).toEqual([
      'invoices[1].paid_at: is missing',
    ]);
    expect(messages(listinvoicesResult, { invoices: [{ ...paid, paid_at: 'now' }] })).toEqual([
      'invoices[0].paid_at: must be integer, but is "now"',
    ]);
  });

  test('depend on several members', () => {
    expect(messages(decodeResult, { type: 'bolt12 offer', valid: true })).toEqual([
      'offer_id: is missing',
    ]);
    expect(messages(decodeResult, { type: 'bolt12 offer', valid: false })).toEqual([]);
  });

  test('depend on the presence of members', () => {
    const output = {
      txid: HASH,
      output: 0,
      amount_msat: 1,
      scriptpubkey: '00',
      status: 'confirmed',
    };
    const reserved = { ...output, reserved: true, blockheight: 1 };
    expect(
      messages(listfundsResult, { channels: [], outputs: [{ ...reserved, reserved: false }] }),
    ).toEqual([]);
    expect(messages(listfundsResult, { channels: [], outputs: [reserved] })).toEqual([
      'outputs[0].reserved_to_block: is missing',
    ]);
  });

  test('of hooks', () => {
    expect(messages(htlcAcceptedHookResponse, { result: 'continue' })).toEqual([]);
    expect(messages(htlcAcceptedHookResponse, { result: 'resolve' })).toEqual([
      'payment_key: is missing',
    ]);
    expect(messages(htlcAcceptedHookResponse, { result: 'fail' })).toEqual([
      'failure_message: is missing',
    ]);
    expect(messages(rpcCommandHookResponse, { return: { result: {} } })).toEqual([]);
    expect(messages(rpcCommandHookResponse, {})).not.toEqual([]);
  });
});

describe('parameters', () => {
  const params = { amount_msat: 1, label: 'a', description: 'b' };

  test('fit in each form that the node accepts', () => {
    const forms = [1, 2n ** 62n, '10', '10msat', '10sat', '1.5btc', '10.123sat', 'any'];
    expect(
      forms.filter((amount_msat) => check(invoiceParams, { ...params, amount_msat }).length > 0),
    ).toEqual([]);
    expect(messages(invoiceParams, { ...params, exposeprivatechannels: ['1x1x1'] })).toEqual([]);
    expect(messages(offerParams, { amount: '10.50USD' })).toEqual([]);
    expect(messages(txprepareParams, { outputs: [{ bcrt1q: 'all' }, { bcrt1p: 1000 }] })).toEqual(
      [],
    );
  });

  test('do not fit otherwise', () => {
    expect(messages(invoiceParams, { ...params, amount_msat: 'lots' })).toEqual([
      'amount_msat: must be an amount in msat, or a text with msat, sat or btc or "any", but is "lots"',
    ]);
    expect(messages(invoiceParams, { ...params, label: null })).toEqual([
      'label: must be string, but is null; or must be integer, but is null',
    ]);
    expect(messages(invoiceParams, { ...params, exposeprivatechannels: ['1x1'] })).toEqual([
      'exposeprivatechannels[0]: must be a short channel id, such as "103x1x0", but is "1x1"',
    ]);
    expect(messages(txprepareParams, { outputs: [{ bcrt1q: 'much' }] })).toEqual([
      'outputs[0].bcrt1q: must be an amount in sat, or a text with msat, sat or btc or "all", but is "much"',
    ]);
  });

  test('depend on each other', () => {
    expect(messages(listinvoicesParams, { start: 1 })).toEqual([
      'index: is missing, but start requires it',
    ]);
  });
});

test('members that no schema names fit', () => {
  expect(
    check(listinvoicesResult, { invoices: [{ ...invoice, of_a_plugin: [1] }], more: 1 }),
  ).toEqual([]);
});

test('names of JavaScript are members as any other', () => {
  expect(
    messages(getinfoResult, JSON.parse('{"__proto__":1,"constructor":2}')).length,
  ).toBeGreaterThan(5);
});

test('each format accepts and rejects', () => {
  const key = `02${HASH}`;
  const cases: Record<Format, [good: unknown[], bad: unknown[]]> = {
    u8: [
      [0, 255],
      [256, -1],
    ],
    u16: [[65_535], [65_536, -1]],
    u32: [[4_294_967_295], [4_294_967_296]],
    u64: [
      [2n ** 64n - 1n, 0],
      [2n ** 64n, -1n, 1.5],
    ],
    msat: [
      [0, 1n, '1sat'],
      ['any', -1, '1.2345sat', 'msat'],
    ],
    msat_or_any: [
      ['any', 5],
      ['all', -1],
    ],
    sat: [[1, '1btc'], ['all']],
    sat_or_all: [['all'], ['any']],
    feerate: [
      [253, '253perkw', '1000perkb', '6blocks', 'urgent'],
      ['fast', '253 perkw', -1],
    ],
    currency: [
      ['10USD', '0.5EUR'],
      ['USD', '10usd', '10'],
    ],
    hex: [
      ['', '00ff', 'AB'],
      ['0', 'zz'],
    ],
    hash: [[HASH], [`${HASH}00`]],
    txid: [[HASH], ['']],
    secret: [[HASH], ['ab']],
    pubkey: [[key], [HASH, `04${HASH}`]],
    short_channel_id: [['103x1x0'], ['103:1:0', '1x1x1/0']],
    short_channel_id_dir: [['103x1x0/1'], ['103x1x0', '1x1x1/2']],
    outpoint: [[`${HASH}:0`], [HASH, `${HASH}:`]],
    signature: [[`30${HASH}${HASH}`], ['30', 'xy']],
    bip340sig: [[HASH + HASH], [HASH]],
  };
  for (const [format, [good, bad]] of Object.entries(cases) as [Format, [unknown[], unknown[]]][]) {
    expect(
      good.filter((value) => !fits(format, value)),
      format,
    ).toEqual([]);
    expect(
      bad.filter((value) => fits(format, value)),
      format,
    ).toEqual([]);
  }
});

test('a message shows the start of a long value', () => {
  const [mismatch] = check({ type: 'integer' }, 'x'.repeat(10_000));
  expect(mismatch?.message.length).toBeLessThan(120);
});
