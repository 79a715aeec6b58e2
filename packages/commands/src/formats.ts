/**
 * An integer of 64 bits. `@clnrest/json` parses it to a number up to 2^53 − 1 and to a bigint beyond, so no digit is lost.
 * `BigInt(value)` converts both to a bigint.
 */
export type U64 = number | bigint;

/** An amount in millisatoshi, as an integer: 1000 is 1 sat. A number up to 2^53 − 1, a bigint beyond. */
export type Msat = U64;

/** An amount in satoshi, as an integer. A number up to 2^53 − 1, a bigint beyond. */
export type Sat = U64;

/**
 * An amount for a parameter in millisatoshi: an integer, or a text with a unit, such as `'10sat'`, `'1000msat'` or
 * `'0.00000010btc'`.
 */
export type MsatInput = U64 | `${bigint}` | `${bigint}msat` | `${number}sat` | `${number}btc`;

/** An amount for a parameter in satoshi: an integer, or a text with a unit, such as `'10sat'`, `'10000msat'` or `'0.1btc'`. */
export type SatInput = U64 | `${bigint}` | `${bigint}msat` | `${number}sat` | `${number}btc`;

/**
 * A fee rate: a number of satoshi per 1000 virtual bytes, a text with a unit (`'253perkw'`, `'1000perkb'`), or an estimate
 * (`'slow'`, `'normal'`, `'urgent'`, `'minimum'`, `'opening'`, `'6blocks'`, …).
 */
export type Feerate = U64 | string;

/** An amount with a currency, as ISO 4217 names it: `'10.50USD'`. */
export type CurrencyAmount = `${number}${string}`;

/** An output of a transaction: one address, and the amount in satoshi (or `'all'`). */
export type OutputDescription = Readonly<Record<string, SatInput | 'all'>>;

/** Bytes in hexadecimal digits: an even number of them. */
export type Hex = string;

/** 32 bytes in 64 hexadecimal digits, such as a payment hash or a channel id. */
export type Hash = Hex;

/** The id of a transaction: 64 hexadecimal digits, in the reversed byte order that explorers show. */
export type Txid = Hex;

/** 32 secret bytes in 64 hexadecimal digits, such as a preimage. Do not log it. */
export type Secret = Hex;

/** A compressed public key in 66 hexadecimal digits, such as a node id: it starts with 02 or 03. */
export type Pubkey = Hex;

/** The place of a channel in the chain, as block × transaction × output: `'103x1x0'`. */
export type ShortChannelId = string;

/** One direction of a channel: `'103x1x0/0'` from the node with the lesser id, `/1` from the other. */
export type ShortChannelIdDir = string;

/** An output of a transaction, as transaction id and index: `'2b…9c:0'`. */
export type Outpoint = string;

/** An ECDSA signature in hexadecimal digits. */
export type Signature = Hex;

/** A Schnorr signature (BIP 340): 64 bytes in 128 hexadecimal digits. */
export type Bip340Signature = Hex;

/** An object whose members are not known. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** All keys of all members of a union. */
type KeysOf<Union> = Union extends unknown ? keyof Union : never;

/**
 * A union of objects, each without the keys of the others. A key of some members can be read before its presence is known:
 * it is undefined in the other members.
 */
export type OneOf<Union, Key extends PropertyKey = KeysOf<Union>> = Union extends unknown
  ? Union & { readonly [Absent in Exclude<Key, keyof Union>]?: never }
  : never;
