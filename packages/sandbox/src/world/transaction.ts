import { createHash } from 'node:crypto';

/** An output that a transaction spends. Transaction ids are as people write them, in bytes. */
export interface Outpoint {
  readonly txid: Buffer;
  readonly vout: number;
}

export interface SpentOutput extends Outpoint {
  readonly amountSat: bigint;
  readonly script: Buffer;
}

interface NewOutput {
  readonly amountSat: bigint;
  readonly script: Buffer;
}

/** What a transaction moves. */
export interface TransactionBody {
  readonly inputs: readonly Outpoint[];
  readonly outputs: readonly NewOutput[];
  /** The first block that may hold it. */
  readonly locktime: number;
}

/** Replaceable, and bound to its locktime, as lightningd sets it. */
const SEQUENCE = 0xfffffffd;

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

const amount = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
};

const count = (value: number): Buffer => {
  if (value < 0xfd) return Buffer.of(value);
  const bytes = Buffer.alloc(3, 0xfd);
  bytes.writeUInt16LE(value, 1);
  return bytes;
};

const sized = (bytes: Buffer): Buffer => Buffer.concat([count(bytes.length), bytes]);

/** As it is on the wire and in a block: the other way round. */
export const wire = (txid: Buffer): Buffer => Buffer.from(txid.toReversed());

const outputBytes = ({ amountSat, script }: NewOutput): Buffer =>
  Buffer.concat([amount(amountSat), sized(script)]);

/**
 * The bytes of a transaction, without signatures: there is nobody to check them. Its id is what it
 * would be with them.
 */
export const serialize = ({ inputs, outputs, locktime }: TransactionBody): Buffer =>
  Buffer.concat([
    u32(2),
    count(inputs.length),
    ...inputs.flatMap(({ txid, vout }) => [wire(txid), u32(vout), count(0), u32(SEQUENCE)]),
    count(outputs.length),
    ...outputs.map(outputBytes),
    u32(locktime),
  ]);

const sha256d = (bytes: Buffer): Buffer => {
  const once = createHash('sha256').update(bytes).digest();
  return createHash('sha256').update(once).digest();
};

/** A hash of Bitcoin's, as people write it. */
export const displayedHash = (bytes: Buffer): Buffer => wire(sha256d(bytes));

/** The transaction as a PSBT of version 0 (BIP 174), with what its inputs spend. */
export const psbtOf = (raw: Buffer, spent: readonly SpentOutput[], outputs: number): string => {
  const pair = (key: number, value: Buffer): Buffer =>
    Buffer.concat([Buffer.of(1, key), sized(value)]);
  const end = Buffer.of(0);
  return Buffer.concat([
    Buffer.from('psbt\xff', 'latin1'),
    pair(0, raw),
    end,
    ...spent.flatMap((output) => [pair(1, outputBytes(output)), end]),
    ...Array.from({ length: outputs }, () => end),
  ]).toString('base64');
};

const CORE_WEIGHT = 42n;
/** A P2WPKH input with its signature, the heavier of the two kinds that the wallet has. */
const INPUT_WEIGHT = 272n;

/** What a transaction weighs once it is signed. */
export const weightOf = (inputs: number, scripts: readonly Buffer[]): bigint =>
  scripts.reduce(
    (weight, script) => weight + BigInt(4 * (9 + script.length)),
    CORE_WEIGHT + INPUT_WEIGHT * BigInt(inputs),
  );

/** Less than that is dust, which nobody relays. */
export const DUST_SAT = 330n;

/** The fee for a weight, in satoshi, at so many satoshi for 1000 of weight. */
export const feeFor = (weight: bigint, perKw: bigint): bigint => (weight * perKw + 999n) / 1000n;

/** What regtest asks, always: lightningd's floor. */
export const FEERATE_PERKW = 253n;

/** Reads what `serialize` wrote. */
export const readTransaction = (raw: Buffer): TransactionBody => {
  let at = 4;
  const number = (): number => {
    const first = raw.readUInt8(at);
    if (first < 0xfd) {
      at += 1;
      return first;
    }
    const value = raw.readUInt16LE(at + 1);
    at += 3;
    return value;
  };
  const bytes = (length: number): Buffer => raw.subarray(at, (at += length));
  const inputs = Array.from({ length: number() }, () => {
    const txid = wire(bytes(32));
    const vout = bytes(4).readUInt32LE();
    bytes(number() + 4);
    return { txid, vout };
  });
  const outputs = Array.from({ length: number() }, () => {
    const amountSat = bytes(8).readBigUInt64LE();
    return { amountSat, script: bytes(number()) };
  });
  return { inputs, outputs, locktime: raw.readUInt32LE(at) };
};
