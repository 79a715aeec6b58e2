import type { U64 } from '@clnrest/commands';
import { expectTypeOf, test } from 'vitest';
import { ClnrestClient } from './client.ts';

const client = new ClnrestClient({ url: 'http://127.0.0.1:1', rune: 'a' });
const exact = new ClnrestClient({ url: 'http://127.0.0.1:1', rune: 'a', amounts: 'bigint' });

// The functions are compiled and not called.

test('mistakes in calls do not compile', () => {
  expectTypeOf(async () => {
    expectTypeOf((await client.call('invoice', [5, 'a', 'b'])).bolt11).toEqualTypeOf<string>();
    const annotated: Promise<{ bolt11: string }> = client.call('invoice', [5, 'a', 'b']);
    expectTypeOf((await annotated).bolt11).toEqualTypeOf<string>();
    // @ts-expect-error: lable
    await client.call('invoice', { amount_msat: 5n, label: 'a', lable: 'a', description: 'b' });
    // @ts-expect-error: a number is not an invoice
    await client.call('pay', { bolt11: 5 });
    // @ts-expect-error: the variable's type does not make the command untyped
    const invoice: { bolt11: string } = await client.call('invoice', { lable: 'a' });
    expectTypeOf(invoice).toBeObject();
    // @ts-expect-error: getinof
    await client.call('getinof');
    // @ts-expect-error: a misspelt command, with parameters
    await client.call('invoce', [5, 'a', 'b'], { timeoutMs: 5 });
    await client.call<unknown>('a-plugins-command', [5]);
    // @ts-expect-error: the result has no member of this name
    expectTypeOf((await client.call('invoice', [5, 'a', 'b'])).invoice).toBeAny();
    // @ts-expect-error: no option has this name
    await client.call('getinfo', {}, { timeout: 5 });
  }).toBeFunction();
});

test('items have the type of the list, and only lists have items', () => {
  expectTypeOf(async () => {
    for await (const invoice of client.items('listinvoices', 'invoices')) {
      expectTypeOf(invoice.label).toEqualTypeOf<string>();
      if (invoice.status === 'paid') expectTypeOf(invoice.pay_index).toEqualTypeOf<U64>();
    }
    for await (const mine of client.items<{ n: number }>('mine', 'list')) {
      expectTypeOf(mine).toEqualTypeOf<{ n: number }>();
    }
    // @ts-expect-error: lisinvoices
    client.items('lisinvoices', 'invoices');
    // @ts-expect-error: listinvoices returns no payments
    client.items('listinvoices', 'payments');
  }).toBeFunction();
});

test('a filter decides which members the result has', () => {
  expectTypeOf(async () => {
    const filter = { invoices: [{ label: true, pay_index: true, status: true }] } as const;
    const { invoices } = await exact.call('listinvoices', {}, { filter, timeoutMs: 5 });
    for (const invoice of invoices) {
      expectTypeOf(invoice.label).toEqualTypeOf<string>();
      if (invoice.status === 'paid') expectTypeOf(invoice.pay_index).toEqualTypeOf<U64>();
      // @ts-expect-error: the filter leaves it out
      expectTypeOf(invoice.bolt11).toBeAny();
    }
    for await (const invoice of client.items('listinvoices', 'invoices', {}, { filter })) {
      // @ts-expect-error: the filter leaves it out
      expectTypeOf(invoice.bolt11).toBeAny();
    }
    const { our_features } = await client.call(
      'getinfo',
      {},
      { filter: { our_features: { init: true } } },
    );
    expectTypeOf(our_features).toEqualTypeOf<{ readonly init: string } | undefined>();
    // @ts-expect-error: idd
    await client.call('getinfo', {}, { filter: { idd: true } });
    // @ts-expect-error: lable
    await client.call('listinvoices', {}, { filter: { invoices: [{ lable: true }] } });
    // @ts-expect-error: a list needs a list
    await client.call('listinvoices', {}, { filter: { invoices: { label: true } } });
    await client.call<unknown>('mine', {}, { filter: { anything: true } });
  }).toBeFunction();
});

test('the topic of a notification decides the type of its payload', () => {
  expectTypeOf(async () => {
    for await (const event of exact.notifications()) {
      if (event.type === 'missed') continue;
      if (event.topic === 'invoice_creation') {
        expectTypeOf(event.payload.label).toEqualTypeOf<string>();
        expectTypeOf(event.payload.msat).toEqualTypeOf<bigint | undefined>();
        expectTypeOf(event.params.invoice_creation.label).toEqualTypeOf<string>();
      }
      // @ts-expect-error: lightningd does not have this topic
      if (event.topic === 'invoice_creatoin') break;
    }
    for await (const event of client.notifications({ topics: ['a-plugins-topic'] })) {
      if (event.type === 'notification') expectTypeOf(event.payload).toEqualTypeOf<unknown>();
    }
  }).toBeFunction();
});

test('amounts are bigints if the client says so', () => {
  expectTypeOf(async () => {
    const { fees_collected_msat, blockheight } = await exact.call('getinfo');
    expectTypeOf(fees_collected_msat).toEqualTypeOf<bigint>();
    expectTypeOf(blockheight).toEqualTypeOf<number>();
    expectTypeOf((await client.call('getinfo')).fees_collected_msat).toEqualTypeOf<U64>();
    const paid = await exact.waitForInvoice('a');
    expectTypeOf(paid.amount_received_msat).toEqualTypeOf<bigint>();
  }).toBeFunction();
});
