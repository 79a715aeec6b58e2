import { seconds } from '../clock.ts';
import type { JsonObject } from '../json/output.ts';
import type { Network } from '../options/network.ts';
import { chainMoveJson, channelMoveJson } from './move-json.ts';
import type { WorldContext } from './context.ts';
import type { ChainMove, ChannelMove, MoveStore } from './move-store.ts';
import type { Waits } from './waits.ts';

/** A credit or debit of an account on the chain, before it has a number. */
type ChainMovement = Omit<
  ChainMove,
  'index' | 'timestamp' | 'creditMsat' | 'debitMsat' | 'extraTags'
> &
  Partial<Pick<ChainMove, 'creditMsat' | 'debitMsat' | 'extraTags'>>;

/** A credit or debit of a channel account, before it has a number. */
type ChannelMovement = Omit<ChannelMove, 'index' | 'timestamp' | 'creditMsat' | 'debitMsat'> &
  Partial<Pick<ChannelMove, 'creditMsat' | 'debitMsat'>>;

/** lightningd's `coin_type`: the SLIP-173 prefix of the network. */
export function coinType({ invoicePrefix }: Network): string {
  return invoicePrefix;
}

/** Stores every change of our accounts with a number, and emits it as `coin_movement`, for bookkeeping plugins. */
export class Movements {
  readonly #context: WorldContext;
  readonly #waits: Waits;
  readonly #store: MoveStore;

  constructor(context: WorldContext, waits: Waits, store: MoveStore) {
    this.#context = context;
    this.#waits = waits;
    this.#store = store;
  }

  onChain(movement: ChainMovement): void {
    const { vars, clock, deprecated } = this.#context;
    const move: ChainMove = {
      creditMsat: 0n,
      debitMsat: 0n,
      extraTags: [],
      ...movement,
      index: vars.next('chain_moves'),
      timestamp: seconds(clock),
    };
    this.#store.addChain(move);
    this.#announce('chain_mvt', move, () => chainMoveJson(move, deprecated));
  }

  inChannel(movement: ChannelMovement): void {
    const { vars, clock, deprecated } = this.#context;
    const move: ChannelMove = {
      creditMsat: 0n,
      debitMsat: 0n,
      ...movement,
      index: vars.next('channel_moves'),
      timestamp: seconds(clock),
    };
    this.#store.addChannel(move);
    this.#announce('channel_mvt', move, () => channelMoveJson(move, deprecated, true));
  }

  #announce(
    type: 'chain_mvt' | 'channel_mvt',
    { index, account, creditMsat, debitMsat }: ChainMove | ChannelMove,
    json: () => JsonObject,
  ): void {
    const { network, keys, notifier } = this.#context;
    const subsystem = type === 'chain_mvt' ? 'chainmoves' : 'channelmoves';
    this.#waits.counted(subsystem, 'created', index, () => ({
      account,
      credit_msat: creditMsat,
      debit_msat: debitMsat,
    }));
    notifier.native('coin_movement', () => ({
      version: 2,
      coin_type: coinType(network),
      node_id: keys.id,
      type,
      ...json(),
    }));
  }
}
