import { concatBytes } from '@noble/hashes/utils.js';
import {
  type Codec,
  counted,
  listOf,
  point,
  record,
  tu32,
  tu64,
  u16,
  u32,
  u64,
  u8,
} from './codecs.ts';

/** One node of a blinded path (BOLT 4, "Route Blinding"). */
export interface BlindedHop {
  /** 33 bytes. */
  readonly blindedNodeId: Uint8Array;
  readonly encryptedRecipientData: Uint8Array;
}

/** The first node of a blinded path: its public key, or a channel and the side of the channel. */
export type FirstNode =
  { readonly nodeId: Uint8Array } | { readonly scid: bigint; readonly side: 0 | 1 };

export interface BlindedPath {
  readonly firstNode: FirstNode;
  /** 33 bytes. */
  readonly firstPathKey: Uint8Array;
  readonly hops: readonly BlindedHop[];
}

/** The fees and limits of a blinded path. */
export interface BlindedPayInfo {
  readonly feeBaseMsat: number;
  readonly feeProportionalMillionths: number;
  readonly cltvExpiryDelta: number;
  readonly htlcMinimumMsat: bigint;
  readonly htlcMaximumMsat: bigint;
  readonly features: Uint8Array;
}

/** An on-chain address of an invoice. */
export interface FallbackAddress {
  readonly version: number;
  readonly address: Uint8Array;
}

export interface Bip353Name {
  readonly name: Uint8Array;
  readonly domain: Uint8Array;
}

/** How often an offer is paid. The unit is 0 for seconds, 1 for days and 2 for months. */
export interface Recurrence {
  readonly timeUnit: number;
  readonly period: number;
}

export interface RecurrenceBase {
  readonly proportionalAmount: number;
  /** Seconds since 1970. */
  readonly basetime: bigint;
}

export interface RecurrencePaywindow {
  readonly secondsBefore: number;
  readonly secondsAfter: number;
}

/** `sciddir_or_pubkey` of BOLT 1: a first byte of 0 or 1 begins a channel id. */
const firstNode: Codec<FirstNode> = {
  read(reader) {
    const first = reader.peek();
    if (first !== 0 && first !== 1) return { nodeId: point.read(reader) };
    reader.take(1);
    return { side: first, scid: u64.read(reader) };
  },
  write: (node) =>
    'nodeId' in node ? node.nodeId : concatBytes(u8.write(node.side), u64.write(node.scid)),
};

const hop = record<BlindedHop>({ blindedNodeId: point, encryptedRecipientData: counted(u16) });

const hops: Codec<readonly BlindedHop[]> = {
  read(reader) {
    const list: BlindedHop[] = [];
    for (let left = u8.read(reader); left > 0; left--) list.push(hop.read(reader));
    return list;
  },
  write: (list) => concatBytes(u8.write(list.length), ...list.map(hop.write)),
};

export const blindedPaths = listOf(record<BlindedPath>({ firstNode, firstPathKey: point, hops }));

export const payInfos = listOf(
  record<BlindedPayInfo>({
    feeBaseMsat: u32,
    feeProportionalMillionths: u32,
    cltvExpiryDelta: u16,
    htlcMinimumMsat: u64,
    htlcMaximumMsat: u64,
    features: counted(u16),
  }),
);

export const fallbackAddresses = listOf(
  record<FallbackAddress>({ version: u8, address: counted(u16) }),
);

export const bip353Name = record<Bip353Name>({ name: counted(u8), domain: counted(u8) });

export const recurrence = record<Recurrence>({ timeUnit: u8, period: tu32 });
export const recurrenceBase = record<RecurrenceBase>({ proportionalAmount: u8, basetime: tu64 });
export const recurrencePaywindow = record<RecurrencePaywindow>({
  secondsBefore: u32,
  secondsAfter: tu32,
});
