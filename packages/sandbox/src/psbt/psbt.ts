import { randomBytes } from 'node:crypto';
import type { Transaction } from '@scure/btc-signer';
import type { Outpoint, SpentOutput } from '../world/transaction.ts';
import { psbtLibrary } from './library.ts';

/** The versions of BIP 174 and BIP 370. */
export type PsbtVersion = 0 | 2;

/** An output of a transaction. */
export interface PsbtOutput {
  readonly amountSat: bigint;
  readonly script: Buffer;
}

/** Keeps the fields of other tools, and rejects no script: the sandbox checks what it signs and sends. */
const OPTIONS = {
  allowUnknownVersion: true,
  allowUnknownInputs: true,
  allowUnknownOutputs: true,
  disableScriptCheck: true,
  unknown: 'ignore',
  // Like lightningd, so that the witness has the size that fees are estimated for.
  lowR: true,
} as const;

/** Signals replace-by-fee (BIP 125) and enables the locktime, as in lightningd. */
const SEQUENCE = 0xfffffffd;

/** A proprietary field of lightningd (lightningd's psbt_open.h). */
type Proprietary = [key: Uint8Array, value: Uint8Array];

const SERIAL_ID = 1;
const INPUT_MARKER = 2;

function proprietary(type: number, value: Uint8Array): Proprietary {
  const key = Buffer.concat([Buffer.of(9), Buffer.from('lightning'), Buffer.of(type)]);
  return [key, value];
}

/** An even number: the initiator of a channel has these (BOLT 2). */
function serialId(): Proprietary {
  const id = randomBytes(8);
  id[7] = (id[7] ?? 0) & 0xfe;
  return proprietary(SERIAL_ID, id);
}

/** A partially signed transaction (BIP 174). */
export class Psbt {
  readonly #transaction: Transaction;
  /** The version that the text has. */
  version: PsbtVersion;

  private constructor(transaction: Transaction, version: PsbtVersion) {
    this.#transaction = transaction;
    this.version = version;
  }

  /** A PSBT without inputs and outputs. It has version 2, as lightningd's own. */
  static create(locktime: number): Psbt {
    const { Transaction } = psbtLibrary();
    return new Psbt(new Transaction({ ...OPTIONS, lockTime: locktime, PSBTVersion: 2 }), 2);
  }

  /** Reads base64; undefined if the text is not a PSBT. */
  static parse(text: string): Psbt | undefined {
    const bytes = Buffer.from(text, 'base64');
    // Node skips characters that are not base64.
    if (bytes.length === 0 || bytes.toString('base64') !== text) return undefined;
    try {
      const transaction = psbtLibrary().Transaction.fromPSBT(bytes, OPTIONS);
      return new Psbt(transaction, transaction.opts.PSBTVersion === 2 ? 2 : 0);
    } catch {
      return undefined;
    }
  }

  get inputs(): Outpoint[] {
    return Array.from({ length: this.#transaction.inputsLength }, (_, at) => {
      const { txid = new Uint8Array(32), index = 0 } = this.#transaction.getInput(at);
      return { txid: Buffer.from(txid), vout: index };
    });
  }

  get outputs(): PsbtOutput[] {
    return Array.from({ length: this.#transaction.outputsLength }, (_, at) => {
      const { amount = 0n, script = new Uint8Array() } = this.#transaction.getOutput(at);
      return { amountSat: amount, script: Buffer.from(script) };
    });
  }

  /**
   * Adds an input.
   *
   * @param previous - the transaction that the output is in
   * @returns its position
   */
  addInput({ txid, vout, amountSat, script }: SpentOutput, previous: Buffer): number {
    return this.#transaction.addInput({
      txid,
      index: vout,
      sequence: SEQUENCE,
      witnessUtxo: { amount: amountSat, script },
      nonWitnessUtxo: previous,
    });
  }

  /** Adds an output after the others. @returns its position */
  addOutput({ amountSat, script }: PsbtOutput): number {
    return this.#transaction.addOutput({ amount: amountSat, script });
  }

  /** Adds the serial id of the initiator of a channel to an output. */
  addSerialId(at: number): void {
    this.#transaction.updateOutput(at, { proprietary: [serialId()] }, true);
  }

  /** Adds the serial id of the initiator of a channel to an input. */
  addInputSerialId(at: number): void {
    this.#addToInput(at, serialId());
  }

  /** Marks an input as ours, as lightningd does. */
  markInput(at: number): void {
    this.#addToInput(at, proprietary(INPUT_MARKER, Buffer.of(0, 1)));
  }

  #addToInput(at: number, field: Proprietary): void {
    this.#transaction.updateInput(at, { proprietary: [field] }, true);
  }

  /** Notes what an input spends, if the PSBT does not say it: signatures need it. */
  setSpent(at: number, { amountSat, script }: SpentOutput): void {
    const { witnessUtxo, nonWitnessUtxo } = this.#transaction.getInput(at);
    if (witnessUtxo !== undefined || nonWitnessUtxo !== undefined) return;
    this.#transaction.updateInput(at, { witnessUtxo: { amount: amountSat, script } }, true);
  }

  /**
   * Signs an input.
   *
   * @param key - the private key of the P2WPKH or P2TR output that it spends
   * @throws Error if the input does not spend an output of the key, or wants another signature
   */
  sign(at: number, key: Uint8Array): void {
    const { utils, SigHash } = psbtLibrary();
    const input = this.#transaction.getInput(at);
    if (input.finalScriptWitness !== undefined) return;
    if (isTaproot(input.witnessUtxo?.script)) {
      this.#transaction.updateInput(at, { tapInternalKey: utils.pubSchnorr(key) }, true);
    }
    this.#transaction.signIdx(key, at, [SigHash.DEFAULT, SigHash.ALL]);
  }

  /** Turns signatures into witnesses. @returns true if all inputs have one */
  finalize(): boolean {
    for (let at = 0; at < this.#transaction.inputsLength; at++) {
      const { finalScriptWitness, finalScriptSig } = this.#transaction.getInput(at);
      if (finalScriptWitness !== undefined || finalScriptSig !== undefined) continue;
      try {
        this.#transaction.finalizeIdx(at);
      } catch {
        return false;
      }
    }
    return true;
  }

  /** The signed transaction. Call it after {@link finalize}. */
  extract(): Buffer {
    return Buffer.from(this.#transaction.toBytes(true, true));
  }

  /** The transaction without signatures. */
  get unsigned(): Buffer {
    return Buffer.from(this.#transaction.unsignedTx);
  }

  /** The transaction, to check signatures. */
  get transaction(): Transaction {
    return this.#transaction;
  }

  /** The base64 text. */
  toString(): string {
    return Buffer.from(this.#transaction.toPSBT(this.version)).toString('base64');
  }
}

/** OP_1, then a push of 32 bytes. */
function isTaproot(script: Uint8Array | undefined): boolean {
  return script?.length === 34 && script[0] === 0x51;
}
