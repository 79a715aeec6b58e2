import type { Books } from './books.ts';
import type { Descriptions } from './descriptions.ts';
import { inTimeOrder, type TimedEvents } from './timeline.ts';
import { EXTERNAL, type ChainEvent, type ChannelEvent, type OnchainFee } from './events.ts';
import { feeSums } from './onchain-fees.ts';

/** A gain or a loss. Amounts are in msat. */
export interface IncomeEvent {
  readonly account: string;
  readonly tag: string;
  readonly creditMsat: bigint;
  readonly debitMsat: bigint;
  readonly feesMsat: bigint;
  readonly timestamp: bigint;
  readonly description?: string | undefined;
  readonly outpoint?: string | undefined;
  readonly txid?: string | undefined;
  readonly paymentId?: Buffer | undefined;
}

/** The time after which and until which events count, in seconds since 1970. */
export interface Period {
  readonly start: bigint;
  readonly end: bigint;
}

export function isWithin({ timestamp }: { readonly timestamp: bigint }, period: Period): boolean {
  return timestamp > period.start && timestamp <= period.end;
}

/**
 * The gains and losses of a period, by the rules of lightningd's bookkeeper (plugins/bkpr/incomestmt.c).
 *
 * @param consolidate - one entry for the fees of each transaction and account, instead of all corrections
 */
export function incomeOf(
  books: Books,
  descriptions: Descriptions,
  period: Period,
  consolidate: boolean,
): IncomeEvent[] {
  const within = (event: { readonly timestamp: bigint }): boolean => isWithin(event, period);
  const fees = books.fees.list(within);
  const events: TimedEvents = {
    chain: books.chain.all.filter(within),
    channel: books.channel.filter(within),
    fees: consolidate ? consolidated(fees) : fees,
  };
  return inTimeOrder<IncomeEvent>(events, {
    chain: (event) => ofChain(books, descriptions, event),
    channel: (event) => ofChannel(books, descriptions, event),
    // The fee of the chain is a credit of the account that it is charged to.
    fee: ({ account, creditMsat, debitMsat, timestamp, txid }) => [
      {
        account,
        tag: 'onchain_fee',
        creditMsat: debitMsat,
        debitMsat: creditMsat,
        feesMsat: 0n,
        timestamp,
        txid,
      },
    ],
  });
}

function consolidated(fees: readonly OnchainFee[]): OnchainFee[] {
  return feeSums(fees)
    .filter(({ paidMsat }) => paidMsat !== 0n)
    .map(({ account, txid, paidMsat, lastTimestamp }) => ({
      account,
      txid,
      creditMsat: paidMsat,
      debitMsat: 0n,
      timestamp: lastTimestamp,
      update: 1,
    }));
}

/** Only deposits from others, payments to others and the anchors that we paid for are gains and losses. */
function ofChain(books: Books, descriptions: Descriptions, event: ChainEvent): IncomeEvent[] {
  const { tag, account, creditMsat, debitMsat, txid } = event;
  const income = {
    feesMsat: 0n,
    timestamp: event.timestamp,
    description: outputDescription(descriptions, event),
    outpoint: event.outpoint,
  };
  if (tag === 'anchor') {
    const isOurs = books.account(account)?.weOpened === true;
    return isOurs
      ? [{ ...income, account, tag, creditMsat: debitMsat, debitMsat: creditMsat }]
      : [];
  }
  if (tag !== 'deposit') return [];
  if (account === EXTERNAL) {
    // A payment that no block contains is not final.
    if (books.chain.heightOf(event) === 0) return [];
    const origin = event.originatingAccount ?? account;
    return [
      {
        ...income,
        account: origin,
        tag: 'withdrawal',
        creditMsat: debitMsat,
        debitMsat: creditMsat,
      },
    ];
  }
  const isChange = books.chain.of(txid).some(({ spendingTxid }) => spendingTxid !== undefined);
  return isChange ? [] : [{ ...income, account, tag, creditMsat, debitMsat }];
}

export function outputDescription(
  descriptions: Descriptions,
  { creditMsat, outpoint }: ChainEvent,
): string | undefined {
  return creditMsat === 0n ? undefined : descriptions.ofOutput(outpoint);
}

function ofChannel(books: Books, descriptions: Descriptions, event: ChannelEvent): IncomeEvent[] {
  const { creditMsat, debitMsat, feesMsat, tag, paymentHash } = event;
  if (creditMsat === 0n && debitMsat === 0n) return [];
  const income: IncomeEvent = {
    account: event.account,
    tag,
    creditMsat,
    debitMsat,
    feesMsat,
    timestamp: event.timestamp,
    description: paymentHash && descriptions.ofPayment(paymentHash),
    paymentId: paymentHash,
  };
  // The fee of a forward is counted where it leaves.
  if (tag === 'routed') {
    return debitMsat === 0n ? [] : [{ ...income, creditMsat: feesMsat, debitMsat: 0n }];
  }
  if (tag !== 'invoice') return [income];
  const isRebalance = books.isRebalance(event);
  const paid = isRebalance
    ? []
    : [{ ...income, debitMsat: debitMsat === 0n ? 0n : debitMsat - feesMsat }];
  if (debitMsat === 0n || feesMsat === 0n) return paid;
  const feeTag = isRebalance ? 'rebalance_fee' : 'invoice_fee';
  return [...paid, { ...income, tag: feeTag, creditMsat: 0n, debitMsat: feesMsat }];
}
