import { CommandError, ErrorCode } from '../commands/errors.ts';
import type { Psbt } from '../psbt/psbt.ts';
import { isSigned } from '../psbt/signatures.ts';
import { type Chain, type Output, outpointText, STRANGER } from './chain.ts';
import type { Coins } from './coins.ts';
import { inTransaction, type WorldContext } from './context.ts';
import type { Movements } from './movements.ts';
import { OURS } from './nodes.ts';
import { txidOf, type Outpoint } from './transaction.ts';
import type { Wallet } from './wallet.ts';

/** How a transaction is sent. */
interface SendOptions {
  /** Blocks for which the reservations of our coins are prolonged. */
  readonly reserve: number;
  /** Outputs that pay somebody else, at the request of the caller: they are movements of the account `external`. */
  readonly external?: readonly number[];
  /** The owner of scripts that the wallet does not have. Default: an address outside of this world. */
  readonly owners?: ReadonlyMap<string, bigint>;
}

/** An input of a PSBT that spends a coin of ours. */
interface OurInput {
  readonly at: number;
  readonly coin: Output;
}

/** A transaction that the chain has accepted. */
interface Sent {
  readonly txid: Buffer;
  readonly raw: Buffer;
}

function fail(message: string): CommandError {
  return new CommandError(ErrorCode.general, message);
}

/** Signs PSBTs with the keys of the wallet, and sends them to the chain. */
export class Sending {
  readonly #context: WorldContext;
  readonly #chain: Chain;
  readonly #wallet: Wallet;
  readonly #coins: Coins;
  readonly #movements: Movements;

  constructor(
    context: WorldContext,
    dependencies: { chain: Chain; wallet: Wallet; coins: Coins; movements: Movements },
  ) {
    this.#context = context;
    this.#chain = dependencies.chain;
    this.#wallet = dependencies.wallet;
    this.#coins = dependencies.coins;
    this.#movements = dependencies.movements;
  }

  /**
   * The inputs of a PSBT that spend our coins.
   *
   * @param only - their positions. Default: all inputs
   * @throws CommandError if a coin is not reserved, or one of the positions is not ours
   */
  ourInputs(psbt: Psbt, only?: readonly number[]): OurInput[] {
    return psbt.inputs.flatMap((outpoint, at) => {
      if (only !== undefined && !only.includes(at)) return [];
      const coin = this.#coins.find(outpoint);
      if (coin === undefined) {
        if (only === undefined) return [];
        throw fail(
          `Aborting PSBT signing. UTXO ${outpointText(outpoint)} is unknown (and specified by signonly)`,
        );
      }
      if (!this.#coins.isReserved(coin)) {
        throw fail(`Aborting PSBT signing. UTXO ${outpointText(outpoint)} is not reserved`);
      }
      return [{ at, coin }];
    });
  }

  /**
   * The inputs to sign.
   *
   * @param only - their positions. Default: all inputs of ours
   * @throws CommandError without an input of ours
   */
  signable(psbt: Psbt, only?: readonly number[]): OurInput[] {
    const ours = this.ourInputs(psbt, only);
    if (ours.length > 0) return ours;
    throw fail(
      'No wallet inputs to sign. Are you sure you added inputs to this PSBT? If not, then there is no need to sign it.',
    );
  }

