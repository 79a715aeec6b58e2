import { bool, defaulted, hash, optional, string, u64 } from '@clnrest/lightningd/parameters';
import type { Account } from '../bookkeeper/account.ts';
import type { Books } from '../bookkeeper/books.ts';
import { eventsJson, incomeJson, type Ledger } from '../bookkeeper/event-json.ts';
import { EXTERNAL, sum } from '../bookkeeper/events.ts';
import { incomeOf } from '../bookkeeper/income.ts';
import type { TimedEvents } from '../bookkeeper/timeline.ts';
import type { JsonObject } from '../json/output.ts';
import type { CallWith, NodeWith } from '../node.ts';
import { coinType } from '../world/movements.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

type BookkeepingNode = NodeWith<'bookkeeper' | 'identity'>;

/** The parameters for a period: all of it by default. */
export const PERIOD = {
  start_time: defaulted(u64, 0n),
  end_time: defaulted(u64, (1n << 63n) - 1n),
};

export function ledgerOf({ bookkeeper, identity }: BookkeepingNode): Ledger {
  const { descriptions } = bookkeeper;
  return { books: bookkeeper.books(), descriptions, currency: coinType(identity.network) };
}

export const bkprListbalances = defineCommand({
  name: 'bkpr-listbalances',
  parameters: {},
  run(_, { node }: CallWith<'bookkeeper' | 'identity'>) {
    const { books, currency } = ledgerOf(node);
    const accounts = books.accounts().filter(({ name }) => name !== EXTERNAL);
    return { accounts: accounts.map((account) => balanceJson(books, account, currency)) };
  },
});

function balanceJson(books: Books, account: Account, currency: string): JsonObject {
  const { name, peerId, resolvedHeight } = account;
  const moves = [...books.chain.all, ...books.channel].filter((move) => move.account === name);
  const balance = sum(moves, ({ creditMsat, debitMsat }) => creditMsat - debitMsat);
  const ofChannel = {
    peer_id: peerId,
    we_opened: account.weOpened,
    account_closed: account.closed !== undefined,
    account_resolved: resolvedHeight > 0,
    resolved_at_block: resolvedHeight > 0 ? resolvedHeight : undefined,
  };
  return {
    account: name,
    ...(peerId === undefined ? {} : ofChannel),
    balances: moves.length === 0 ? [] : [{ balance_msat: balance, coin_type: currency }],
  };
}

export const bkprListaccountevents = defineCommand({
  name: 'bkpr-listaccountevents',
  parameters: { account: optional(string), payment_id: optional(hash) },
  run({ account, payment_id }, { node }: CallWith<'bookkeeper' | 'identity'>) {
    const ledger = ledgerOf(node);
    if (account !== undefined && payment_id !== undefined) {
      const message = 'Can only specify one of {account} or {payment_id}';
      throw new CommandError(ErrorCode.invalidParams, message);
    }
    const events =
      account !== undefined
        ? eventsOfAccount(ledger.books, account)
        : payment_id !== undefined
          ? eventsOfPayment(ledger.books, payment_id)
          : allEvents(ledger.books);
    return { events: eventsJson(ledger, events) };
  },
});

function allEvents({ chain, channel, fees }: Books): TimedEvents {
  return { chain: chain.all, channel, fees: fees.list() };
}

function eventsOfAccount(books: Books, name: string): TimedEvents {
  if (books.account(name) === undefined) {
    throw new CommandError(ErrorCode.invalidParams, `Account '${name}' not found`);
  }
  const isOfAccount = ({ account }: { readonly account: string }): boolean => account === name;
  return {
    chain: books.chain.all.filter(isOfAccount),
    channel: books.channel.filter(isOfAccount),
    fees: books.fees.list(isOfAccount),
  };
}

/** The events of a payment. The id can also be that of a transaction. */
function eventsOfPayment(books: Books, id: Buffer): TimedEvents {
  const txid = id.toString('hex');
  return {
    chain: books.chain.of(txid),
    channel: books.channel.filter(({ paymentHash }) => paymentHash?.equals(id)),
    fees: books.fees.list((fee) => fee.txid === txid),
  };
}

export const bkprListincome = defineCommand({
  name: 'bkpr-listincome',
  parameters: { consolidate_fees: defaulted(bool, true), ...PERIOD },
  run(
    { consolidate_fees, start_time: start, end_time: end },
    { node }: CallWith<'bookkeeper' | 'identity'>,
  ) {
    const { books, descriptions, currency } = ledgerOf(node);
    const events = incomeOf(books, descriptions, { start, end }, consolidate_fees);
    return { income_events: events.map((event) => incomeJson(event, currency)) };
  },
});
