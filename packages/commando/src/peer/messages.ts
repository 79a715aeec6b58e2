import { concatBytes } from '@noble/hashes/utils.js';
import { PeerError } from './peer-error.ts';

/** Types of the messages that every peer must understand (BOLT 1). */
export const MessageType = { warning: 1, init: 16, error: 17, ping: 18, pong: 19 } as const;

/** A message of the Lightning protocol. */
export interface PeerMessage {
  readonly type: number;
  readonly payload: Uint8Array;
}

/** What a peer announces about itself in its first message. */
export interface PeerInit {
  /** Feature bits, big-endian. */
  readonly features: Uint8Array;
  /** Hashes of the chains that the peer is interested in; empty if it did not name any. */
  readonly networks: readonly Uint8Array[];
}

const NETWORKS_TLV = 1;
const CHAIN_HASH_BYTES = 32;
/** A ping that requests at least as many bytes wants no reply. */
const NO_PONG = 65_532;

export function encodeMessage(type: number, payload: Uint8Array): Uint8Array {
  return concatBytes(uint16(type), payload);
}

/** @throws PeerError `malformed` */
export function decodeMessage(bytes: Uint8Array): PeerMessage {
  return { type: readUint16(bytes, 0), payload: bytes.subarray(2) };
}

/** The payload of `init`. */
export function encodeInit({ features, networks }: PeerInit): Uint8Array {
  const fixed = [uint16(0), uint16(features.length), features];
  if (networks.length === 0) return concatBytes(...fixed);
  const hashes = concatBytes(...networks);
  // A length below 253 takes one byte (BOLT 1, BigSize).
  return concatBytes(...fixed, Uint8Array.of(NETWORKS_TLV, hashes.length), hashes);
}

/** Reads the payload of `init`. The older `globalfeatures` count, too. @throws PeerError `malformed` */
export function decodeInit(payload: Uint8Array): PeerInit {
  const globalLength = readUint16(payload, 0);
  const at = 2 + globalLength;
  const length = readUint16(payload, at);
  const end = at + 2 + length;
  if (end > payload.length) throw malformed('init');
  const features = eitherBit(payload.subarray(2, at), payload.subarray(at + 2, end));
  return { features, networks: readNetworks(payload.subarray(end)) };
}

/** The payload of a ping that requests a pong of so many bytes. */
export function encodePing(pongBytes: number, fillerBytes = 0): Uint8Array {
  return concatBytes(uint16(pongBytes), uint16(fillerBytes), new Uint8Array(fillerBytes));
}

/** Returns the payload of the pong for a ping; `undefined` if the peer wants none. @throws PeerError `malformed` */
export function pongFor(ping: Uint8Array): Uint8Array | undefined {
  const wanted = readUint16(ping, 0);
  if (2 + 2 + readUint16(ping, 2) > ping.length) throw malformed('ping');
  if (wanted >= NO_PONG) return undefined;
  return concatBytes(uint16(wanted), new Uint8Array(wanted));
}

/** The number of bytes that a pong has. @throws PeerError `malformed` */
export function pongBytes(pong: Uint8Array): number {
  const length = readUint16(pong, 0);
  if (2 + length > pong.length) throw malformed('pong');
  return length;
}

const CHANNEL_ID_BYTES = 32;
const MAX_SHOWN = 200;

/** The text of an `error` or `warning`, in printable ASCII, because the peer is untrusted. */
export function noticeText(payload: Uint8Array): string {
  const bytes = payload.subarray(CHANNEL_ID_BYTES + 2, CHANNEL_ID_BYTES + 2 + MAX_SHOWN);
  return String.fromCharCode(...bytes).replace(/[^ -~]/g, '?');
}

function readNetworks(stream: Uint8Array): readonly Uint8Array[] {
  const hashes: Uint8Array[] = [];
  let at = 0;
  while (at < stream.length) {
    const type = readBigSize(stream, at);
    const length = readBigSize(stream, type.next);
    const end = length.next + length.value;
    if (end > stream.length) throw malformed('init');
    const value = stream.subarray(length.next, end);
    if (type.value === NETWORKS_TLV) {
      for (let from = 0; from + CHAIN_HASH_BYTES <= value.length; from += CHAIN_HASH_BYTES) {
        hashes.push(value.slice(from, from + CHAIN_HASH_BYTES));
      }
    }
    at = end;
  }
  return hashes;
}

/** Reads a BigSize (BOLT 1). No message has a value beyond 2^32. */
function readBigSize(
  bytes: Uint8Array,
  at: number,
): { readonly value: number; readonly next: number } {
  const first = bytes[at];
  if (first === undefined) throw malformed('init');
  if (first < 0xfd) return { value: first, next: at + 1 };
  if (first === 0xfd) return { value: readUint16(bytes, at + 1), next: at + 3 };
  const size = first === 0xfe ? 4 : 8;
  if (at + 1 + size > bytes.length) throw malformed('init');
  let value = 0;
  for (const byte of bytes.subarray(at + 1, at + 1 + size)) value = value * 256 + byte;
  return { value, next: at + 1 + size };
}

/** Combines two sets of feature bits, of which the last byte has the lowest bits. */
function eitherBit(one: Uint8Array, other: Uint8Array): Uint8Array {
  const [long, short] = one.length >= other.length ? [one, other] : [other, one];
  const bits = long.slice();
  const offset = long.length - short.length;
  for (const [at, byte] of short.entries()) bits[offset + at] = (bits[offset + at] ?? 0) | byte;
  return bits;
}

function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value & 0xff);
}

function readUint16(bytes: Uint8Array, at: number): number {
  const [high, low] = bytes.subarray(at, at + 2);
  if (high === undefined || low === undefined) throw malformed('message');
  return high * 256 + low;
}

function malformed(what: string): PeerError {
  return new PeerError('malformed', `the peer sent a malformed ${what}`);
}