  /**
   * Signs the inputs that are ours.
   *
   * @param only - their positions
   * @throws CommandError if an input demands a signature that does not commit to the whole transaction
   */
  sign(psbt: Psbt, only?: readonly number[]): void {
    const ours = this.signable(psbt, only);
    for (const { at, coin } of ours) {
      psbt.setSpent(at, coin);
      const key = this.#wallet.keyOf(coin.script);
      if (key === undefined) throw new Error(`no key for ${outpointText(coin)}`);
      try {
        psbt.sign(at, key);
      } catch (error) {
        throw new CommandError(
          ErrorCode.invalidParams,
          `Cannot sign input ${at}: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    }
  }

  /**
   * Checks, before anything changes, that a PSBT can be finalized and that our coins are reserved.
   *
   * @returns our inputs
   * @throws CommandError
   */
  finalize(psbt: Psbt): OurInput[] {
    const text = psbt.toString();
    if (!psbt.finalize()) throw fail(`PSBT not finalizeable ${text}`);
    return this.ourInputs(psbt);
  }

  /** Sends a signed PSBT. It is pending until the next block. */
  send(psbt: Psbt, { reserve, external = [], owners }: SendOptions): Sent {
    const ours = this.finalize(psbt);
    const raw = psbt.extract();
    const problem = this.#rejection(psbt);
    if (problem !== undefined) {
      throw fail(
        `Error broadcasting transaction: ${problem}. Unsent tx discarded ${raw.toString('hex')}`,
      );
    }
    return inTransaction(this.#context, () => {
      for (const { coin } of ours) this.#coins.reserve(coin, reserve);
      const known = this.#chain.transaction(txidOf(raw));
      if (known !== undefined) return known;
      const sent = this.#chain.publish(
        raw,
        (script) =>
          owners?.get(script.toString('hex')) ?? (this.#wallet.isOurs(script) ? OURS : STRANGER),
      );
      for (const vout of external) this.#recordExternal(sent.txid, vout);
      return sent;
    });
  }

  /** Why bitcoind would reject the transaction. The amounts of the world must stay balanced. */
  #rejection(psbt: Psbt): string | undefined {
    const rejected = (code: number, reason: string): string =>
      `error code: ${code}\nerror message:\n${reason}`;
    const known = this.#chain.transaction(txidOf(psbt.extract()));
    if (known !== undefined) {
      return known.height === undefined
        ? undefined
        : rejected(-27, 'Transaction outputs already in utxo set');
    }
    const spent = psbt.inputs.map((outpoint) => this.#chain.output(outpoint));
    const present = spent.filter((output) => output !== undefined);
    const isUnspent = (output: Output): boolean => !this.#coins.isSpent(output);
    if (present.length < spent.length || !present.every(isUnspent)) {
      return rejected(-25, 'bad-txns-inputs-missingorspent');
    }
    if (new Set(present.map(outpointText)).size < present.length) {
      return rejected(-26, 'bad-txns-inputs-duplicate');
    }
    if (present.some(({ spentBy }) => spentBy !== undefined)) {
      return rejected(-26, 'txn-mempool-conflict');
    }
    const sum = (all: readonly { readonly amountSat: bigint }[]): bigint =>
      all.reduce((total, { amountSat }) => total + amountSat, 0n);
    const { outputs } = psbt;
    if (outputs.length === 0) return rejected(-26, 'bad-txns-vout-empty');
    if (sum(present) < sum(outputs)) {
      return rejected(
        -26,
        `bad-txns-in-belowout, value in (${btc(sum(present))}) < value out (${btc(sum(outputs))})`,
      );
    }
    if (!present.every((_, at) => isSigned(psbt.transaction, at, present))) {
      return rejected(
        -26,
        'mempool-script-verify-flag-failed (Signature must be zero for failed CHECK(MULTI)SIG operation)',
      );
    }
    return undefined;
  }

  #recordExternal(txid: Buffer, vout: number): void {
    const outpoint: Outpoint = { txid, vout };
    const output = this.#chain.output(outpoint);
    if (output === undefined || output.owner !== STRANGER) return;
    this.#movements.onChain({
      account: 'external',
      creditMsat: output.amountSat * 1000n,
      tag: 'deposit',
      outpoint,
      originatingAccount: 'wallet',
      outputMsat: output.amountSat * 1000n,
      height: 0,
    });
  }
}

/** An amount in bitcoin, as bitcoind shows it. */
function btc(amountSat: bigint): string {
  const digits = amountSat.toString().padStart(9, '0');
  return `${digits.slice(0, -8)}.${digits.slice(-8)}`;
}
