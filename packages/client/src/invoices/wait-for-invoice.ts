import { Repeater, type RepeatOptions } from '../waiting/repeat.ts';
import type { PaidInvoice } from './paid-invoices.ts';

/** Makes one call of `waitinvoice`. */
export type WaitInvoice = (
  params: { readonly label: string | number },
  options: { readonly signal: AbortSignal; readonly timeoutMs: number | undefined },
) => Promise<unknown>;

/**
 * Resolves when the invoice is paid. The command has no timeout of its own.
 *
 * @param timeoutMs - the longest call; then it is repeated
 */
export async function waitForInvoice(
  wait: WaitInvoice,
  label: string | number,
  options: RepeatOptions,
  signal: AbortSignal,
  timeoutMs: number | undefined,
): Promise<PaidInvoice> {
  const calls = new Repeater(signal, options, ({ code }) => code === 'timed_out');
  return (await calls.run(() => wait({ label }, { signal, timeoutMs }))) as PaidInvoice;
}
