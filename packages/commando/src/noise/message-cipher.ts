import { concatBytes } from '@noble/hashes/utils.js';
import { decrypt, deriveKeys, encrypt, TAG_BYTES } from './cipher.ts';
import type { HandshakeKeys } from './handshake.ts';

/**
 * The longest message (BOLT 8).
 *
 * @example
 * ```ts
 * import { MAX_MESSAGE_BYTES } from '@clnrest/commando/peer';
 * MAX_MESSAGE_BYTES // => 65_535
 * ```
 */
export const MAX_MESSAGE_BYTES = 65_535;
/** Encryptions with one key: 500 messages, because each length is encrypted separately. */
const MAX_NONCE = 1_000;
const LENGTH_BYTES = 2;
const SEALED_LENGTH_BYTES = LENGTH_BYTES + TAG_BYTES;
const NO_DATA = new Uint8Array(0);

/** One direction's key, which is replaced after 1,000 uses. */
class RotatingKey {
  #key: Uint8Array;
  #chainingKey: Uint8Array;
  #nonce = 0;

  constructor(key: Uint8Array, chainingKey: Uint8Array) {
    this.#key = key;
    this.#chainingKey = chainingKey;
  }

  use<T>(work: (key: Uint8Array, nonce: number) => T): T {
    const result = work(this.#key, this.#nonce);
    this.#nonce++;
    if (this.#nonce === MAX_NONCE) {
      [this.#chainingKey, this.#key] = deriveKeys(this.#chainingKey, this.#key);
      this.#nonce = 0;
    }
    return result;
  }
}

/**
 * Encrypts messages for the peer (BOLT 8).
 *
 * @example
 * ```ts
 * import { MessageSealer } from '@clnrest/commando/peer';
 *
 * const key = new Uint8Array(32);
 * const sealer = new MessageSealer({ sendingKey: key, chainingKey: key });
 * sealer.seal(new TextEncoder().encode('hello')).length // => 39
 * ```
 */
export class MessageSealer {
  readonly #key: RotatingKey;

  constructor({ sendingKey, chainingKey }: Pick<HandshakeKeys, 'sendingKey' | 'chainingKey'>) {
    this.#key = new RotatingKey(sendingKey, chainingKey);
  }

  /** Returns the encrypted length and the encrypted message. @throws RangeError if the message is too long */
  seal(message: Uint8Array): Uint8Array {
    if (message.length > MAX_MESSAGE_BYTES) {
      throw new RangeError(`a message of ${message.length} bytes exceeds ${MAX_MESSAGE_BYTES}`);
    }
    const length = new Uint8Array(LENGTH_BYTES);
    new DataView(length.buffer).setUint16(0, message.length);
    return concatBytes(this.#encrypt(length), this.#encrypt(message));
  }

  #encrypt(plaintext: Uint8Array): Uint8Array {
    return this.#key.use((key, nonce) => encrypt(key, nonce, NO_DATA, plaintext));
  }
}

/**
 * Decrypts the messages of the peer (BOLT 8). A length cannot exceed 65,535 bytes, so no peer can make the reader wait for more,
 * and its length is authenticated before the reader waits for a message.
 *
 * @example
 * ```ts
 * import { MessageOpener, MessageSealer } from '@clnrest/commando/peer';
 *
 * const key = new Uint8Array(32);
 * const sealed = new MessageSealer({ sendingKey: key, chainingKey: key }).seal(new Uint8Array([0, 18]));
 * const opener = new MessageOpener({ receivingKey: key, chainingKey: key });
 * const length = opener.openLength(sealed.subarray(0, 18));
 * opener.openMessage(sealed.subarray(18, 18 + length)) // => Uint8Array.of(0, 18)
 * ```
 */
export class MessageOpener {
  readonly #key: RotatingKey;

  constructor({ receivingKey, chainingKey }: Pick<HandshakeKeys, 'receivingKey' | 'chainingKey'>) {
    this.#key = new RotatingKey(receivingKey, chainingKey);
  }

  /** Bytes of an encrypted length. */
  static readonly lengthBytes = SEALED_LENGTH_BYTES;

  /** Returns the bytes of the encrypted message that follows, with its tag. @throws NoiseError `bad_mac` */
  openLength(sealed: Uint8Array): number {
    const length = this.#decrypt(sealed);
    return new DataView(length.buffer, length.byteOffset).getUint16(0) + TAG_BYTES;
  }

  /** @throws NoiseError `bad_mac` */
  openMessage(sealed: Uint8Array): Uint8Array {
    return this.#decrypt(sealed);
  }

  #decrypt(ciphertext: Uint8Array): Uint8Array {
    return this.#key.use((key, nonce) => decrypt(key, nonce, NO_DATA, ciphertext));
  }
}
