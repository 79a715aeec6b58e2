import type { RpcClient } from '@clnrest/lightningd';
import { labelOf, type Ledger } from './ledger.ts';

/** Of so many invoices one is paid. */
const PAID = 10;

/** Makes numbered invoices at a known rate over the node's own socket, and has some of them paid. */
export async function makeInvoices(
  rpc: RpcClient,
  ledger: Ledger,
  { perSecond, signal }: { readonly perSecond: number; readonly signal: AbortSignal },
): Promise<void> {
  const start = performance.now();
  for (let number = 0; !signal.aborted; number++) {
    ledger.created[number] = performance.now();
    const label = labelOf(number);
    await rpc.call('invoice', { amount_msat: 1_000, label, description: 'd' });
    // When the notification is on its way, at the latest.
    ledger.created[number] = performance.now();
    if (number % PAID === 0) await rpc.call('dev-pay-invoice', { label });
    const due = start + ((number + 1) * 1_000) / perSecond;
    const left = due - performance.now();
    if (left > 0) await sleep(left);
  }
}

/** Bytes of a peer's message, and how often one comes: the history holds some 70 seconds of them. */
const MESSAGE_BYTES = 30_000;
const MESSAGE_MS = 500;

/** Has a peer send large messages, which fill up whatever is not read. */
export async function sendLargeMessages(
  rpc: RpcClient,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<void> {
  await rpc.call('dev-connect');
  // An odd type, so that the node does not have to understand it.
  const msg = `8001${'00'.repeat(MESSAGE_BYTES)}`;
  while (!signal.aborted) {
    await rpc.call('dev-custommsg', { msg });
    ledger.count('large messages');
    await sleep(MESSAGE_MS);
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
