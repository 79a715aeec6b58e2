import {
  type Bolt12InvoiceValues,
  decodeBolt12Invoice,
  type InvoiceRequest,
} from '@clnrest/runes/bolt12';
import type { InvoiceStatus } from '../invoices/invoice.ts';
import { payWindow, periodStart, recurrenceOf } from './recurrence.ts';
import { INTERNAL_ERROR } from './request-problem.ts';

/** An invoice that a node created for a request. */
export interface IssuedInvoice {
  readonly status: InvoiceStatus;
  readonly invstring: string;
}

/** What the period of a request decides about its invoice. */
interface Period {
  readonly msat: bigint;
  readonly values: Pick<Bolt12InvoiceValues, 'invoiceRecurrenceBasetime' | 'invoiceRelativeExpiry'>;
}

type Refusal = { readonly problem: string };

/**
 * The amount and the values of the invoice for a period of a recurring offer, or lightningd's reason to refuse
 * (`offers_invreq_hook.c`).
 *
 * @param previous - finds the invoice of the period with that counter
 */
export function periodValues(
  { values }: InvoiceRequest,
  msat: bigint,
  now: bigint,
  previous: (counter: number) => IssuedInvoice | undefined,
): Period | Refusal {
  const counter = values.invreqRecurrenceCounter ?? 0;
  const first = firstTime(counter, now, previous);
  if (typeof first !== 'bigint') return first;
  const basetime = values.offerRecurrenceBase?.basetime ?? first;
  const index = periodIndex(values);
  if (typeof index !== 'bigint') return index;
  const { start, end } = payWindow(basetime, index, values);
  if (now < start) return { problem: `period_index ${index} too early (start ${start})` };
  if (now > end) return { problem: `period_index ${index} too late (ended ${end})` };
  return {
    msat: proportional(msat, { basetime, index, now }, values),
    values: {
      invoiceRecurrenceBasetime: basetime,
      invoiceRelativeExpiry: relativeExpiry(values, end - now),
    },
  };
}

/** The time of the first request, which the paid invoice of the previous period names. */
function firstTime(
  counter: number,
  now: bigint,
  previous: (counter: number) => IssuedInvoice | undefined,
): bigint | Refusal {
  if (counter === 0) return now;
  const invoice = previous(counter - 1);
  if (invoice === undefined) return { problem: `No previous invoice #${counter - 1}` };
  if (invoice.status !== 'paid') {
    return { problem: `Previous invoice #${counter - 1} status "${invoice.status}"` };
  }
  const { invoiceRecurrenceBasetime } = decodeBolt12Invoice(invoice.invstring).values;
  return invoiceRecurrenceBasetime ?? { problem: INTERNAL_ERROR };
}

function periodIndex(values: InvoiceRequest['values']): bigint | Refusal {
  const { invreqRecurrenceStart: start, offerRecurrenceLimit: limit } = values;
  const hasBase = values.offerRecurrenceBase !== undefined;
  if (hasBase && start === undefined) return { problem: 'missing invreq_recurrence_start' };
  if (!hasBase && start !== undefined) return { problem: 'unexpected invreq_recurrence_start' };
  const index = BigInt(values.invreqRecurrenceCounter ?? 0) + BigInt(start ?? 0);
  if (limit === undefined || index <= BigInt(limit)) return index;
  return { problem: `period_index ${index} too great` };
}

/** A cancelled period has an invoice that has expired. */
function relativeExpiry(values: InvoiceRequest['values'], left: bigint): number {
  if (values.invreqRecurrenceCancel !== undefined) return 0;
  return left > 0n ? Number(BigInt.asUintN(32, left)) : 1;
}

/** The amount of a period that has begun. lightningd v26.06.6 divides whole numbers: the result is 1 msat. */
function proportional(
  msat: bigint,
  { basetime, index, now }: { basetime: bigint; index: bigint; now: bigint },
  values: InvoiceRequest['values'],
): bigint {
  const recurrence = recurrenceOf(values);
  if (recurrence === undefined || values.offerRecurrenceBase?.proportionalAmount !== 1) return msat;
  const start = periodStart(basetime, index, recurrence);
  const end = periodStart(basetime, index + 1n, recurrence);
  if (now <= start || end <= start) return msat;
  const scaled = msat * ((now - start) / (end - start));
  return scaled === 0n ? 1n : scaled;
}
