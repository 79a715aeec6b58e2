import type { JsonObject } from '../json/output.ts';
import { outpointText } from './chain.ts';
import type { ChainMove, ChannelMove } from './move-store.ts';

/**
 * A chain move as in `listchainmoves` and `coin_movement`.
 *
 * @param withOld - adds the members that lightningd has deprecated in the notification
 */
export function chainMoveJson(move: ChainMove, withOld: boolean): JsonObject {
  const { outpoint } = move;
  const ifOld = <T>(value: T): T | undefined => (withOld ? value : undefined);
  const spendingTxid = move.spendingTxid?.toString('hex');
  return {
    ...commonJson(move),
    tags: ifOld([move.tag, ...move.extraTags]),
    primary_tag: move.tag,
    extra_tags: move.extraTags,
    utxo: outpointText(outpoint),
    peer_id: move.peerId,
    originating_account: move.originatingAccount,
    txid: ifOld(spendingTxid),
    spending_txid: spendingTxid,
    utxo_txid: ifOld(outpoint.txid.toString('hex')),
    vout: ifOld(outpoint.vout),
    output_msat: move.outputMsat,
    output_count: move.outputCount,
    blockheight: move.height,
  };
}

/** A channel move. Only the notification has `extra_tags`, which are always empty. */
export function channelMoveJson(
  move: ChannelMove,
  withOld: boolean,
  withExtraTags: boolean,
): JsonObject {
  return {
    ...commonJson(move),
    tags: withOld ? [move.tag] : undefined,
    primary_tag: move.tag,
    extra_tags: withExtraTags ? [] : undefined,
    payment_hash: move.paymentHash?.toString('hex'),
    part_id: move.part?.partId,
    group_id: move.part?.groupId,
    fees_msat: move.feesMsat,
  };
}

function commonJson({ index, account, creditMsat, debitMsat, timestamp }: ChainMove | ChannelMove) {
  return {
    created_index: index,
    account_id: account,
    credit_msat: creditMsat,
    debit_msat: debitMsat,
    timestamp,
  };
}
