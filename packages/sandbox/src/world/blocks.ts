import { seconds } from '../clock.ts';
import { Waiters } from '../waiters.ts';
import { DELAYED, type Chain, type NewBlock, type StoredTransaction } from './chain.ts';
import type { Channels } from './channels.ts';
import type { Movements } from './movements.ts';
import { OURS } from './nodes.ts';
import { logCommitted, type WorldContext } from './context.ts';

/** Mines blocks on request, and updates the channels and the accounts of the wallet. */
export class Blocks {
  readonly #context: WorldContext;
  readonly #chain: Chain;
  readonly #channels: Channels;
  readonly #movements: Movements;
  /** Callers that wait for a height. Each gets the height of the block that reached it. */
  readonly #waiters = new Waiters<number, number>();

  constructor(
    context: WorldContext,
    dependencies: { chain: Chain; channels: Channels; movements: Movements },
  ) {
    this.#context = context;
    this.#chain = dependencies.chain;
    this.#channels = dependencies.channels;
    this.#movements = dependencies.movements;
  }

  /** Mines one block with all pending transactions. Call it within `inTransaction`. */
  mine(): { height: number; hash: string } {
    return this.connect(this.#chain.nextBlock(seconds(this.#context.clock)));
  }

  /** Adds a block. Call it within `inTransaction`. */
  connect(block: NewBlock): { height: number; hash: string } {
    const transactions = this.#chain.connect(block);
    for (const transaction of transactions) {
      this.#channels.onFundingSpent(transaction);
      this.#recordWalletMovements(transaction);
    }
    const added = this.#announce(block);
    for (const transaction of transactions) this.#channels.onConfirmed(transaction);
    this.#channels.onNewHeight();
    this.#context.notifier.whenCommitted(() => {
      this.#waiters.resolveWhere(
        () => block.height,
        (height) => height <= block.height,
      );
    });
    return added;
  }

  /** Waits until the chain reaches a height. @returns the height of the chain at that time */
  reached(height: number, signal: AbortSignal): Promise<number> {
    if (this.#chain.height >= height) return Promise.resolve(this.#chain.height);
    return this.#waiters.wait(height, signal);
  }

  /**
   * Announces known blocks again, as lightningd does at each start.
   *
   * @param rescan - their number, or the height of the first one if it is negative
   */
  rescan(rescan: bigint): void {
    const next = BigInt(this.#chain.height) + 1n;
    const first = rescan < 0n ? -rescan : next - rescan;
    if (first >= next) return;
    for (const block of this.#chain.blocksFrom(first)) this.#announce(block);
  }

  #announce({ height, hash }: Pick<NewBlock, 'height' | 'hash'>): { height: number; hash: string } {
    const added = { hash: hash.toString('hex'), height };
    const text = `Adding block ${height}: ${added.hash}`;
    logCommitted(this.#context, 'debug', { source: 'lightningd' }, text);
    this.#context.notifier.native('block_added', () => added);
    return added;
  }

  /** Records the outputs of the wallet that a confirmed transaction spends and creates. */
  #recordWalletMovements({ txid, height = 0 }: StoredTransaction): void {
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
      if (transaction !== undefined) this.#channels.recordSweep(transaction);
    }
    for (const output of this.#chain.outputsOf(txid)) {
      if (output.owner !== OURS) continue;
      const text = `Owning output ${output.vout} ${output.amountSat}sat (${scriptType(output.script)}) txid ${txid.toString('hex')} CONFIRMED`;
      logCommitted(this.#context, 'debug', { source: 'wallet' }, text);
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

/** lightningd's name of an output of the wallet. */
function scriptType(script: Buffer): string {
  return script.length === 34 ? 'P2TR' : 'P2WPKH';
}
