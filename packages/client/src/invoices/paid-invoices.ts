import type { CommandResults, U64 } from '@clnrest/commands';
import { ClnrestError } from '../errors.ts';
import { Repeater, type RepeatOptions } from '../waiting/repeat.ts';

/** A paid invoice, as `waitanyinvoice` returns it. */
export type PaidInvoice = Extract<CommandResults['waitanyinvoice'], { readonly status: 'paid' }>;

/** Options of `paidInvoices`. */
export interface PaidInvoicesOptions extends RepeatOptions {
  /**
   * The `pay_index` of the last invoice that you have processed. Store it together with the effects of the payment. By default
   * 0, which begins with the first invoice that was ever paid.
   */
  readonly after?: U64 | undefined;
}

/** Makes one call of `waitanyinvoice`. */
export type WaitAnyInvoice = (
  params: { readonly lastpay_index: U64; readonly timeout: number },
  options: { readonly signal: AbortSignal; readonly timeoutMs: number },
) => Promise<unknown>;

/** lightningd's error code when the `timeout` of `waitanyinvoice` has passed. */
const NOTHING_PAID = 904;
/** How long the node waits in one call, in seconds. */
const WAIT_S = 60;
/** A connection that broke unnoticed is given up so much later. */
const GRACE_MS = 30_000;

/**
 * Yields each paid invoice once, in the order of payment. The node numbers payments, so no restart of the node, the gateway or
 * this program skips or repeats one.
 */
export async function* paidInvoices(
  wait: WaitAnyInvoice,
  options: PaidInvoicesOptions,
  signal: AbortSignal,
): AsyncGenerator<PaidInvoice, void> {
  const calls = new Repeater(signal, options, ({ nodeCode }) => nodeCode === NOTHING_PAID);
  const timeoutMs = WAIT_S * 1_000 + GRACE_MS;
  let after = options.after ?? 0;
  for (;;) {
    const params = { lastpay_index: after, timeout: WAIT_S };
    const invoice = paidAfter(after, await calls.run(() => wait(params, { signal, timeoutMs })));
    yield invoice;
    after = invoice.pay_index;
  }
}

/** An index that does not grow would repeat payments. */
function paidAfter(after: U64, result: unknown): PaidInvoice {
  const invoice = result as Partial<PaidInvoice> | null;
  if (invoice?.status !== 'paid' || invoice.pay_index === undefined || invoice.pay_index <= after) {
    throw new ClnrestError('malformed_answer', 'The response is not the next paid invoice');
  }
  return invoice as PaidInvoice;
}
