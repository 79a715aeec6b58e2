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

/** The weight of a transaction without its inputs and outputs, in weight units (BIP 141). */
export const CORE_WEIGHT = 42n;

export function outputWeight(script: Buffer): bigint {
  return BigInt(4 * (9 + script.length));
}

/** A P2TR output has a script of 34 bytes. */
const CHANGE_WEIGHT = outputWeight(Buffer.alloc(34));

/** The weight of an input with its signature, which has 71 bytes for P2WPKH. @param minWitness - of its witness */
export function inputWeight(script: Buffer, minWitness = 0n): bigint {
  const isP2wpkh = script.length === 22;
  const witness = isP2wpkh ? 72n + 34n : 65n;
  return 4n * 41n + 1n + (witness < minWitness ? minWitness : witness);
}

/** Nodes do not relay a transaction with a smaller output. */
export const DUST_SAT = 330n;

/** The fee for a weight, in satoshi, at a rate in satoshi per 1000 weight units. lightningd rounds it down. */
export function feeFor(weight: bigint, perKw: bigint): bigint {
  return (weight * perKw) / 1000n;
}

/** What remains of an excess for a change output, after the fee for that output; 0 if it would be dust. */
export function changeAmount(excess: bigint, perKw: bigint, weight: bigint): bigint {
  const change = excess - changeFee(perKw, weight);
  return change < DUST_SAT ? 0n : change;
}

/** The fee for a change output that is added to a transaction of the weight. */
export function changeFee(perKw: bigint, weight: bigint): bigint {
  return feeFor(weight + CHANGE_WEIGHT, perKw) - feeFor(weight, perKw);
}

/** The fee rate of the sandbox: lightningd's minimum. */
export const FEERATE_PERKW = 253n;

/** An input of a transaction. */
interface Input extends Outpoint {
  readonly sequence: number;
}

/** Parses a transaction with or without signatures. */
export function readTransaction(raw: Buffer): Omit<TransactionBody, 'inputs'> & {
  readonly inputs: readonly Input[];
  readonly version: number;
} {
  const { version, inputs, outputs, locktime } = parse(raw);
  return { version, inputs, outputs, locktime };
}

/** The txid. It does not depend on the witnesses (BIP 141). */
export function txidOf(raw: Buffer): Buffer {
  const { hasWitness, witnessAt } = parse(raw);
  if (!hasWitness) return displayedHash(raw);
  return displayedHash(
    Buffer.concat([raw.subarray(0, 4), raw.subarray(6, witnessAt), raw.subarray(-4)]),
  );
}

function parse(raw: Buffer) {
  // BIP 144 has a marker and a flag in the place of the number of inputs.
  const hasWitness = raw.readUInt8(4) === 0 && raw.readUInt8(5) === 1;
  let at = hasWitness ? 6 : 4;
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
  const inputs = Array.from({ length: number() }, (): Input => {
    const txid = wire(bytes(32));
    const vout = bytes(4).readUInt32LE();
    bytes(number());
    return { txid, vout, sequence: bytes(4).readUInt32LE() };
  });
  const outputs = Array.from({ length: number() }, () => {
    const amountSat = bytes(8).readBigUInt64LE();
    return { amountSat, script: bytes(number()) };
  });
  return {
    version: raw.readUInt32LE(0),
    inputs,
    outputs,
    locktime: raw.readUInt32LE(raw.length - 4),
    hasWitness,
    witnessAt: at,
  };
}
