import { seconds } from '../clock.ts';
import type { JsonObject } from '../json/output.ts';
import type { Network } from '../options/network.ts';
import { outpointText } from './chain.ts';
import type { WorldContext } from './context.ts';
import type { Outpoint } from './transaction.ts';
import type { Waits } from './waits.ts';

type ChainTag =
  | 'deposit'
  | 'withdrawal'
  | 'channel_open'
  | 'channel_close'
  | 'to_them'
  | 'delayed_to_us'
  | 'to_wallet';

/** A credit or debit of an account on the chain. */
interface ChainMovement {
  /** `wallet`, `external` or a channel's id. */
  readonly account: string;
  readonly creditMsat?: bigint;
  readonly debitMsat?: bigint;
  readonly tag: ChainTag;
  readonly extraTags?: readonly string[];
  readonly outpoint: Outpoint;
  readonly peerId?: string;
  readonly originatingAccount?: string;
  readonly spendingTxid?: Buffer;
  readonly outputMsat: bigint;
  readonly outputCount?: number;
  readonly height: number;
}

/** A credit or debit of a channel account. */
interface ChannelMovement {
  readonly account: string;
  readonly creditMsat?: bigint;
  readonly debitMsat?: bigint;
  readonly tag: 'invoice' | 'routed' | 'pushed';
  readonly paymentHash?: Buffer;
  /** Present for a payment that our node sent. */
  readonly part?: { readonly partId: bigint; readonly groupId: bigint };
  readonly feesMsat: bigint;
}

/** lightningd's `coin_type`: the SLIP-173 prefix of the network. */
export function coinType({ invoicePrefix }: Network): string {
  return invoicePrefix;
}

/** Emits a numbered `coin_movement` for every change of our accounts, for bookkeeping plugins. */
export class Movements {
  readonly #context: WorldContext;
  readonly #waits: Waits;

  constructor(context: WorldContext, waits: Waits) {
    this.#context = context;
    this.#waits = waits;
  }

  onChain(movement: ChainMovement): void {
    const { deprecated } = this.#context;
    const { outpoint, extraTags = [], spendingTxid } = movement;
    const ifDeprecated = <T>(value: T): T | undefined => (deprecated ? value : undefined);
    const txid = outpoint.txid.toString('hex');
    this.#notify('chain_mvt', 'chain_moves', movement, extraTags, {
      utxo: outpointText(outpoint),
      peer_id: movement.peerId,
      originating_account: movement.originatingAccount,
      txid: ifDeprecated(spendingTxid?.toString('hex')),
      spending_txid: spendingTxid?.toString('hex'),
      utxo_txid: ifDeprecated(txid),
      vout: ifDeprecated(outpoint.vout),
      output_msat: movement.outputMsat,
      output_count: movement.outputCount,
      blockheight: movement.height,
    });
  }

  inChannel(movement: ChannelMovement): void {
    this.#notify('channel_mvt', 'channel_moves', movement, [], {
      payment_hash: movement.paymentHash?.toString('hex'),
      part_id: movement.part?.partId,
      group_id: movement.part?.groupId,
      fees_msat: movement.feesMsat,
    });
  }

  #notify(
    type: 'chain_mvt' | 'channel_mvt',
    counter: string,
    movement: ChainMovement | ChannelMovement,
    extraTags: readonly string[],
    rest: JsonObject,
  ): void {
    const { vars, network, keys, clock, notifier, deprecated } = this.#context;
    const index = vars.next(counter);
    const timestamp = seconds(clock);
    this.#waits.counted(
      type === 'chain_mvt' ? 'chainmoves' : 'channelmoves',
      'created',
      index,
      () => ({
        account: movement.account,
        credit_msat: movement.creditMsat ?? 0,
        debit_msat: movement.debitMsat ?? 0,
      }),
    );
    notifier.native('coin_movement', () => ({
      version: 2,
      coin_type: coinType(network),
      node_id: keys.id,
      type,
      created_index: index,
      account_id: movement.account,
      credit_msat: movement.creditMsat ?? 0,
      debit_msat: movement.debitMsat ?? 0,
      timestamp,
      tags: deprecated ? [movement.tag, ...extraTags] : undefined,
      primary_tag: movement.tag,
      extra_tags: extraTags,
      ...rest,
    }));
  }
}
