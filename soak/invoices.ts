import type { RpcClient } from '@clnrest/lightningd';
import { labelOf, type Ledger } from './ledger.ts';

/** One of this many invoices is paid. */
const PAID_EVERY = 10;

/** Creates numbered invoices at a known rate over the node's socket, and pays some of them. */
export async function createInvoices(
  rpc: RpcClient,
  ledger: Ledger,
  { perSecond, signal }: { readonly perSecond: number; readonly signal: AbortSignal },
): Promise<void> {
  const start = performance.now();
  for (let number = 0; !signal.aborted; number++) {
    ledger.created[number] = performance.now();
    const label = labelOf(number);
    await rpc.call('invoice', { amount_msat: 1_000, label, description: 'd' });
    // The notification is sent before the response.
    ledger.created[number] = performance.now();
    if (number % PAID_EVERY === 0) await rpc.call<unknown>('dev-pay-invoice', { label });
    const due = start + ((number + 1) * 1_000) / perSecond;
    const left = due - performance.now();
    if (left > 0) await sleep(left);
  }
}

/** The size and interval of a peer's messages: the history holds about 70 seconds of them. */
const MESSAGE_BYTES = 30_000;
const MESSAGE_MS = 500;

/** Sends large messages from a peer, which fill the buffers of subscribers that do not read. */
export async function sendLargeMessages(
  rpc: RpcClient,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<void> {
  await rpc.call<unknown>('dev-connect');
  // An odd type, so that the node does not have to understand it.
  const msg = `8001${'00'.repeat(MESSAGE_BYTES)}`;
  while (!signal.aborted) {
    await rpc.call<unknown>('dev-custommsg', { msg });
    ledger.count('large messages');
    await sleep(MESSAGE_MS);
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
