import { Repeater, type RepeatOptions } from '../waiting/repeat.ts';
import type { PaidInvoice } from './paid-invoices.ts';

/** Makes one call of `waitinvoice`. */
export type WaitInvoice = (
  params: { readonly label: string | number },
  options: { readonly signal: AbortSignal; readonly timeoutMs: number },
) => Promise<unknown>;

/** The command has no timeout of its own. A connection that broke unnoticed is given up after this time. */
const CALL_MS = 90_000;

/** Resolves when the invoice is paid. */
export async function waitForInvoice(
  wait: WaitInvoice,
  label: string | number,
  options: RepeatOptions,
  signal: AbortSignal,
): Promise<PaidInvoice> {
  const calls = new Repeater(signal, options, ({ code }) => code === 'timed_out');
  return (await calls.run(() => wait({ label }, { signal, timeoutMs: CALL_MS }))) as PaidInvoice;
}
