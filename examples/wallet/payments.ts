import type { ClnrestClient } from '@clnrest/client';

/** A payment in one of both directions. Amounts are in millisatoshi. */
export interface Payment {
  readonly direction: 'received' | 'sent';
  readonly amount: bigint;
  readonly description: string;
  /** In seconds since 1970. */
  readonly time: number;
}

/** What the channels hold, in millisatoshi. */
export interface Balance {
  readonly ours: bigint;
  readonly spendable: bigint;
  readonly receivable: bigint;
}

/** Payments that the page shows. */
const SHOWN = 20;

type Client = ClnrestClient<'bigint'>;

/** Adds up the channels that are open. */
export async function readBalance(client: Client): Promise<Balance> {
  const { channels } = await client.call('listpeerchannels');
  const open = channels.filter(({ state }) => state === 'CHANNELD_NORMAL');
  const sum = (amounts: readonly (bigint | undefined)[]): bigint =>
    amounts.reduce<bigint>((total, amount = 0n) => total + amount, 0n);
  return {
    ours: sum(open.map((channel) => channel.to_us_msat)),
    spendable: sum(open.map((channel) => channel.spendable_msat)),
    receivable: sum(open.map((channel) => channel.receivable_msat)),
  };
}

/** Returns the newest payments. Both lists are read item by item, so that long ones need no memory. */
export async function readPayments(client: Client): Promise<readonly Payment[]> {
  const payments: Payment[] = [];
  const add = (payment: Payment): void => {
    payments.push(payment);
    if (payments.length > 10 * SHOWN) payments.splice(0, payments.length, ...newest(payments));
  };
  for await (const invoice of client.items('listinvoices', 'invoices')) {
    if (invoice.status !== 'paid') continue;
    const { amount_received_msat: amount = 0n, description = '', paid_at: time = 0 } = invoice;
    add({ direction: 'received', amount, description, time: Number(time) });
  }
  for await (const payment of client.items('listpays', 'pays')) {
    if (payment.status !== 'complete') continue;
    const { amount_sent_msat: amount = 0n, description = '', created_at } = payment;
    add({
      direction: 'sent',
      amount,
      description,
      time: Number(payment.completed_at ?? created_at),
    });
  }
  return newest(payments);
}

function newest(payments: readonly Payment[]): readonly Payment[] {
  return payments.toSorted((a, b) => b.time - a.time).slice(0, SHOWN);
}

/** An amount in sat, with the part that is less than one. */
export function inSat(msat: bigint): string {
  const rest = msat % 1000n;
  const sat = (msat / 1000n).toLocaleString('en-US');
  return rest === 0n ? sat : `${sat}.${String(rest).padStart(3, '0')}`;
}
