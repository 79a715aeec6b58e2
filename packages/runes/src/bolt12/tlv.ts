import { concatBytes } from '@noble/hashes/utils.js';
import { bigSizeBytes, ByteReader, MalformedValue } from './byte-reader.ts';

/** A record of a TLV stream (BOLT 1, "Type-Length-Value Format"). */
export interface Tlv {
  readonly type: bigint;
  readonly value: Uint8Array;
}

/**
 * Reads a TLV stream.
 *
 * @throws {MalformedValue} if a number is not in its shortest form, types do not increase, or a record is truncated
 */
export function readTlvs(bytes: Uint8Array): Tlv[] {
  const reader = new ByteReader(bytes);
  const tlvs: Tlv[] = [];
  while (reader.left > 0) {
    const type = reader.bigSize();
    const previous = tlvs.at(-1);
    if (previous !== undefined && type <= previous.type) {
      throw new MalformedValue(`type ${type} after ${previous.type}`);
    }
    const length = reader.bigSize();
    if (length > BigInt(reader.left)) throw new MalformedValue('truncated');
    tlvs.push({ type, value: reader.take(Number(length)) });
  }
  return tlvs;
}

export function tlvBytes({ type, value }: Tlv): Uint8Array {
  return concatBytes(bigSizeBytes(type), bigSizeBytes(BigInt(value.length)), value);
}

/** The bytes of a stream, in the order of the types. */
export function tlvStreamBytes(tlvs: readonly Tlv[]): Uint8Array {
  return concatBytes(...tlvs.toSorted(byType).map(tlvBytes));
}

function byType(a: Tlv, b: Tlv): number {
  return a.type < b.type ? -1 : 1;
}

/** Signatures have the types 240 to 1000 (BOLT 12, "Signature Calculation"). */
export function isSignature({ type }: Tlv): boolean {
  return type >= 240n && type <= 1000n;
}

/** The records whose type is in one of the ranges, both ends included. */
export function inRanges(
  tlvs: readonly Tlv[],
  ranges: readonly (readonly [bigint, bigint])[],
): Tlv[] {
  return tlvs.filter(({ type }) => ranges.some(([from, to]) => type >= from && type <= to));
}
