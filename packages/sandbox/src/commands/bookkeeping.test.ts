import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryDirectory } from '@clnrest/testing';
import { expect, test } from 'vitest';
import { WorldClient } from '../testing/world-client.ts';

type Events = Record<'events' | 'updated' | 'income_events', Record<string, unknown>[]>;

/** Opens a channel, pays and earns, and deletes the invoice. */
async function startWithPayments(directory: string): Promise<WorldClient> {
  const client = await WorldClient.start({ directory });
  await client.call('dev-open-channel');
  await client.call('pay', [await client.peerInvoice('1000', { description: 'tea' })]);
  const { bolt11 } = await client.call<{ bolt11: string }>('invoice', [2000, 'a', 'cake "big"']);
  await client.call('dev-peer-pay', [bolt11]);
  return client;
}

async function described(client: WorldClient): Promise<unknown[]> {
  const { income_events } = await client.call<Events>('bkpr-listincome');
  return income_events.flatMap(({ description }) => description ?? []);
}

test('descriptions come from invoices, can be edited, and persist', async () => {
  const directory = temporaryDirectory();
  const client = await startWithPayments(directory);
  expect(await described(client)).toEqual(['tea', 'cake "big"']);
  await client.call('delinvoice', ['a', 'paid']);
  const { income_events } = await client.call<Events>('bkpr-listincome');
  const tea = income_events.find(({ description }) => description === 'tea');
  const edit = { payment_id: tea?.['payment_id'], description: 'green tea' };
  const { updated } = await client.call<Events>('bkpr-editdescriptionbypaymentid', edit);
  expect(updated).toEqual([
    expect.objectContaining({ type: 'channel', debit_msat: 1000, description: 'green tea' }),
  ]);
  const deposit = income_events.find(({ tag }) => tag === 'deposit');
  await client.call('bkpr-editdescriptionbyoutpoint', [deposit?.['outpoint'], 'gift']);
  await client.call('stop');
  const again = await WorldClient.start({ directory });
  expect(await described(again)).toEqual(['gift', 'green tea', 'cake "big"']);
  const key = ['bookkeeper', 'description', 'payment', tea?.['payment_id']];
  expect(await again.call('listdatastore', { key })).toMatchObject({
    datastore: [{ string: 'green tea' }],
  });
});

test('income is written to a file in the directory of the network', async () => {
  const directory = temporaryDirectory();
  const client = await startWithPayments(directory);
  const files = { csv_format: 'koinly', csv_file: 'income.csv' };
  expect(await client.call('bkpr-dumpincomecsv', files)).toEqual({
    csv_file: 'income.csv',
    csv_format: 'koinly',
  });
  const text = await readFile(join(directory, 'regtest', 'income.csv'), 'utf8');
  expect(text.split('\n')[0]).toMatch(/^Date,Sent Amount,/);
  expect(text).toContain(',"cake \'big\'",');
  expect(await client.refused('bkpr-dumpincomecsv', ['koinly', '/nosuch/x'])).toEqual({
    code: -3,
    message: 'Unable to create csv file: Failed to open csv file /nosuch/x',
  });
});

test('the report has the tags of its format', async () => {
  const client = await startWithPayments(temporaryDirectory());
  const { report } = await client.call<{ report: string[] }>('bkpr-report', {
    format: '{tag}: {description?{description}:{{-}',
    escape: 'csv',
    headers: ['the head'],
  });
  expect(report[0]).toBe('the head');
  // Events of the same second can be in another order in the next one.
  expect(report.slice(1).toSorted()).toEqual([
    'deposit: {-',
    'invoice: "cake ""big"""',
    'invoice: tea',
    'onchain_fee: {-',
    'pushed: {-',
  ]);
});

const REFUSALS: readonly (readonly [method: string, params: object, code: number, text: RegExp])[] =
  [
    ['bkpr-inspect', ['wallet'], -3, /^`inspect` not supported for non-channel accounts$/],
    ['bkpr-inspect', ['x'], -3, /^Account x not found$/],
    ['bkpr-listaccountevents', ['x'], -32602, /^Account 'x' not found$/],
    [
      'bkpr-listaccountevents',
      ['wallet', '00'.repeat(32)],
      -32602,
      /^Can only specify one of \{account\} or \{payment_id\}$/,
    ],
    [
      'bkpr-dumpincomecsv',
      ['x'],
      -32602,
      /should be one of: "cointracker","koinly","harmony","quickbooks"/,
    ],
    ['bkpr-report', ['{nope}'], -32602, /^format: Unknown tag nope: /],
    ['bkpr-report', ['{tag'], -32602, /^format: Unterminated tag tag: /],
    ['bkpr-report', ['{tag?a'], -32602, /^format: Unterminated tag: /],
    ['bkpr-report', { format: 'a', escape: 'b' }, -32602, /^escape: should be `csv` or `none`: /],
    ['bkpr-editdescriptionbyoutpoint', ['x', 'y'], -32602, /^outpoint: should be a txid:outnum: /],
  ];

test('invalid calls are refused as in lightningd', async () => {
  const client = await WorldClient.start();
  for (const [method, params, code, text] of REFUSALS) {
    const message = expect.stringMatching(text) as string;
    expect(await client.refused(method, params), method).toEqual({ code, message });
  }
});
