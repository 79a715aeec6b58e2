import { concatBytes } from '@noble/hashes/utils.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { decrypt, deriveKeys, encrypt, TAG_BYTES } from './cipher.ts';
import {
  isPublicKey,
  type KeyPair,
  PUBLIC_KEY_BYTES,
  randomKeyPair,
  sharedSecret,
} from './keys.ts';
import { NoiseError } from './noise-error.ts';

const VERSION = 0;
/**
 * Bytes of the first message of the handshake: version, public key and tag.
 *
 * @example
 * ```ts
 * import { ACT_ONE_BYTES, ACT_THREE_BYTES, ACT_TWO_BYTES } from '@clnrest/commando/peer';
 * [ACT_ONE_BYTES, ACT_TWO_BYTES, ACT_THREE_BYTES] // => [50, 50, 66]
 * ```
 */
export const ACT_ONE_BYTES = 1 + PUBLIC_KEY_BYTES + TAG_BYTES;
/** Bytes of the second message: the same. */
export const ACT_TWO_BYTES = ACT_ONE_BYTES;
/** Bytes of the third message: version, encrypted public key and two tags. */
export const ACT_THREE_BYTES = 1 + PUBLIC_KEY_BYTES + 2 * TAG_BYTES;

const PROTOCOL = text('Noise_XK_secp256k1_ChaChaPoly_SHA256');
const PROLOGUE = text('lightning');

/** The result of a handshake. */
export interface HandshakeKeys {
  /** Salt of the key rotation. */
  readonly chainingKey: Uint8Array;
  /** Encrypts our messages. */
  readonly sendingKey: Uint8Array;
  /** Decrypts the messages of the peer. */
  readonly receivingKey: Uint8Array;
  /** The public key of the peer. */
  readonly peer: Uint8Array;
}

/** The chaining key and the hash that both sides compute (BOLT 8, `ck` and `h`). */
class SymmetricState {
  chainingKey: Uint8Array;
  #hash: Uint8Array;
  #key: Uint8Array = new Uint8Array(0);

  /** @param responder - the public key that the initiator connects to */
  constructor(responder: Uint8Array) {
    this.chainingKey = sha256(PROTOCOL);
    this.#hash = sha256(concatBytes(this.chainingKey, PROLOGUE));
    this.mixHash(responder);
  }

  mixHash(bytes: Uint8Array): void {
    this.#hash = sha256(concatBytes(this.#hash, bytes));
  }

