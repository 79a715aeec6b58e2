import { compareNumbers, compareText, type OnchainFee, sum } from './events.ts';

/** The fees that an account has paid for a transaction. */
export interface FeeSum {
  readonly account: string;
  readonly txid: string;
  readonly paidMsat: bigint;
  readonly lastTimestamp: bigint;
}

/** The fees of transactions. lightningd attributes them again with each new move, so that one can have several entries. */
export class OnchainFees {
  readonly #fees: OnchainFee[] = [];

  /** Adds the difference to the amount that the account has paid for the transaction so far. */
  set(account: string, txid: string, amountMsat: bigint, timestamp: bigint): void {
    const before = this.#fees.filter((fee) => fee.account === account && fee.txid === txid);
    const change = amountMsat - sum(before, (fee) => fee.creditMsat - fee.debitMsat);
    if (change === 0n) return;
    this.#fees.push({
      account,
      txid,
      creditMsat: change > 0n ? change : 0n,
      debitMsat: change < 0n ? -change : 0n,
      timestamp,
      update: Math.max(0, ...before.map(({ update }) => update)) + 1,
    });
  }

  /** The matching fees by time, account and transaction. */
  list(matches: (fee: OnchainFee) => boolean = () => true): OnchainFee[] {
    return this.#fees.filter(matches).toSorted(inOrder);
  }
}

/** Adds the fees of each account for each transaction, in the order of the transactions. */
export function feeSums(fees: readonly OnchainFee[]): FeeSum[] {
  const groups = new Map<string, OnchainFee[]>();
  for (const fee of fees) {
    const key = `${internal(fee.txid)} ${fee.account}`;
    groups.set(key, [...(groups.get(key) ?? []), fee]);
  }
  return [...groups]
    .toSorted(([a], [b]) => compareText(a, b))
    .flatMap(([, [first, ...others]]) => {
      if (first === undefined) return [];
      const group = [first, ...others];
      return {
        account: first.account,
        txid: first.txid,
        paidMsat: sum(group, (fee) => fee.creditMsat - fee.debitMsat),
        lastTimestamp: group.reduce(
          (last, fee) => (fee.timestamp > last ? fee.timestamp : last),
          0n,
        ),
      };
    });
}

function inOrder(a: OnchainFee, b: OnchainFee): number {
  return (
    compareNumbers(a.timestamp, b.timestamp) ||
    compareText(a.account, b.account) ||
    compareText(internal(a.txid), internal(b.txid)) ||
    compareNumbers(a.update, b.update)
  );
}

/** A transaction id in the order of its bytes in memory, by which lightningd sorts. */
function internal(txid: string): string {
  return Buffer.from(Buffer.from(txid, 'hex').toReversed()).toString('hex');
}
