import type { JsonObject } from '../json/output.ts';
import type { Account } from './account.ts';
import type { Books } from './books.ts';
import { compareText, isChannelAccount, sum, type ChannelEvent } from './events.ts';
import { isWithin, type Period } from './income.ts';

const BLOCKS_PER_YEAR = 52_364;

/** What a channel has moved and earned. Amounts are in msat. */
interface ChannelYield {
  readonly account: string;
  readonly routedIn: bigint;
  readonly routedOut: bigint;
  readonly feesIn: bigint;
  readonly feesOut: bigint;
  readonly pushedIn: bigint;
  readonly pushedOut: bigint;
  readonly ourStart: bigint;
  readonly totalStart: bigint;
  readonly firstHeight: number;
  readonly lastHeight: number;
}

/** The yields of the channels with moves in the period, as in `bkpr-channelsapy`, and their sum as the account `net`. */
export function channelYields(books: Books, period: Period, height: number): JsonObject[] {
  const events = books.channel.filter((event) => isWithin(event, period));
  const yields = books
    .accounts()
    .toSorted((a, b) => compareText(a.name, b.name))
    .flatMap((account) => yieldOf(account, events, height));
  const [first, ...others] = yields;
  if (first === undefined) return [];
  const net = others.reduce(combined, { ...first, account: 'net' });
  return [...yields, net].map(yieldJson);
}

function yieldOf(account: Account, all: readonly ChannelEvent[], height: number): ChannelYield[] {
  const { name, opened, closed } = account;
  const events = all.filter((event) => event.account === name);
  if (events.length === 0 || opened === undefined || !isChannelAccount(name)) return [];
  const pushed = events.filter(({ tag }) => tag === 'pushed');
  const paid = events.filter(({ tag }) => tag !== 'pushed');
  const routed = events.filter(({ tag }) => tag === 'routed');
  const pushedIn = sum(pushed, ({ creditMsat }) => creditMsat);
  const pushedOut = sum(pushed, ({ debitMsat }) => debitMsat);
  return [
    {
      account: name,
      routedIn: sum(paid, ({ creditMsat }) => creditMsat),
      routedOut: sum(paid, ({ debitMsat }) => debitMsat),
      feesIn: sum(routed, ({ creditMsat, feesMsat }) => (creditMsat === 0n ? 0n : feesMsat)),
      feesOut: sum(routed, ({ creditMsat, feesMsat }) => (creditMsat === 0n ? feesMsat : 0n)),
      pushedIn,
      pushedOut,
      ourStart: opened.creditMsat + pushedIn - pushedOut,
      totalStart: opened.outputMsat,
      firstHeight: opened.height,
      lastHeight: closed?.height ?? height,
    },
  ];
}

function combined(a: ChannelYield, b: ChannelYield): ChannelYield {
  return {
    account: a.account,
    routedIn: a.routedIn + b.routedIn,
    routedOut: a.routedOut + b.routedOut,
    feesIn: a.feesIn + b.feesIn,
    feesOut: a.feesOut + b.feesOut,
    pushedIn: a.pushedIn + b.pushedIn,
    pushedOut: a.pushedOut + b.pushedOut,
    ourStart: a.ourStart + b.ourStart,
    totalStart: a.totalStart + b.totalStart,
    firstHeight: Math.min(a.firstHeight, b.firstHeight),
    lastHeight: Math.max(a.lastHeight, b.lastHeight),
  };
}

function yieldJson(each: ChannelYield): JsonObject {
  const { routedIn, routedOut, feesIn, feesOut, ourStart, totalStart } = each;
  const theirStart = totalStart - ourStart;
  const years = (each.lastHeight - each.firstHeight + 1) / BLOCKS_PER_YEAR;
  return {
    account: each.account,
    routed_out_msat: routedOut,
    routed_in_msat: routedIn,
    lease_fee_paid_msat: 0,
    lease_fee_earned_msat: 0,
    pushed_out_msat: each.pushedOut,
    pushed_in_msat: each.pushedIn,
    our_start_balance_msat: ourStart,
    channel_start_balance_msat: totalStart,
    fees_out_msat: feesOut,
    fees_in_msat: feesIn,
    utilization_out: percent(routedOut, totalStart),
    utilization_out_initial: percent(routedOut, ourStart),
    utilization_in: percent(routedIn, totalStart),
    utilization_in_initial: percent(routedIn, theirStart),
    apy_out: percent(feesOut, totalStart, years),
    apy_out_initial: percent(feesOut, ourStart, years),
    apy_in: percent(feesIn, totalStart, years),
    apy_in_initial: percent(feesIn, theirStart, years),
    apy_total: percent(feesIn + feesOut, totalStart, years),
    // lightningd divides by the capacity here, too.
    apy_total_initial: ourStart === 0n ? undefined : percent(feesIn + feesOut, totalStart, years),
  };
}

/** A share as `0.0000%`. Omitted if the whole is nothing. */
function percent(part: bigint, whole: bigint, years = 1): string | undefined {
  if (whole === 0n) return undefined;
  return `${((Number(part) / Number(whole) / years) * 100).toFixed(4)}%`;
}
