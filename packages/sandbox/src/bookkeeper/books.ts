import type { ChainMove, ChannelMove } from '../world/move-store.ts';
import { Account } from './account.ts';
import { ChainEvents } from './chain-events.ts';
import {
  chainEventOf,
  EXTERNAL,
  isChannelAccount,
  sum,
  WALLET,
  type ChainEvent,
  type ChannelEvent,
} from './events.ts';
import { OnchainFees } from './onchain-fees.ts';
import { transactionTree } from './transaction-tree.ts';

/** The accounts, events and fees that follow from the moves, by the rules of lightningd's plugin bookkeeper. */
export class Books {
  readonly chain = new ChainEvents();
  readonly channel: ChannelEvent[] = [];
  readonly fees = new OnchainFees();
  readonly #accounts = new Map([[WALLET, new Account(WALLET)]]);
  /** The numbers of channel moves by which we paid ourselves. */
  readonly #rebalances = new Set<bigint>();
  /** What arrived for each payment hash. */
  readonly #received = new Map<string, readonly ChannelEvent[]>();

  accounts(): Account[] {
    return [...this.#accounts.values()];
  }

  account(name: string): Account | undefined {
    return this.#accounts.get(name);
  }

  isRebalance({ index }: ChannelEvent): boolean {
    return this.#rebalances.has(index);
  }

  /** Enters a move on the chain. Moves come in the order of their numbers. */
  enterChain(move: ChainMove): void {
    const event = chainEventOf(move);
    const account = this.#findOrCreate(event.account);
    if (event.originatingAccount !== undefined) this.#findOrCreate(event.originatingAccount);
    this.chain.add(event);
    account.learn(event);
    this.#attributeFees(event.spendingTxid ?? event.txid);
    if (event.spendingTxid !== undefined) this.#confirmPayments(event.spendingTxid, event.height);
    this.#resolveClosed(event, account);
  }

  /** Enters a move in a channel, after the moves on the chain that are older. */
  enterChannel(event: ChannelMove): void {
    this.#findOrCreate(event.account);
    this.channel.push(event);
    if (event.paymentHash === undefined) return;
    const hash = event.paymentHash.toString('hex');
    const received = this.#received.get(hash) ?? [];
    if (event.creditMsat > 0n) this.#received.set(hash, [...received, event]);
    else if (event.tag === 'invoice') this.#matchRebalance(event, received);
  }

  /** Marks a payment to ourselves. lightningd looks for what arrived when it enters what was sent. */
  #matchRebalance(sent: ChannelEvent, received: readonly ChannelEvent[]): void {
    const amountMsat = sent.debitMsat - sent.feesMsat;
    const match = received.find(
      ({ creditMsat, index }) => creditMsat === amountMsat && !this.#rebalances.has(index),
    );
    if (match === undefined) return;
    this.#rebalances.add(sent.index);
    this.#rebalances.add(match.index);
  }

  #findOrCreate(name: string): Account {
    const found = this.#accounts.get(name);
    if (found !== undefined) return found;
    const account = new Account(name);
    this.#accounts.set(name, account);
    return account;
  }

  /** Divides the fee of a transaction between the accounts that take part. The wallet pays only if it is alone. */
  #attributeFees(txid: string): void {
    const events = this.chain.of(txid);
    if (events.length < 2 || events.some((event) => this.#closes(event, txid))) return;
    const withdrawn = sum(events, (each) =>
      each.spendingTxid === undefined ? 0n : each.debitMsat,
    );
    const paidIn = sum(events, (each) => (each.spendingTxid === undefined ? each.creditMsat : 0n));
    const involved = [...new Set(events.map(({ account }) => account))].filter(
      (account) => account !== EXTERNAL,
    );
    if (involved.length === 0 || withdrawn === 0n || paidIn === 0n || withdrawn < paidIn) return;
    const spared = involved.length > 1 && involved.includes(WALLET) ? WALLET : undefined;
    const payers = involved.filter((account) => account !== spared);
    const fee = withdrawn - paidIn;
    const share = fee / BigInt(payers.length);
    let remainder = fee % BigInt(payers.length);
    for (const account of involved) {
      const timestamp = events.find((event) => event.account === account)?.timestamp ?? 0n;
      const extra = account !== spared && remainder > 0n ? 1n : 0n;
      remainder -= extra;
      this.fees.set(account, txid, account === spared ? 0n : share + extra, timestamp);
    }
  }

  /** Whether the transaction closes the channel of an event. The fees of a close are attributed when it is resolved. */
  #closes({ account }: ChainEvent, txid: string): boolean {
    return this.#accounts.get(account)?.closed?.spendingTxid === txid;
  }

  /** Notes the height of a transaction that paid to others before a block contained it. */
  #confirmPayments(txid: string, height: number): void {
    const isWaiting = this.chain
      .ofOutputs(txid)
      .some((event) => event.account === EXTERNAL && event.height === 0);
    if (isWaiting) this.chain.confirm(txid, height);
  }

  #resolveClosed(event: ChainEvent, account: Account): void {
    const closed = this.#closedBy(event, account);
    if (closed?.closed === undefined) return;
    const height = this.#resolvedHeight(closed, closed.closed);
    if (height === 0) return;
    closed.resolvedHeight = height;
    this.#attributeCloseFees(closed, closed.closed);
  }

  /** The closed channel that an event belongs to, if any. */
  #closedBy(event: ChainEvent, account: Account): Account | undefined {
    if (isChannelAccount(account.name)) return account;
    if (event.originatingAccount !== undefined) return this.account(event.originatingAccount);
    if (event.spendingTxid !== undefined) return account;
    const close = this.chain.of(event.txid).find(({ tag }) => tag === 'channel_close');
    return close && this.account(close.account);
  }

  /** The height at which the channel was resolved; 0 if it is not. */
  #resolvedHeight(account: Account, closed: ChainEvent): number {
    const { transactions, isComplete } = transactionTree(this.chain, account);
    const closing = transactions.find(({ txid }) => txid === closed.spendingTxid);
    if (!isComplete || closing?.outputs.length !== account.closedOutputs) return 0;
    const spends = this.chain.all.filter(
      (event) => event.account === account.name && event.spendingTxid !== undefined,
    );
    return Math.max(0, ...spends.map(({ height }) => height));
  }

  #attributeCloseFees({ name }: Account, closed: ChainEvent): void {
    if (closed.spendingTxid === undefined) return;
    // Anchors are not in the balance of a channel.
    const ours = this.chain
      .of(closed.spendingTxid)
      .filter(({ account, tag }) => account !== EXTERNAL && tag !== 'anchor');
    const received = sum(ours, ({ creditMsat }) => creditMsat);
    if (received > closed.debitMsat) return;
    const fee = closed.debitMsat - received;
    this.fees.set(name, closed.spendingTxid, fee, closed.timestamp);
  }
}
