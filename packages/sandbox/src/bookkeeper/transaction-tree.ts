import type { Account } from './account.ts';
import type { ChainEvents } from './chain-events.ts';
import { isChannelAccount, type ChainEvent } from './events.ts';

/** An output: its creation, if we know it, and its end. */
export interface OutputHistory {
  readonly created: ChainEvent | undefined;
  readonly spent: ChainEvent | undefined;
}

export interface TransactionOutputs {
  readonly txid: string;
  readonly outputs: readonly OutputHistory[];
}

/** The transactions from the opening of a channel to the last spent output. */
export interface TransactionTree {
  readonly transactions: readonly TransactionOutputs[];
  /** All outputs of the channel are spent, and all transactions are known. */
  readonly isComplete: boolean;
}

export function transactionTree(events: ChainEvents, account: Account): TransactionTree {
  if (account.opened === undefined) return { transactions: [], isComplete: false };
  const txids = [account.opened.txid];
  const transactions: TransactionOutputs[] = [];
  let isComplete = true;
  // The list grows while it is read.
  for (const [index, txid] of txids.entries()) {
    // The opening can pay to other accounts, too.
    const set = outputsOf(events, txid, index === 0 ? account.opened.account : undefined);
    transactions.push(set);
    isComplete &&= set.isComplete && set.outputs.every(isResolved);
    for (const { spent } of set.outputs) {
      if (spent?.spendingTxid === undefined || txids.includes(spent.spendingTxid)) continue;
      if (spent.account === account.name) txids.push(spent.spendingTxid);
    }
  }
  return { transactions, isComplete };
}

function isResolved({ created, spent }: OutputHistory): boolean {
  return created === undefined || spent !== undefined || !isChannelAccount(created.account);
}

/** @param only - leaves out the moves of other accounts */
function outputsOf(
  events: ChainEvents,
  txid: string,
  only: string | undefined,
): TransactionOutputs & { readonly isComplete: boolean } {
  const moves = events.ofOutputs(txid);
  const outputs: OutputHistory[] = [];
  let isComplete = moves.length > 0;
  let created: ChainEvent | undefined;
  for (const move of moves) {
    if (only !== undefined && move.account !== only) continue;
    if (move.spendingTxid === undefined) {
      if (created !== undefined) outputs.push({ created, spent: undefined });
      created = move;
      continue;
    }
    if (created !== undefined && created.outpoint !== move.outpoint) {
      outputs.push({ created, spent: undefined });
      created = undefined;
    }
    if (created === undefined) isComplete = false;
    outputs.push({ created, spent: move });
    created = undefined;
  }
  if (created !== undefined) outputs.push({ created, spent: undefined });
  return { txid, outputs, isComplete };
}
