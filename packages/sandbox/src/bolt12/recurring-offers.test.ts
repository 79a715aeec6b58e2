import { decodeBolt12Invoice } from '@clnrest/runes/bolt12';
import { expect, test } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { WorldClient } from '../testing/world-client.ts';

const DAY = 86_400;

interface Fetched {
  readonly invoice: string;
  readonly next_period?: { readonly counter: number; readonly starttime: number };
}

async function opened(): Promise<{ client: WorldClient; clock: ManualClock; now: () => number }> {
  const clock = new ManualClock(1_800_000_000n * 1_000_000_000n);
  const client = await WorldClient.start({ clock });
  await client.call('dev-open-channel');
  return { client, clock, now: () => Number(clock.now() / 1_000_000_000n) };
}

/** The message of the error, without the request that lightningd quotes. */
async function problem(client: WorldClient, method: string, params: object): Promise<string> {
  const error = await client.refused(method, params);
  const { error: sent } = (error?.data ?? {}) as { error?: string };
  return (sent ?? error?.message ?? 'no error').replace(/^Failed invreq lnr1\w+: /, '');
}

test('a subscription to a peer is paid period by period, then cancelled', async () => {
  const { client, clock, now } = await opened();
  const create = { amount: 1000, description: 'Daily', recurrence: '1day', recurrence_limit: 2 };
  const { bolt12: offer } = await client.call<{ bolt12: string }>('dev-peer-offer', create);
  const request = (counter: number): object => ({
    offer,
    recurrence_counter: counter,
    recurrence_label: 'daily',
  });
  const fetched = (counter: number): Promise<Fetched> =>
    client.call<Fetched>('fetchinvoice', request(counter));
  const start = now();
  const first = await fetched(0);
  expect(first).toEqual({
    invoice: first.invoice,
    changes: {},
    next_period: {
      counter: 1,
      starttime: start + DAY,
      endtime: start + 2 * DAY - 1,
      paywindow_start: start,
      paywindow_end: start + 2 * DAY - 1,
    },
  });
  const { values } = decodeBolt12Invoice(first.invoice);
  expect(values.invoiceRecurrenceBasetime).toBe(BigInt(start));
  expect(values.invoiceRelativeExpiry).toBe(DAY - 1);
  expect((await fetched(0)).invoice).toBe(first.invoice);
  expect(await problem(client, 'fetchinvoice', request(1))).toBe(
    'No previous payment attempted for this label and offer',
  );
  await client.call('xpay', { invstring: first.invoice, label: 'daily' });
  expect(await problem(client, 'fetchinvoice', request(0))).toBe('Internal error');
  expect(await problem(client, 'fetchinvoice', request(2))).toBe(
    'previous invoice has not been paid (last was 0)',
  );
  const second = await fetched(1);
  // The payer has the same key in all periods.
  expect(decodeBolt12Invoice(second.invoice).values.invreqPayerId).toEqual(values.invreqPayerId);
  await client.call('xpay', { invstring: second.invoice, label: 'daily' });
  expect(await problem(client, 'fetchinvoice', request(2))).toBe(
    `Too early: can't send until time ${start + DAY} (in ${DAY} secs)`,
  );
  clock.advance(DAY * 1000);
  // The offer has no later period.
  expect(Object.keys(await fetched(2))).toEqual(['invoice', 'changes']);
  expect(await client.call('cancelrecurringinvoice', request(2))).toEqual({
    bolt12: expect.stringMatching(/^lnr1/),
  });
  clock.advance(2 * DAY * 1000);
  expect(await problem(client, 'fetchinvoice', request(2))).toBe(
    `Too late: expired time ${start + 3 * DAY - 1} (1 secs ago)`,
  );
});

test('a peer subscribes to our offer, and cancels', async () => {
  const { client, clock, now } = await opened();
  const create = { amount: 1000, description: 'Daily', recurrence: '1day' };
  const { bolt12: offer, offer_id } = await client.call<{ bolt12: string; offer_id: string }>(
    'offer',
    create,
  );
  const request = (counter: number): object => ({
    offer,
    recurrence_counter: counter,
    recurrence_label: 'daily',
  });
  const ask = 'dev-peer-fetchinvoice';
  expect(await problem(client, ask, { offer })).toBe('missing invreq_recurrence_counter');
  expect(await problem(client, ask, request(1))).toBe('No previous invoice #0');
  const { invoice } = await client.call<Fetched>(ask, request(0));
  expect(await problem(client, ask, request(1))).toBe('Previous invoice #0 status "unpaid"');
  await client.call('dev-peer-pay', [invoice]);
  await client.call(ask, request(1));
  clock.advance(2 * DAY * 1000);
  expect(await problem(client, ask, request(1))).toBe(
    `period_index 1 too late (ended ${now() - 1})`,
  );
  const { invoices } = await client.call<{ invoices: object[] }>('listinvoices', { offer_id });
  expect(invoices).toMatchObject([
    { label: expect.stringMatching(/-0$/), status: 'paid' },
    { label: expect.stringMatching(/-1$/), status: 'expired' },
  ]);
});

test('we subscribe to our own offer with a base, and cancel', async () => {
  const { client, now } = await opened();
  const { bolt12: offer } = await client.call<{ bolt12: string }>('offer', {
    amount: 100_000,
    description: 'Proportional',
    recurrence: '1day',
    recurrence_base: now() - DAY / 2,
    recurrence_limit: 5,
    proportional_amount: true,
  });
  const request = { offer, recurrence_counter: 0, recurrence_label: 'p' };
  // lightningd divides whole numbers.
  const { invoice, ...reply } = await client.call<Fetched>('fetchinvoice', request);
  expect(reply).toMatchObject({ changes: { amount_msat: 1 }, next_period: { counter: 1 } });
  expect(await problem(client, 'fetchinvoice', { ...request, recurrence_start: 6 })).toBe(
    "Can't send invreq for period 6 (limit 5)",
  );
  await client.call('pay', { bolt11: invoice, label: 'p' });
  const next = { ...request, recurrence_counter: 1 };
  expect(await problem(client, 'fetchinvoice', { ...next, recurrence_start: 1 })).toBe(
    'recurrence_start was previously 0',
  );
  await client.call('cancelrecurringinvoice', next);
  expect(await problem(client, 'fetchinvoice', next)).toBe('invoice expired (cancelled?)');
});

test('what is refused before a request is sent', async () => {
  const { client } = await opened();
  const cancelled = async (more: object, counter: number): Promise<string> => {
    const create = { amount: 1000, description: 'x', ...more };
    const { bolt12: offer } = await client.call<{ bolt12: string }>('offer', create);
    const params = { offer, recurrence_counter: counter, recurrence_label: 'l' };
    return problem(client, 'cancelrecurringinvoice', params);
  };
  expect(await cancelled({ recurrence: '1day' }, 0)).toMatch(
    /^recurrence_counter: Must be non-zero: invalid token/,
  );
  expect(await cancelled({ recurrence: '1day' }, 1)).toBe(
    'No previous payment attempted for this label and offer',
  );
  expect(await cancelled({}, 1)).toBe('Not a recurring offer');
});
