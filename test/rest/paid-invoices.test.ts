import { readFileSync } from 'node:fs';
import { ClnrestClient } from '@clnrest/client';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { NODE_KIND } from '../support/node.ts';
import { pluginProcesses } from '../support/plugin-processes.ts';
import { useNode } from '../support/use-node.ts';

const node = useNode();

beforeEach((context) => {
  if (NODE_KIND === 'lightningd') context.skip('a real node needs a payer');
});

async function client(): Promise<ClnrestClient> {
  const { url, caFile } = node();
  const rune = await node().rune();
  const made = new ClnrestClient({ url, rune, ca: readFileSync(caFile) });
  onTestFinished(() => made.close());
  return made;
}

/** Creates an invoice and simulates its payment. */
async function pay(label: string): Promise<void> {
  await node().rpc.call('invoice', { amount_msat: 1_000, label, description: 'd' });
  await node().rpc.call<unknown>('dev-pay-invoice', { label });
}

/** Ends the process that serves HTTP, and waits until its successor responds. */
async function failHttp(all: ClnrestClient): Promise<void> {
  const { httpPid } = pluginProcesses(node());
  if (httpPid === undefined) throw new Error('no HTTP process');
  process.kill(httpPid, 'SIGKILL');
  for (;;) {
    const answer = await all.call('getinfo').catch(() => undefined);
    if (answer !== undefined && pluginProcesses(node()).httpPid !== httpPid) return;
  }
}

test('each payment arrives once and in order, although HTTP fails between and during calls', async () => {
  const all = await client();
  const paid = all.paidInvoices();
  const labels: unknown[] = [];
  const take = async (): Promise<void> => {
    const { value } = await paid.next();
    labels.push(value?.label);
  };
  await pay('before');
  await take();
  await failHttp(all);
  await pay('between');
  await take();
  const interrupted = take();
  await failHttp(all);
  await pay('during');
  await interrupted;
  await paid.return();
  expect(labels).toEqual(['before', 'between', 'during']);
  // Another program continues after the payment that it has processed.
  const { value } = await (await client()).paidInvoices({ after: 1 }).next();
  expect(value).toMatchObject({ label: 'between', pay_index: 2, status: 'paid' });
});

test('one payment can be awaited by its label', async () => {
  const all = await client();
  await node().rpc.call('invoice', { amount_msat: 1_000, label: 'awaited', description: 'd' });
  const waiting = all.waitForInvoice('awaited');
  await node().rpc.call<unknown>('dev-pay-invoice', { label: 'awaited' });
  expect(await waiting).toMatchObject({ label: 'awaited', amount_received_msat: 1_000 });
});
