import { CommandError, ErrorCode } from '../commands/errors.ts';
import type { Chain, Output } from './chain.ts';
import { OURS } from './nodes.ts';
import { outpointText } from './chain.ts';
import type { Outpoint } from './transaction.ts';

/** The reservation of a coin before and after a change. */
export interface Reservation {
  readonly coin: Output;
  readonly wasReserved: boolean;
  /** The height up to which the coin is reserved. */
  readonly reservedTo: bigint | undefined;
  readonly isReserved: boolean;
}

/** lightningd's default: 12 hours. */
export const RESERVATION_BLOCKS = 72;

/** The outputs of our wallet, and their reservations, which end at a height. */
export class Coins {
  readonly #chain: Chain;

  constructor(chain: Chain) {
    this.#chain = chain;
  }

  /** Whether another transaction should not spend the coin. */
  isReserved({ reservedTo }: Output): boolean {
    return reservedTo !== undefined && reservedTo > BigInt(this.#chain.height);
  }

  /** A block contains a transaction that spends the coin. */
  isSpent({ spentBy }: Output): boolean {
    return spentBy !== undefined && this.#chain.transaction(spentBy)?.height !== undefined;
  }

  /** A coin of ours, which can be spent already. */
  find(outpoint: Outpoint): Output | undefined {
    const output = this.#chain.output(outpoint);
    return output?.owner === OURS ? output : undefined;
  }

  /**
   * Our unspent coins that are not reserved, the largest first.
   *
   * @param minimumDepth - confirmations; with 0 also coins of pending transactions
   */
  available(minimumDepth: number): Output[] {
    // lightningd includes the oldest coins if the depth exceeds the height.
    const maximum = Math.max(1, this.#chain.height - minimumDepth + 1);
    return this.#chain
      .unspent(OURS)
      .filter(
        (coin) =>
          !this.isReserved(coin) &&
          (minimumDepth === 0 || (coin.height !== undefined && coin.height <= maximum)),
      )
      .toSorted((a, b) => Number(b.amountSat - a.amountSat));
  }

  /** Reserves a coin, or prolongs its reservation. */
  reserve(coin: Output, blocks: number): Reservation {
    const height = BigInt(this.#chain.height);
    const from =
      coin.reservedTo !== undefined && coin.reservedTo >= height ? coin.reservedTo : height;
    return this.#change(coin, from + BigInt(blocks));
  }

  /** Shortens a reservation. It ends if nothing of it remains. */
  unreserve(coin: Output, blocks: number): Reservation {
    const shortened = (coin.reservedTo ?? 0n) - BigInt(blocks);
    return this.#change(coin, shortened > BigInt(this.#chain.height) ? shortened : undefined);
  }

  /**
   * The coins that a caller names.
   *
   * @throws CommandError if one is not ours, or is spent
   */
  at(outpoints: readonly Outpoint[]): Output[] {
    return outpoints.map((outpoint) => {
      const coin = this.find(outpoint);
      const problem =
        coin === undefined ? 'Unknown UTXO' : this.isSpent(coin) ? 'Already spent UTXO' : undefined;
      if (coin !== undefined && problem === undefined) return coin;
      throw new CommandError(ErrorCode.invalidParams, `${problem} ${outpointText(outpoint)}`);
    });
  }

  #change(coin: Output, reservedTo: bigint | undefined): Reservation {
    this.#chain.reserve(coin, reservedTo);
    const isReserved = reservedTo !== undefined && reservedTo > BigInt(this.#chain.height);
    return { coin, wasReserved: this.isReserved(coin), reservedTo, isReserved };
  }
}
