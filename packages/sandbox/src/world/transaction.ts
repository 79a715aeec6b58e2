import { createHash } from 'node:crypto';

/** A reference to an output. The txid has the byte order in which it is displayed. */
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

/** The parts of a transaction. */
export interface TransactionBody {
  readonly inputs: readonly Outpoint[];
  readonly outputs: readonly NewOutput[];
  /** The height after which the transaction can be mined. */
  readonly locktime: number;
}

/** Signals replace-by-fee (BIP 125) and enables the locktime, as in lightningd. */
const SEQUENCE = 0xfffffffd;

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function amount(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

function count(value: number): Buffer {
  if (value < 0xfd) return Buffer.of(value);
  const bytes = Buffer.alloc(3, 0xfd);
  bytes.writeUInt16LE(value, 1);
  return bytes;
}

function sized(bytes: Buffer): Buffer {
  return Buffer.concat([count(bytes.length), bytes]);
}

/** The txid in the byte order of the wire, which is the reverse of the displayed order. */
export function wire(txid: Buffer): Buffer {
  return Buffer.from(txid.toReversed());
}

function outputBytes({ amountSat, script }: NewOutput): Buffer {
  return Buffer.concat([amount(amountSat), sized(script)]);
}

/**
 * Serializes a transaction without signatures: nothing in the sandbox verifies them. The txid does
 * not depend on signatures (BIP 141).
 */
export function serialize({ inputs, outputs, locktime }: TransactionBody): Buffer {
  return Buffer.concat([
    u32(2),
    count(inputs.length),
    ...inputs.flatMap(({ txid, vout }) => [wire(txid), u32(vout), count(0), u32(SEQUENCE)]),
    count(outputs.length),
    ...outputs.map(outputBytes),
    u32(locktime),
  ]);
}

function sha256d(bytes: Buffer): Buffer {
  const once = createHash('sha256').update(bytes).digest();
  return createHash('sha256').update(once).digest();
}

/** The double SHA-256 of the bytes, in the displayed byte order. */
export function displayedHash(bytes: Buffer): Buffer {
  return wire(sha256d(bytes));
}

/** The transaction as a PSBT of version 0 (BIP 174), with the outputs that its inputs spend. */
export function psbtOf(raw: Buffer, spent: readonly SpentOutput[], outputs: number): string {
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
}

const CORE_WEIGHT = 42n;
/** A P2WPKH input with its signature, the heavier of the two input types of the wallet. */
const INPUT_WEIGHT = 272n;

/** The weight of a signed transaction. */
export function weightOf(inputs: number, scripts: readonly Buffer[]): bigint {
  return scripts.reduce(
    (weight, script) => weight + BigInt(4 * (9 + script.length)),
    CORE_WEIGHT + INPUT_WEIGHT * BigInt(inputs),
  );
}

/** Nodes do not relay a transaction with a smaller output. */
export const DUST_SAT = 330n;

/** The fee for a weight, in satoshi, at a rate in satoshi per 1000 weight units. */
export function feeFor(weight: bigint, perKw: bigint): bigint {
  return (weight * perKw + 999n) / 1000n;
}

/** The fee rate of the sandbox: lightningd's minimum. */
export const FEERATE_PERKW = 253n;

/** Parses the output of `serialize`. */
export function readTransaction(raw: Buffer): TransactionBody {
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
}
