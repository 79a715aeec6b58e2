import { secp256k1 } from '@noble/curves/secp256k1.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import {
  bigSizeBytes,
  type ByteReader,
  MalformedValue,
  truncatedBytes,
  unsignedBytes,
} from './byte-reader.ts';

/** How a value is read from and written to bytes. `read` throws a {@link MalformedValue}. */
export interface Codec<T> {
  readonly read: (reader: ByteReader) => T;
  readonly write: (value: T) => Uint8Array;
}

/** All bytes. */
export const blob: Codec<Uint8Array> = {
  read: (reader) => reader.rest(),
  write: (value) => value,
};

export function fixedBytes(count: number): Codec<Uint8Array> {
  return { read: (reader) => reader.take(count), write: (value) => value };
}

export const sha256Hash = fixedBytes(32);

/** A compressed point of secp256k1, 33 bytes. */
export const point: Codec<Uint8Array> = {
  read(reader) {
    const bytes = reader.take(33);
    if (!secp256k1.utils.isValidPublicKey(bytes, true)) throw new MalformedValue('not a point');
    return bytes;
  },
  write: (value) => value,
};

export const u8 = unsigned(1);
export const u16 = unsigned(2);
export const u32 = unsigned(4);

/** A number of up to four bytes. */
function unsigned(count: number): Codec<number> {
  return {
    read: (reader) => Number(reader.unsigned(count)),
    write: (value) => unsignedBytes(BigInt(value), count),
  };
}

export const u64: Codec<bigint> = {
  read: (reader) => reader.unsigned(8),
  write: (value) => unsignedBytes(value, 8),
};

/** A number without leading zeros, up to the end of the value. */
export const tu32: Codec<number> = {
  read: (reader) => Number(reader.truncated(4)),
  write: (value) => truncatedBytes(BigInt(value)),
};

export const tu64: Codec<bigint> = {
  read: (reader) => reader.truncated(8),
  write: truncatedBytes,
};

export const bigSize: Codec<bigint> = {
  read: (reader) => reader.bigSize(),
  write: bigSizeBytes,
};

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** lightningd's UTF-8 has no zero byte. */
export const utf8: Codec<string> = {
  read(reader) {
    const bytes = reader.rest();
    if (bytes.includes(0)) throw new MalformedValue('a zero byte');
    try {
      return decoder.decode(bytes);
    } catch {
      throw new MalformedValue('not UTF-8');
    }
  },
  write: utf8ToBytes,
};

/** A field without a value. */
export const present: Codec<true> = { read: () => true, write: () => new Uint8Array() };

/** Values up to the end. */
export function listOf<T>({ read, write }: Codec<T>): Codec<readonly T[]> {
  return {
    read(reader) {
      const list: T[] = [];
      while (reader.left > 0) list.push(read(reader));
      return list;
    },
    write: (list) => concatBytes(...list.map(write)),
  };
}

/** Bytes after their number. */
export function counted(count: Codec<number>): Codec<Uint8Array> {
  return {
    read: (reader) => reader.take(count.read(reader)),
    write: (value) => concatBytes(count.write(value.length), value),
  };
}

/** The members of an object, one after the other. */
export function record<T extends object>(members: {
  readonly [K in keyof T]-?: Codec<T[K]>;
}): Codec<T> {
  const names = Object.keys(members) as (keyof T)[];
  return {
    read(reader) {
      return Object.fromEntries(names.map((name) => [name, members[name].read(reader)])) as T;
    },
    write: (value) => concatBytes(...names.map((name) => members[name].write(value[name]))),
  };
}
