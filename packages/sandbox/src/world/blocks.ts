import { seconds } from '../clock.ts';
import { Waiters } from '../waiters.ts';
import { DELAYED, type Chain, type KeptTransaction } from './chain.ts';
import type { Channels } from './channels.ts';
import type { Movements } from './movements.ts';
import { OURS } from './nodes.ts';
import type { WorldParts } from './parts.ts';

/** Blocks, made when they are asked for, and what comes with them. */
export class Blocks {
  readonly #parts: WorldParts;
  readonly #chain: Chain;
  readonly #channels: Channels;
  readonly #movements: Movements;
  /** They wait for a height, and get that of the block that reached it. */
  readonly #waiters = new Waiters<number, number>();

  constructor(parts: WorldParts, made: { chain: Chain; channels: Channels; movements: Movements }) {
    this.#parts = parts;
    this.#chain = made.chain;
    this.#channels = made.channels;
    this.#movements = made.movements;
  }

  /** Makes one block of all transactions that wait. To be called in a happening. */
  mine(): { height: number; hash: string } {
    const { block, transactions } = this.#chain.mine(seconds(this.#parts.clock));
    for (const transaction of transactions) {
      this.#channels.spent(transaction);
      this.#account(transaction);
    }
    const told = { hash: block.hash.toString('hex'), height: block.height };
    this.#parts.notifier.native('block_added', () => told);
    for (const transaction of transactions) this.#channels.confirmed(transaction);
    this.#channels.aged();
    this.#parts.notifier.whenCommitted(() => {
      this.#waiters.resolveWhere(
        () => block.height,
        (height) => height <= block.height,
      );
    });
    return told;
  }

  /** Waits for a block of that height. @returns how high the chain is then */
  reached(height: number, signal: AbortSignal): Promise<number> {
    if (this.#chain.height >= height) return Promise.resolve(this.#chain.height);
    return this.#waiters.wait(height, signal);
  }

  /** What a block did to our wallet. */
  #account({ txid, height = 0 }: KeptTransaction): void {
    const spent = this.#chain.spentBy(txid);
    for (const output of spent) {
      if (output.owner !== OURS) continue;
      this.#movements.onChain({
        account: 'wallet',
        debitMsat: output.amountSat * 1000n,
        tag: 'withdrawal',
        outpoint: output,
        spendingTxid: txid,
        outputMsat: output.amountSat * 1000n,
        height,
      });
    }
    if (spent.some(({ owner }) => owner === DELAYED)) {
      const transaction = this.#chain.transaction(txid);
      if (transaction !== undefined) this.#channels.collected(transaction);
    }
    for (const output of this.#chain.outputsOf(txid)) {
      if (output.owner !== OURS) continue;
      this.#movements.onChain({
        account: 'wallet',
        creditMsat: output.amountSat * 1000n,
        tag: 'deposit',
        outpoint: output,
        outputMsat: output.amountSat * 1000n,
        height,
      });
    }
  }
}
