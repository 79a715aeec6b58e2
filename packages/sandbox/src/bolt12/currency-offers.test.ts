import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryDirectory } from '@clnrest/testing';
import { type RunningSandbox, runSandbox } from '../sandbox.ts';
import { SocketClient } from '../testing/socket-client.ts';
import { WorldClient } from '../testing/world-client.ts';

let sandbox: RunningSandbox;
let client: WorldClient;

beforeAll(async () => {
  sandbox = await runSandbox({
    log: () => undefined,
    args: [`--lightning-dir=${temporaryDirectory(afterAll)}`],
  });
  client = new WorldClient(await SocketClient.connect(sandbox.rpcPath, afterAll));
  await client.call('dev-open-channel');
});

afterAll(() => sandbox.stop());

const UNKNOWN = 'no results for `JPY`, is the currency supported? Check the logs!';

test('exchange rates are the median of all sources', async () => {
  await client.call('dev-set-currencyrate', ['usd', '50000']);
  expect(await client.call('currencyrate', ['USD'])).toEqual({ rate: 50_000 });
  await client.call('dev-set-currencyrate', ['USD', '60000.5', 'kraken']);
  await client.call('dev-set-currencyrate', ['USD', '100000', 'coinbase']);
  expect(await client.call('currencyrate', ['usd'])).toEqual({ rate: 60_000.5 });
  expect(await client.call('currencyrate', ['USD', 'sandbox'])).toEqual({ rate: 50_000 });
  expect(await client.call('listcurrencyrates', { currency: 'USD' })).toEqual({
    currencyrates: [
      { source: 'coinbase', amount: 100_000 },
      { source: 'kraken', amount: 60_000.5 },
      { source: 'sandbox', amount: 50_000 },
    ],
  });
  await client.call('dev-set-currencyrate', ['USD', '40000', 'kraken']);
  await client.call('dev-set-currencyrate', ['USD', '60000', 'coinbase']);
  expect(await client.call('currencyconvert', [1.5, 'usd'])).toEqual({ msat: 3_000_000 });
});

test.each([
  ['currencyconvert', [1, 'JPY'], `Error converting currency: ${UNKNOWN}`],
  ['currencyconvert', ['1', 'JPY'], 'amount must be a number'],
  ['currencyconvert', { amount: 1 }, 'Missing currency'],
  ['currencyconvert', [1, 2], 'currency must be a string'],
  ['currencyconvert', [1, 'USD', 3], 'Too many arguments: Expected 2 arguments, got 3'],
  ['currencyrate', ['JPY'], `Error getting median rate: ${UNKNOWN}`],
  ['listcurrencyrates', ['JPY'], `Error listing currency rates: ${UNKNOWN}`],
  ['offer', ['100JPY', 'x'], `Error converting currency: ${UNKNOWN}`],
])('%s %j fails with "%s"', async (method, params, message) => {
  expect(await client.refused(method, params)).toEqual({ code: -32700, message });
});

test('an unknown source is named', async () => {
  await client.call('dev-set-currencyrate', ['CHF', '50000']);
  expect((await client.refused('currencyrate', ['CHF', 'nosuch']))?.message).toMatch(
    /^Error getting rate from source: Unknown source `nosuch`. Available sources: .*sandbox$/,
  );
});

test('the amount of an invoice for an offer in a currency follows the rate', async () => {
  await client.call('dev-set-currencyrate', ['EUR', '50000']);
  const params = { amount: '2.50EUR', description: 'Coffee', quantity_max: 3 };
  const { bolt12: offer } = await client.call<{ bolt12: string }>('offer', params);
  expect(await client.call('decode', [offer])).toMatchObject({
    offer_currency: 'EUR',
    offer_amount: 250,
    currency_minor_unit: 2,
  });
  const fetched = (): Promise<object> => client.call('fetchinvoice', { offer, quantity: 2 });
  expect(await fetched()).toMatchObject({ changes: { amount_msat: 10_000_000 } });
  await client.call('dev-set-currencyrate', ['EUR', '100000']);
  expect(await fetched()).toMatchObject({ changes: { amount_msat: 5_000_000 } });
  const low = await client.refused('fetchinvoice', { offer, quantity: 2, amount_msat: 1 });
  expect(low?.data).toEqual({
    error: expect.stringMatching(/Amount must be at least 5000000msat$/),
  });
});

test('a peer converts the currency of its offer', async () => {
  await client.call('dev-set-currencyrate', ['GBP', '80000']);
  const { bolt12: offer } = await client.call<{ bolt12: string }>('dev-peer-offer', ['1GBP', 'x']);
  expect(await client.refused('xpay', [offer])).toEqual({
    code: -32602,
    message: 'Cannot pay offer in different currency GBP',
  });
  const fetched = await client.call<{ invoice: string }>('fetchinvoice', { offer });
  expect(await client.call('xpay', [fetched.invoice])).toMatchObject({ amount_msat: 1_250_000 });
  const other = await client.call<{ bolt12: string }>('dev-peer-offer', ['1SEK', 'x']);
  expect((await client.refused('fetchinvoice', [other.bolt12]))?.data).toEqual({
    error: 'Internal error',
  });
});

test.each([
  [['dollars', '1'], 'currency: should have three letters'],
  [['USD', '0'], 'rate: should be a positive number'],
  [['USD', '1e5'], 'rate: should be a positive number'],
])('dev-set-currencyrate %j is rejected', async (params, message) => {
  expect(await client.refused('dev-set-currencyrate', params)).toEqual({ code: -32602, message });
});
