import { CommandError, ErrorCode } from '../commands/errors.ts';
import { Psbt, type PsbtOutput } from '../psbt/psbt.ts';
import type { ChannelStore } from './channel-store.ts';
import { type Chain, type Output, outpointText } from './chain.ts';
import { isOurs } from './channel.ts';
import type { Coins, Reservation } from './coins.ts';
import {
  type Amount,
  divideExcess,
  selectCoins,
  useCoins,
  type Selection,
} from './coin-selection.ts';
import { inTransaction, type WorldContext } from './context.ts';
import { outputWeight } from './transaction.ts';
import type { Wallet } from './wallet.ts';

/** What `fundpsbt` and `utxopsbt` have in common. */
export interface FundingRequest {
  readonly amount: Amount;
  /** Satoshi per 1000 weight units. */
  readonly perKw: bigint;
  /** The weight of the transaction without the inputs and without change. */
  readonly weight: bigint;
  readonly minWitnessWeight: bigint;
  /** Blocks for which the coins are reserved; 0 for none. */
  readonly reserve: number;
  /** Default: the height of the chain. */
  readonly locktime?: number | undefined;
  readonly excessAsChange: boolean;
  /** Keep the reserve for channels with anchors even before the first one. */
  readonly keepEmergency: boolean;
}

/** The coins: given ones, or those with a minimum of confirmations. */
export type CoinSource = { readonly coins: readonly Output[] } | { readonly minimumDepth: number };

/** A PSBT whose inputs pay for the request, and perhaps a change output. */
export interface Funded {
  readonly psbt: Psbt;
  readonly perKw: bigint;
  readonly weight: bigint;
  readonly excess: bigint;
  readonly changeOutput: number | undefined;
  readonly reservations: readonly Reservation[] | undefined;
}

/** What a request will use. It is known before anything changes, so that `check` can find errors. */
interface Plan {
  readonly selection: Selection;
  readonly excess: bigint;
  readonly change: bigint;
}

/** Creates PSBTs that spend coins of our wallet. */
export class Funding {
  readonly #context: WorldContext;
  readonly #chain: Chain;
  readonly #wallet: Wallet;
  readonly #coins: Coins;
  readonly #channels: ChannelStore;

  constructor(
    context: WorldContext,
    dependencies: { chain: Chain; wallet: Wallet; coins: Coins; channels: ChannelStore },
  ) {
    this.#context = context;
    this.#chain = dependencies.chain;
    this.#wallet = dependencies.wallet;
    this.#coins = dependencies.coins;
    this.#channels = dependencies.channels;
  }

  /**
   * Finds the coins for a request.
   *
   * @throws CommandError 301 if they do not suffice, 313 if nothing would remain for emergencies
   */
  plan(request: FundingRequest, source: CoinSource): Plan {
    const { amount, perKw, excessAsChange } = request;
    const selection =
      'coins' in source
        ? useCoins(request, source.coins)
        : selectCoins(request, this.#coins.available(source.minimumDepth));
    const divided = divideExcess(selection, perKw, {
      asChange: excessAsChange && amount !== 'all',
      neededSat: this.#neededSat(request, selection),
    });
    if (divided === undefined) {
      throw new CommandError(
        ErrorCode.fundCannotAffordWithEmergency,
        `We would not have enough left for min-emergency-msat ${this.#context.emergencySat}sat`,
      );
    }
    return { selection, ...divided };
  }

  /**
   * Creates the PSBT, and reserves its coins.
   *
   * @param outputsOf - the outputs before the change, from the excess. Default: none
   */
  fund(
    request: FundingRequest,
    source: CoinSource,
    outputsOf: (excess: bigint) => readonly PsbtOutput[] = () => [],
  ): Funded {
    return inTransaction(this.#context, () => {
      const { selection, excess, change } = this.plan(request, source);
      const psbt = Psbt.create(request.locktime ?? this.#chain.height);
      for (const coin of selection.coins) psbt.addInput(coin, this.rawOf(coin));
      for (const output of outputsOf(excess)) psbt.addOutput(output);
      let { weight } = selection;
      let changeOutput: number | undefined;
      if (change > 0n) {
        const script = this.#wallet.newScript();
        changeOutput = psbt.addOutput({ amountSat: change, script });
        weight += outputWeight(script);
      }
      const reservations =
        request.reserve === 0
          ? undefined
          : selection.coins.map((coin) => this.#coins.reserve(coin, request.reserve));
      return { psbt, perKw: request.perKw, weight, excess, changeOutput, reservations };
    });
  }

  /** What the change must contain, so that the wallet can pay for the close of a channel with anchors. */
  #neededSat({ keepEmergency }: FundingRequest, { coins }: Selection): bigint {
    if (!keepEmergency && !this.#channels.living().some(isOurs)) return 0n;
    const needed = this.#context.emergencySat - this.#restSat(coins);
    return needed > 0n ? needed : 0n;
  }

  /** The amount of the other coins that can be spent. */
  #restSat(coins: readonly Output[]): bigint {
    const spent = new Set(coins.map(outpointText));
    return this.#coins
      .available(1)
      .filter((coin) => !spent.has(outpointText(coin)))
      .reduce((sum, { amountSat }) => sum + amountSat, 0n);
  }

  /** What must stay unspent for emergencies, unless the rest of the wallet has as much. */
  emergencySat(coins: readonly Output[]): bigint {
    const { emergencySat } = this.#context;
    return this.#restSat(coins) >= emergencySat ? 0n : emergencySat;
  }

  /** The transaction that contains a coin. */
  rawOf({ txid }: Output): Buffer {
    const raw = this.#chain.transaction(txid)?.raw;
    if (raw === undefined) throw new Error(`the transaction ${txid.toString('hex')} is missing`);
    return raw;
  }
}
