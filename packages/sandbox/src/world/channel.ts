import { OURS } from './nodes.ts';
import { type Outpoint, wire } from './transaction.ts';

/** The states of a channel in the sandbox, with lightningd's names. */
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

/** The cause of a state change. The sandbox never produces lightningd's `protocol` and `onchain`. */
export type ChangeCause = 'user' | 'remote';

export interface StateChange {
  readonly timestamp: string;
  readonly old_state: ChannelState;
  readonly new_state: ChannelState;
  readonly cause: ChangeCause;
  readonly message: string;
}

/** The payments in one direction. */
interface Traffic {
  readonly offered: bigint;
  readonly offeredMsat: bigint;
  readonly fulfilled: bigint;
  readonly fulfilledMsat: bigint;
}

/** What our node demands for forwarding through a channel, and the limits of a payment. */
export interface Policy {
  readonly feeBaseMsat: bigint;
  /** Millionths. */
  readonly feePpm: bigint;
  readonly htlcMinMsat: bigint;
  /** Default: {@link largestMsat}. */
  readonly htlcMaxMsat: bigint | undefined;
  /** The peer can choose any feerate. */
  readonly ignoresFeeLimits: boolean;
}

/** What a node announces for its direction of a channel (BOLT 7). */
export type AnnouncedPolicy = Omit<Policy, 'ignoresFeeLimits'>;

/** A channel between two nodes of the world. */
export interface Channel {
  readonly key: bigint;
  readonly opener: bigint;
  readonly other: bigint;
  readonly capacitySat: bigint;
  /** The balance of the opener; the rest of the capacity belongs to the other node. */
  readonly openerMsat: bigint;
  readonly pushedMsat: bigint;
  readonly announced: boolean;
  readonly funding: Outpoint;
  /** Of our direction. */
  readonly policy: Policy;
  /** What the ends have announced in a shared world. */
  readonly announcedPolicies: {
    readonly opener: AnnouncedPolicy | undefined;
    readonly other: AnnouncedPolicy | undefined;
  };
  /** The smallest HTLCs that our node and its peer accept in the channel (`htlc-minimum-msat`). */
  readonly minimums: { readonly ours: bigint; readonly peers: bigint };
  readonly state: ChannelState;
  /** The short channel id, `block x transaction x output`; undefined until the funding is confirmed. */
  readonly scid: string | undefined;
  readonly closer: 'local' | 'remote' | undefined;
  readonly closingTxid: Buffer | undefined;
  readonly changes: readonly StateChange[];
  /** The lowest and highest balance so far: ours, or the opener's in a channel between other nodes. */
  readonly lowestMsat: bigint;
  readonly highestMsat: bigint;
  readonly incoming: Traffic;
  readonly outgoing: Traffic;
  /** The script that receives our balance when the channel closes. */
  readonly closeScript: Buffer;
  /** The script that receives the peer's balance, if the peer is a node of the shared world. */
  readonly peerScript: Buffer | undefined;
  /** The HTLCs that we have offered in the channel, and that are pending. */
  readonly pendingMsat: bigint;
  /** The pending HTLCs that the peer has offered. */
  readonly pendingInMsat: bigint;
}

/** The defaults of lightningd on regtest. */
export const FEE_BASE_MSAT = 1n;
export const FEE_PER_MILLION = 10n;
export const CLTV_DELTA = 6;
/** Blocks until our output of our own commitment transaction can be spent. */
export const TO_SELF_DELAY = 6;

/** The channel type of all channels (BOLT 2). */
export const CHANNEL_TYPE = { bits: [12, 22], names: ['static_remotekey/even', 'anchors/even'] };

export function capacityMsat({ capacitySat }: Pick<Channel, 'capacitySat'>): bigint {
  return capacitySat * 1000n;
}

/** The channel reserve of each side: 1%, but at least the dust limit of lightningd. */
export function reserveMsat({ capacitySat }: Pick<Channel, 'capacitySat'>): bigint {
  const reserve = capacitySat * 10n;
  return reserve < 546_000n ? 546_000n : reserve;
}

