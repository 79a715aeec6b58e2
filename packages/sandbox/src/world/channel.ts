import { OURS } from './nodes.ts';
import { wire } from './transaction.ts';

/** The states that a channel goes through here, named as lightningd names them. */
export type ChannelState =
  | 'CHANNELD_AWAITING_LOCKIN'
  | 'CHANNELD_NORMAL'
  | 'CHANNELD_SHUTTING_DOWN'
  | 'CLOSINGD_SIGEXCHANGE'
  | 'CLOSINGD_COMPLETE'
  | 'AWAITING_UNILATERAL'
  | 'FUNDING_SPEND_SEEN'
  | 'ONCHAIN'
  | 'CLOSED';

/** Who is behind a change. Faults and closes that only the chain tells of do not happen here. */
export type ChangeCause = 'user' | 'remote';

export interface StateChange {
  readonly timestamp: string;
  readonly old_state: ChannelState;
  readonly new_state: ChannelState;
  readonly cause: ChangeCause;
  readonly message: string;
}

/** Payments that went one way. */
interface Traffic {
  readonly offered: bigint;
  readonly offeredMsat: bigint;
  readonly fulfilled: bigint;
  readonly fulfilledMsat: bigint;
}

/** A channel between two nodes of the world. */
export interface Channel {
  readonly key: bigint;
  readonly opener: bigint;
  readonly other: bigint;
  readonly capacitySat: bigint;
  /** What is the opener's; the rest of the capacity is the other's. */
  readonly openerMsat: bigint;
  readonly pushedMsat: bigint;
  readonly announced: boolean;
  readonly fundingTxid: Buffer;
  readonly state: ChannelState;
  /** `block x transaction x output`, once it is in a block. */
  readonly scid: string | undefined;
  readonly closer: 'local' | 'remote' | undefined;
  readonly closingTxid: Buffer | undefined;
  readonly changes: readonly StateChange[];
  /** The least and the most that was ever ours, or the opener's of others' channels. */
  readonly lowestMsat: bigint;
  readonly highestMsat: bigint;
  readonly incoming: Traffic;
  readonly outgoing: Traffic;
  /** Where our part goes when it is closed. */
  readonly closeScript: Buffer;
}

/** lightningd's defaults on regtest. */
export const FEE_BASE_MSAT = 1n;
export const FEE_PER_MILLION = 10n;
export const CLTV_DELTA = 6;
/** Blocks until what is ours of our own commitment can be spent. */
export const TO_SELF_DELAY = 6;

export const capacityMsat = ({ capacitySat }: Channel): bigint => capacitySat * 1000n;

/** What each side must keep: a hundredth. */
export const reserveMsat = ({ capacitySat }: Pick<Channel, 'capacitySat'>): bigint => {
  const reserve = capacitySat * 10n;
  return reserve < 546_000n ? 546_000n : reserve;
};

/** What no single payment may exceed. */
export const largestMsat = (channel: Channel): bigint =>
  capacityMsat(channel) - reserveMsat(channel);

export const balanceOf = (channel: Channel, node: bigint): bigint =>
  node === channel.opener ? channel.openerMsat : capacityMsat(channel) - channel.openerMsat;

/** What a node can send: its balance but for the reserve. */
export const spendableMsat = (channel: Channel, node: bigint): bigint => {
  const free = balanceOf(channel, node) - reserveMsat(channel);
  return free > 0n ? free : 0n;
};

/** The other end. */
export const acrossFrom = (channel: Channel, node: bigint): bigint =>
  node === channel.opener ? channel.other : channel.opener;

/** The other end of a channel of ours. */
export const peerOf = (channel: Channel): bigint => acrossFrom(channel, OURS);

export const isOurs = ({ opener, other }: Channel): boolean => opener === OURS || other === OURS;

/** The funding is always the first output, so the channel's id is its transaction's on the wire. */
export const channelId = ({ fundingTxid }: Channel): string => wire(fundingTxid).toString('hex');

/** Ways in a channel are numbered: 0 starts at the node with the lesser id (BOLT 7). */
export const directionFrom = (source: string, destination: string): 0 | 1 =>
  source < destination ? 0 : 1;

/** What a node in between asks for. */
export const routingFee = (amountMsat: bigint): bigint =>
  FEE_BASE_MSAT + (amountMsat * FEE_PER_MILLION) / 1_000_000n;
