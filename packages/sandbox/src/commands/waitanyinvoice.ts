import { defaulted, optional, u64 } from '@clnrest/lightningd/parameters';
import type { CallWith } from '../node.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { withTimeout } from './with-timeout.ts';
import { waitResult } from './waitinvoice.ts';

export const waitanyinvoice = defineCommand({
  name: 'waitanyinvoice',
  parameters: { lastpay_index: defaulted(u64, 0n), timeout: optional(u64) },
  async run({ lastpay_index, timeout: seconds }, { node, signal }: CallWith<'invoices'>) {
    const last = signed(lastpay_index);
    const timeout = seconds === undefined ? undefined : signed(seconds);
    if (timeout === undefined) return waitResult(await node.invoices.paidAfter(last, signal));
    const paid = await withTimeout(
      Number(timeout),
      signal,
      (either) => node.invoices.paidAfter(last, either),
      () =>
        new CommandError(
          ErrorCode.invoiceTimedOut,
          'Timed out while waiting for invoice to be paid',
        ),
    );
    return waitResult(paid);
  },
});

/** lightningd reads these numbers as signed ones, of which those below 0 are like 0. */
function signed(value: bigint): bigint {
  return value >> 63n === 0n ? value : 0n;
}
