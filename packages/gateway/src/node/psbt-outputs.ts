const MAGIC = Buffer.from('70736274ff', 'hex');
/** Keys of the global map: the transaction of version 0, and the number of outputs of version 2 (BIP 174, BIP 370). */
const UNSIGNED_TX = 0x00;
const OUTPUT_COUNT = 0x05;

/** The number of outputs of a PSBT in base64. Undefined if the text is not a PSBT that states it, or it has no inputs. */
export function outputsOf(base64: string): number | undefined {
  const reader = new Reader(Buffer.from(base64, 'base64'));
  try {
    if (!reader.take(MAGIC.length).equals(MAGIC)) return undefined;
    for (;;) {
      const keyLength = reader.size();
      // The end of the map.
      if (keyLength === 0) return undefined;
      const key = reader.take(keyLength);
      const value = new Reader(reader.take(reader.size()));
      if (key.length !== 1) continue;
      if (key[0] === OUTPUT_COUNT) return value.size();
      if (key[0] === UNSIGNED_TX) return outputsOfTransaction(value);
    }
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function outputsOfTransaction(transaction: Reader): number | undefined {
  // The version.
  transaction.take(4);
  const inputs = transaction.size();
  if (inputs === 0) return undefined;
  for (let input = 0; input < inputs; input++) {
    // The outpoint, the script, and the sequence number.
    transaction.take(36);
    transaction.take(transaction.size());
    transaction.take(4);
  }
  return transaction.size();
}

/** Reads bytes. Throws a RangeError at the end. */
class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError('the bytes end too early');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  /** An integer of Bitcoin's variable length. */
  size(): number {
    const first = this.take(1).readUInt8();
    if (first === 0xfd) return this.take(2).readUInt16LE();
    if (first === 0xfe) return this.take(4).readUInt32LE();
    if (first === 0xff) return Number(this.take(8).readBigUInt64LE());
    return first;
  }
}
