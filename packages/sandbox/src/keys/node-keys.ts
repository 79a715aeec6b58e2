import { secp256k1 } from '@noble/curves/secp256k1.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';

function text(words: string): Uint8Array {
  return new TextEncoder().encode(words);
}

/**
 * The keys of the node, all derived from one secret as lightningd derives them from its
 * `hsm_secret` (HKDF-SHA256): given the same secret, both have the same id and the same runes.
 */
export class NodeKeys {
  /** The node's public key, in hex. */
  readonly id: string;
  readonly #privateKey: Uint8Array;
  readonly #derivedSecret: Uint8Array;
  readonly #runeSecret: Uint8Array | undefined;

  /**
   * @param secret - 32 bytes
   * @param runeSecret - what `makesecret commando` gives instead of what derives from the secret
   */
  constructor(secret: Uint8Array, runeSecret?: Uint8Array) {
    this.#privateKey = privateKeyOf(secret);
    this.id = Buffer.from(secp256k1.getPublicKey(this.#privateKey, true)).toString('hex');
    this.#derivedSecret = hkdf(sha256, secret, undefined, text('derived secrets'), 32);
    this.#runeSecret = runeSecret;
  }

  /** 32 bytes that nobody can guess who does not have the node's secret. */
  makeSecret(info: Uint8Array): Uint8Array {
    if (this.#runeSecret !== undefined && Buffer.from(info).equals(text('commando'))) {
      return this.#runeSecret;
    }
    return hkdf(sha256, this.#derivedSecret, undefined, info, 32);
  }

  /** The secret of which runes are made: they came out of the commando plugin. */
  get runeSecret(): Uint8Array {
    return this.makeSecret(text('commando'));
  }

  /** Signs a hash. @returns 64 bytes of R and S, and the recovery id, as BOLT 11 has it */
  signRecoverable(hash: Uint8Array): Uint8Array {
    const signature = secp256k1.sign(hash, this.#privateKey, {
      prehash: false,
      format: 'recovered',
    });
    const [recovery = 0] = signature;
    const result = new Uint8Array(65);
    result.set(signature.subarray(1), 0);
    result[64] = recovery;
    return result;
  }
}

/** The salt counts up until the result is a private key, which is at once, in practice. */
function privateKeyOf(secret: Uint8Array): Uint8Array {
  for (let salt = 0; ; salt++) {
    const saltBytes = new Uint8Array(4);
    new DataView(saltBytes.buffer).setUint32(0, salt, true);
    const key = hkdf(sha256, secret, saltBytes, text('nodeid'), 32);
    if (secp256k1.utils.isValidSecretKey(key)) return key;
  }
}
