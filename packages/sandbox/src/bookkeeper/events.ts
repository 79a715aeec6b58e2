import { outpointText } from '../world/chain.ts';
import type { ChainMove, ChannelMove } from '../world/move-store.ts';

/** A move on the chain, as the bookkeeper knows it. Transaction ids are hex digits. */
export interface ChainEvent extends Omit<ChainMove, 'outpoint' | 'spendingTxid'> {
  /** `txid:vout` */
  readonly outpoint: string;
  readonly txid: string;
  readonly vout: number;
  /** The transaction that spends the output. Without one, the move created the output. */
  readonly spendingTxid: string | undefined;
}

/** A move in a channel. */
export type ChannelEvent = ChannelMove;

/** The fee of a transaction that an account pays, or a correction of it. */
export interface OnchainFee {
  readonly account: string;
  readonly txid: string;
  readonly creditMsat: bigint;
  readonly debitMsat: bigint;
  readonly timestamp: bigint;
  /** The number of the correction, from 1. */
  readonly update: number;
}

export const WALLET = 'wallet';
export const EXTERNAL = 'external';

export function chainEventOf({ outpoint, spendingTxid, ...move }: ChainMove): ChainEvent {
  return {
    ...move,
    outpoint: outpointText(outpoint),
    txid: outpoint.txid.toString('hex'),
    vout: outpoint.vout,
    spendingTxid: spendingTxid?.toString('hex'),
  };
}

export function isChannelAccount(account: string): boolean {
  return account !== WALLET && account !== EXTERNAL;
}

export function sum<T>(items: Iterable<T>, amount: (item: T) => bigint): bigint {
  let total = 0n;
  for (const item of items) total += amount(item);
  return total;
}

/** Compares strings by their code units, as C's strcmp does for ASCII. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function compareNumbers(a: bigint | number, b: bigint | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