/** The limit of a single payment (`htlc_maximum_msat`). */
export function largestMsat(channel: Pick<Channel, 'capacitySat'>): bigint {
  return capacityMsat(channel) - reserveMsat(channel);
}

export function balanceOf(channel: Channel, node: bigint): bigint {
  return node === channel.opener ? channel.openerMsat : capacityMsat(channel) - channel.openerMsat;
}

/** The amount that a node can send: its balance minus the reserve and what is pending. */
export function spendableMsat(channel: Channel, node: bigint): bigint {
  const pending = node === OURS ? channel.pendingMsat : channel.pendingInMsat;
  const free = balanceOf(channel, node) - reserveMsat(channel) - pending;
  return free > 0n ? free : 0n;
}

/** The node at the other end of a channel. */
export function otherEnd(channel: Channel, node: bigint): bigint {
  return node === channel.opener ? channel.other : channel.opener;
}

/** The peer in one of our channels. */
export function peerOf(channel: Channel): bigint {
  return otherEnd(channel, OURS);
}

export function isOurs({ opener, other }: Channel): boolean {
  return opener === OURS || other === OURS;
}

/** The channel id is the funding txid XOR the output index in the last two bytes (BOLT 2). */
export function channelId({ funding }: Pick<Channel, 'funding'>): string {
  const id = wire(funding.txid);
  id.writeUInt16BE(id.readUInt16BE(30) ^ funding.vout, 30);
  return id.toString('hex');
}

/** The direction of a channel: 0 from the node with the lesser id (BOLT 7). */
export function directionFrom(source: string, destination: string): 0 | 1 {
  return source < destination ? 0 : 1;
}

/** The smallest and the largest payment. */
export interface Limits {
  readonly minimumMsat: bigint;
  readonly maximumMsat: bigint;
}

/** The limits of a payment through the channel. @param policy - of the direction. Default: that of our node */
export function limitsOf(channel: Channel, policy: AnnouncedPolicy = channel.policy): Limits {
  const { htlcMinMsat, htlcMaxMsat } = policy;
  return { minimumMsat: htlcMinMsat, maximumMsat: htlcMaxMsat ?? largestMsat(channel) };
}

/** What a node demands for forwarding through a channel. */
export type Fees = Pick<Policy, 'feeBaseMsat' | 'feePpm'>;

/** The fees of the other nodes, and ours until `setchannel` changes them. */
export const DEFAULT_FEES: Fees = { feeBaseMsat: FEE_BASE_MSAT, feePpm: FEE_PER_MILLION };

/** What a node has announced for its direction of a channel. A simulated node has the defaults. */
export function announcedPolicy(channel: Channel, from: bigint): AnnouncedPolicy {
  if (from === OURS) return channel.policy;
  const { opener, other } = channel.announcedPolicies;
  // No node sends what its peer refuses.
  const htlcMinMsat = isOurs(channel) ? channel.minimums.ours : 0n;
  return (
    (from === channel.opener ? opener : other) ?? {
      ...DEFAULT_FEES,
      htlcMinMsat,
      htlcMaxMsat: undefined,
    }
  );
}

/**
 * What a node announces in a new channel.
 *
 * @param options - what its options demand
 * @param peerMinMsat - the smallest HTLC that its peer accepts
 */
export function policyOfNew(
  channel: Pick<Channel, 'capacitySat'>,
  { htlcMinMsat, htlcMaxMsat, feeBaseMsat, feePpm }: AnnouncedPolicy,
  peerMinMsat: bigint,
): AnnouncedPolicy {
  const isLimited = htlcMaxMsat !== undefined && htlcMaxMsat < largestMsat(channel);
  return {
    feeBaseMsat,
    feePpm,
    htlcMinMsat: htlcMinMsat > peerMinMsat ? htlcMinMsat : peerMinMsat,
    htlcMaxMsat: isLimited ? htlcMaxMsat : undefined,
  };
}

/** The fee of a forwarding node. @param fees - of our node in a channel. Default: those of other nodes */
export function routingFee(
  amountMsat: bigint,
  { feeBaseMsat, feePpm }: Fees = DEFAULT_FEES,
): bigint {
  return feeBaseMsat + (amountMsat * feePpm) / 1_000_000n;
}
