import type { JsonObject } from '../json/output.ts';
import type { Books } from './books.ts';
import type { Descriptions } from './descriptions.ts';
import type { ChainEvent, ChannelEvent, OnchainFee } from './events.ts';
import { outputDescription, type IncomeEvent } from './income.ts';
import { inTimeOrder, type TimedEvents } from './timeline.ts';

/** What the JSON of events needs besides the events. */
export interface Ledger {
  readonly books: Books;
  readonly descriptions: Descriptions;
  /** lightningd's `coin_type` of the network. */
  readonly currency: string;
}

/** Events as in `bkpr-listaccountevents`, in the order of time. */
export function eventsJson(ledger: Ledger, events: TimedEvents): JsonObject[] {
  return inTimeOrder<JsonObject>(events, {
    chain: (event) => [chainJson(ledger, event)],
    channel: (event) => [channelJson(ledger, event)],
    fee: (fee) => [feeJson(ledger, fee)],
  });
}

function chainJson({ books, descriptions, currency }: Ledger, event: ChainEvent): JsonObject {
  return {
    account: event.account,
    origin: event.originatingAccount,
    type: 'chain',
    tag: event.tag,
    credit_msat: event.creditMsat,
    debit_msat: event.debitMsat,
    currency,
    outpoint: event.outpoint,
    txid: event.spendingTxid,
    timestamp: event.timestamp,
    blockheight: books.chain.heightOf(event),
    description: outputDescription(descriptions, event),
  };
}

function channelJson({ books, descriptions, currency }: Ledger, event: ChannelEvent): JsonObject {
  const { paymentHash } = event;
  return {
    account: event.account,
    type: 'channel',
    tag: event.tag,
    credit_msat: event.creditMsat,
    debit_msat: event.debitMsat,
    fees_msat: event.feesMsat === 0n ? undefined : event.feesMsat,
    currency,
    payment_id: paymentHash?.toString('hex'),
    part_id: paymentHash && (event.part?.partId ?? 0),
    description: paymentHash && descriptions.ofPayment(paymentHash),
    timestamp: event.timestamp,
    is_rebalance: books.isRebalance(event),
  };
}

function feeJson({ currency }: Ledger, fee: OnchainFee): JsonObject {
  return {
    account: fee.account,
    type: 'onchain_fee',
    tag: 'onchain_fee',
    credit_msat: fee.creditMsat,
    debit_msat: fee.debitMsat,
    currency,
    timestamp: fee.timestamp,
    txid: fee.txid,
  };
}

/** A gain or loss as in `bkpr-listincome`. */
export function incomeJson(event: IncomeEvent, currency: string): JsonObject {
  return {
    account: event.account,
    tag: event.tag,
    credit_msat: event.creditMsat,
    debit_msat: event.debitMsat,
    currency,
    timestamp: event.timestamp,
    description: event.description,
    outpoint: event.outpoint,
    txid: event.txid,
    payment_id: event.paymentId?.toString('hex'),
  };
}
