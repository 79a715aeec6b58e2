import { defaulted, optional } from '../params/declaration.ts';
import { u64 } from '../params/numbers.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { outcome } from './waitinvoice.ts';

/** Longer timeouts, in seconds, exceed what a timer can count: a month will do. */
const LONGEST_TIMEOUT = 2_000_000n;

export const waitanyinvoice = defineCommand({
  name: 'waitanyinvoice',
  parameters: { lastpay_index: defaulted(u64, 0n), timeout: optional(u64) },
  async run({ lastpay_index: last, timeout }, { node, signal }) {
    if (timeout === undefined) return outcome(await node.invoices.paidAfter(last, signal));
    const late = AbortSignal.timeout(
      Number(timeout > LONGEST_TIMEOUT ? LONGEST_TIMEOUT : timeout) * 1000,
    );
    try {
      return outcome(await node.invoices.paidAfter(last, AbortSignal.any([signal, late])));
    } catch (error) {
      if (!late.aborted || signal.aborted) throw error;
      throw new CommandError(
        ErrorCode.invoiceTimedOut,
        'Timed out while waiting for invoice to be paid',
      );
    }
  },
});
