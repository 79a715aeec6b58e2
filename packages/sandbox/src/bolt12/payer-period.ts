import {
  Bolt12Error,
  type Bolt12InvoiceValues,
  decodeBolt12Invoice,
  type InvoiceRequest,
  offerId,
  type PayableBolt12Invoice,
} from '@clnrest/runes/bolt12';
import { CommandError, ErrorCode } from '../commands/errors.ts';
import type { JsonObject } from '../json/output.ts';
import type { Payment } from '../world/payment.ts';
import { payWindow, periodStart, recurrenceOf } from './recurrence.ts';

function invalid(message: string): CommandError {
  return new CommandError(ErrorCode.invalidParams, message);
}

/**
 * Checks that the payer has paid the previous period of a recurring offer, and can request this one now. lightningd looks
 * for payments with the label of the series.
 *
 * @param payments - those with the label
 * @throws CommandError with lightningd's reason
 */
export function checkPeriod(
  request: InvoiceRequest,
  payments: Iterable<Payment>,
  now: bigint,
): void {
  const { values } = request;
  const { invreqRecurrenceCounter: counter, offerRecurrenceLimit: limit } = values;
  if (counter === undefined) return;
  const first = counter === 0 ? undefined : previousBasetime(request, payments);
  const index = BigInt(counter) + BigInt(values.invreqRecurrenceStart ?? 0);
  const failed = (message: string) => new CommandError(ErrorCode.general, message);
  if (limit !== undefined && index > BigInt(limit)) {
    throw failed(`Can't send invreq for period ${index} (limit ${limit})`);
  }
  const basetime = first ?? values.offerRecurrenceBase?.basetime;
  if (basetime === undefined) return;
  const { start, end } = payWindow(basetime, index, values);
  if (now < start) {
    throw failed(`Too early: can't send until time ${start} (in ${start - now} secs)`);
  }
  if (now > end) throw failed(`Too late: expired time ${end} (${now - end} secs ago)`);
}

/** The start of the first period, which the payment of the previous period names (`prev_payment` in lightningd's offer.c). */
function previousBasetime(
  { values, tlvs }: InvoiceRequest,
  payments: Iterable<Payment>,
): bigint | undefined {
  const offer = Buffer.from(offerId(tlvs));
  const counter = values.invreqRecurrenceCounter ?? 0;
  let [isUnpaid, last, basetime]: [boolean, number | undefined, bigint | undefined] = [
    false,
    undefined,
    undefined,
  ];
  for (const { invstring, status } of payments) {
    const invoice = invoiceOf(invstring);
    const paid = invoice?.values.invreqRecurrenceCounter;
    if (invoice === undefined || paid === undefined || !offer.equals(offerId(invoice.tlvs)))
      continue;
    checkStart(invoice.values.invreqRecurrenceStart, values.invreqRecurrenceStart);
    basetime ??= invoice.values.invoiceRecurrenceBasetime;
    last = Math.max(last ?? 0, paid);
    if (paid !== counter - 1) continue;
    if (status === 'complete') return basetime;
    isUnpaid = true;
  }
  if (isUnpaid) throw invalid('previous invoice payment did not succeed');
  throw invalid(
    last === undefined
      ? 'No previous payment attempted for this label and offer'
      : `previous invoice has not been paid (last was ${last})`,
  );
}

function checkStart(before: number | undefined, now: number | undefined): void {
  if (before !== undefined && now !== undefined && before !== now) {
    throw invalid(`recurrence_start was previously ${before}`);
  }
}

function invoiceOf(text: string | undefined): PayableBolt12Invoice | undefined {
  if (text?.startsWith('lni1') !== true) return undefined;
  try {
    return decodeBolt12Invoice(text);
  } catch (error) {
    if (error instanceof Bolt12Error) return undefined;
    throw error;
  }
}

/** When the period after the invoice's can be paid; undefined if the invoice is for the last one. */
export function nextPeriodJson(values: Bolt12InvoiceValues): JsonObject | undefined {
  const recurrence = recurrenceOf(values);
  const { invoiceRecurrenceBasetime: basetime, offerRecurrenceLimit: limit } = values;
  if (recurrence === undefined || basetime === undefined) return undefined;
  const counter = BigInt(values.invreqRecurrenceCounter ?? 0) + 1n;
  const index = counter + BigInt(values.invreqRecurrenceStart ?? 0);
  if (limit !== undefined && index > BigInt(limit)) return undefined;
  const { start, end } = payWindow(basetime, index, values);
  return {
    counter,
    starttime: periodStart(basetime, index, recurrence),
    endtime: periodStart(basetime, index + 1n, recurrence) - 1n,
    paywindow_start: start,
    paywindow_end: end,
  };
}