  mixSecret(secret: Uint8Array): void {
    [this.chainingKey, this.#key] = deriveKeys(this.chainingKey, secret);
  }

  encrypt(nonce: number, plaintext?: Uint8Array): Uint8Array {
    const ciphertext = encrypt(this.#key, nonce, this.#hash, plaintext);
    this.mixHash(ciphertext);
    return ciphertext;
  }

  decrypt(nonce: number, ciphertext: Uint8Array): Uint8Array {
    const plaintext = decrypt(this.#key, nonce, this.#hash, ciphertext);
    this.mixHash(ciphertext);
    return plaintext;
  }
}

/**
 * The side of a handshake that opens the connection (BOLT 8).
 *
 * @example
 * ```ts
 * import { HandshakeInitiator, HandshakeResponder, keyPair } from '@clnrest/commando/peer';
 *
 * const [alice, bob] = [1, 2].map((byte) => keyPair(new Uint8Array(32).fill(byte)));
 * const initiator = new HandshakeInitiator(alice, bob.publicKey);
 * const responder = new HandshakeResponder(bob);
 * const actTwo = responder.actTwo(initiator.actOne());
 * const { actThree, keys } = initiator.actThree(actTwo);
 * responder.finish(actThree).receivingKey // => keys.sendingKey
 * ```
 */
export class HandshakeInitiator {
  readonly #ours: KeyPair;
  readonly #ephemeral: KeyPair;
  readonly #peer: Uint8Array;
  readonly #state: SymmetricState;

  /**
   * @param peer - the public key of the peer, 33 bytes
   * @param ephemeral - for test vectors only; a random one otherwise
   */
  constructor(ours: KeyPair, peer: Uint8Array, ephemeral: KeyPair = randomKeyPair()) {
    this.#ours = ours;
    this.#ephemeral = ephemeral;
    this.#peer = peer;
    this.#state = new SymmetricState(peer);
  }

  /** Returns the first message, 50 bytes. @throws NoiseError `bad_key` if the peer's key is invalid */
  actOne(): Uint8Array {
    const { publicKey } = this.#ephemeral;
    this.#state.mixHash(publicKey);
    this.#state.mixSecret(sharedSecret(this.#ephemeral, this.#peer));
    return concatBytes(Uint8Array.of(VERSION), publicKey, this.#state.encrypt(0));
  }

  /** Reads the second message. Returns the third, 66 bytes, and the keys. @throws NoiseError */
  actThree(actTwo: Uint8Array): { readonly actThree: Uint8Array; readonly keys: HandshakeKeys } {
    const { key, tag } = readAct(actTwo);
    this.#state.mixHash(key);
    this.#state.mixSecret(sharedSecret(this.#ephemeral, key));
    this.#state.decrypt(0, tag);
    const encrypted = this.#state.encrypt(1, this.#ours.publicKey);
    this.#state.mixSecret(sharedSecret(this.#ours, key));
    const actThree = concatBytes(Uint8Array.of(VERSION), encrypted, this.#state.encrypt(0));
    const { chainingKey } = this.#state;
    const [sendingKey, receivingKey] = deriveKeys(chainingKey);
    return { actThree, keys: { chainingKey, sendingKey, receivingKey, peer: this.#peer } };
  }
}

/**
 * The side of a handshake that accepts the connection (BOLT 8).
 *
 * @example
 * ```ts
 * import { ACT_ONE_BYTES, HandshakeResponder, keyPair, NoiseError } from '@clnrest/commando/peer';
 *
 * const responder = new HandshakeResponder(keyPair(new Uint8Array(32).fill(2)));
 * let code = '';
 * try {
 *   responder.actTwo(new Uint8Array(ACT_ONE_BYTES));
 * } catch (error) {
 *   if (error instanceof NoiseError) code = error.code;
 * }
 * code // => 'bad_key'
 * ```
 */
export class HandshakeResponder {
  readonly #ephemeral: KeyPair;
  readonly #ours: KeyPair;
  readonly #state: SymmetricState;

  /** @param ephemeral - for test vectors only; a random one otherwise */
  constructor(ours: KeyPair, ephemeral: KeyPair = randomKeyPair()) {
    this.#ours = ours;
    this.#ephemeral = ephemeral;
    this.#state = new SymmetricState(ours.publicKey);
  }

  /** Reads the first message. Returns the second, 50 bytes. @throws NoiseError */
  actTwo(actOne: Uint8Array): Uint8Array {
    const { key, tag } = readAct(actOne);
    this.#state.mixHash(key);
    this.#state.mixSecret(sharedSecret(this.#ours, key));
    this.#state.decrypt(0, tag);
    const { publicKey } = this.#ephemeral;
    this.#state.mixHash(publicKey);
    this.#state.mixSecret(sharedSecret(this.#ephemeral, key));
    return concatBytes(Uint8Array.of(VERSION), publicKey, this.#state.encrypt(0));
  }

  /** Reads the third message, which authenticates the initiator. Returns the keys. @throws NoiseError */
  finish(actThree: Uint8Array): HandshakeKeys {
    if (actThree.length !== ACT_THREE_BYTES) throw new NoiseError('bad_length');
    if (actThree[0] !== VERSION) throw new NoiseError('bad_version');
    const split = ACT_THREE_BYTES - TAG_BYTES;
    const peer = this.#state.decrypt(1, actThree.subarray(1, split));
    if (!isPublicKey(peer)) throw new NoiseError('bad_key');
    this.#state.mixSecret(sharedSecret(this.#ephemeral, peer));
    this.#state.decrypt(0, actThree.subarray(split));
    const { chainingKey } = this.#state;
    const [receivingKey, sendingKey] = deriveKeys(chainingKey);
    return { chainingKey, sendingKey, receivingKey, peer };
  }
}

/** Reads the first or the second message. @throws NoiseError */
function readAct(bytes: Uint8Array): { readonly key: Uint8Array; readonly tag: Uint8Array } {
  if (bytes.length !== ACT_ONE_BYTES) throw new NoiseError('bad_length');
  if (bytes[0] !== VERSION) throw new NoiseError('bad_version');
  const key = bytes.slice(1, 1 + PUBLIC_KEY_BYTES);
  if (!isPublicKey(key)) throw new NoiseError('bad_key');
  return { key, tag: bytes.subarray(1 + PUBLIC_KEY_BYTES) };
}

function text(words: string): Uint8Array {
  return new TextEncoder().encode(words);
}
