import type { OfferValues, Recurrence } from '@clnrest/runes/bolt12';

/** When a period can be paid. Both ends are seconds since 1970, and belong to the window. */
interface PayWindow {
  readonly start: bigint;
  readonly end: bigint;
}

const [DAYS, MONTHS] = [1, 2];
/** lightningd gives the payer of the first period at least so many seconds. */
const FIRST_WINDOW = 60n;

/** How often an offer is paid; undefined if it is paid once. */
export function recurrenceOf(values: OfferValues): Recurrence | undefined {
  return values.offerRecurrenceCompulsory ?? values.offerRecurrenceOptional;
}

/**
 * The start of a period in seconds since 1970 (`offer_period_start` in lightningd's bolt12.c). Days and months are those of
 * the UTC calendar. A day that the month does not have is its last day.
 */
export function periodStart(
  basetime: bigint,
  index: bigint,
  { timeUnit, period }: Recurrence,
): bigint {
  const count = BigInt(period) * index;
  if (timeUnit === DAYS) return shifted(basetime, (date) => addDays(date, count));
  if (timeUnit === MONTHS) return shifted(basetime, (date) => addMonths(date, count));
  return BigInt.asUintN(64, basetime + count);
}

/** When the period with that index can be paid (`offer_period_paywindow`). */
export function payWindow(basetime: bigint, index: bigint, values: OfferValues): PayWindow {
  const recurrence = recurrenceOf(values);
  if (recurrence === undefined) throw new Error('the offer does not recur');
  const start = periodStart(basetime, index, recurrence);
  const { offerRecurrencePaywindow: window, offerRecurrenceBase: base } = values;
  if (window !== undefined) {
    const after = BigInt(window.secondsAfter);
    const isFirst = base === undefined && index === 0n;
    return {
      start: start - BigInt(window.secondsBefore),
      end: start + (isFirst && after < FIRST_WINDOW ? FIRST_WINDOW : after),
    };
  }
  return {
    start: index === 0n ? 0n : periodStart(basetime, index - 1n, recurrence),
    end: periodStart(basetime, index + 1n, recurrence) - 1n,
  };
}

/** The same time of another date. Like lightningd's, the result is 0 if no date is so late. */
function shifted(basetime: bigint, change: (date: Date) => void): bigint {
  const date = new Date(Number(basetime) * 1000);
  change(date);
  const time = date.getTime();
  return Number.isNaN(time) ? 0n : BigInt(time / 1000);
}

function addDays(date: Date, count: bigint): void {
  date.setUTCDate(date.getUTCDate() + Number(count));
}

function addMonths(date: Date, count: bigint): void {
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + Number(count));
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
}
