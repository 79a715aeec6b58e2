import type { Psbt } from '../psbt/psbt.ts';

/** Transactions of `txprepare` that are neither sent nor discarded. As in lightningd, a restart forgets them. */
export class PreparedTransactions {
  readonly #byTxid = new Map<string, Psbt>();

  add(txid: string, psbt: Psbt): void {
    this.#byTxid.set(txid, psbt);
  }

  has(txid: string): boolean {
    return this.#byTxid.has(txid);
  }

  /** Removes a transaction, so that it is used once. */
  take(txid: string): Psbt | undefined {
    const psbt = this.#byTxid.get(txid);
    this.#byTxid.delete(txid);
    return psbt;
  }
}
