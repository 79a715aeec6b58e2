/**
 * Adds a command that sums the payments received since a time:
 *
 *     lightning-cli paid-total
 *     lightning-cli paid-total since=1767225600
 *
 * The amounts are exact: sums of millisatoshi exceed 2^53.
 */
import { Plugin } from '@clnrest/lightningd';
import { defaulted, u64 } from '@clnrest/lightningd/parameters';

const plugin = new Plugin();

plugin.command({
  name: 'paid-total',
  description: 'Sums the payments received since a time, in seconds since 1970',
  parameters: { since: defaulted(u64, 0n) },
  async run({ since }) {
    const { invoices } = await plugin.rpc.call('listinvoices');
    const paid = invoices.filter(
      (invoice) => invoice.status === 'paid' && BigInt(invoice.paid_at) >= since,
    );
    const total = paid.reduce((sum, each) => sum + BigInt(each.amount_received_msat ?? 0), 0n);
    return { count: paid.length, total_msat: total };
  },
});

void plugin.run();
