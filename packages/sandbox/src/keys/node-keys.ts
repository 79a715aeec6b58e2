import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';

function text(words: string): Uint8Array {
  return new TextEncoder().encode(words);
}

/**
 * The node's keys. All derive from one secret, as in lightningd from its `hsm_secret` (HKDF-SHA256): with the same
 * secret, both have the same id and the same runes.
 */
export class NodeKeys {
  /** The node's public key, in hex. */
  readonly id: string;
  /** The secret that all keys derive from, 32 bytes. */
  readonly secret: Uint8Array;
  readonly #privateKey: Uint8Array;
  readonly #derivedSecret: Uint8Array;
  readonly #runeSecret: Uint8Array | undefined;

  /**
   * @param secret - 32 bytes
   * @param runeSecret - replaces the result of `makesecret commando`
   */
  constructor(secret: Uint8Array, runeSecret?: Uint8Array) {
    this.secret = secret;
    this.#privateKey = privateKeyOf(secret);
    this.id = Buffer.from(secp256k1.getPublicKey(this.#privateKey, true)).toString('hex');
    this.#derivedSecret = hkdf(sha256, secret, undefined, text('derived secrets'), 32);
    this.#runeSecret = runeSecret;
  }

  /** The private key of the node, 32 bytes: for the handshake with peers (BOLT 8). */
  get privateKey(): Uint8Array {
    return this.#privateKey;
  }

  /** 32 bytes that derive from the node's secret and the info. */
  makeSecret(info: Uint8Array): Uint8Array {
    if (this.#runeSecret !== undefined && Buffer.from(info).equals(text('commando'))) {
      return this.#runeSecret;
    }
    return hkdf(sha256, this.#derivedSecret, undefined, info, 32);
  }

  /** The secret that runes derive from. Runes came from the plugin commando. */
  get runeSecret(): Uint8Array {
    return this.makeSecret(text('commando'));
  }

  /** The node's key for the signatures of BOLT 12. */
  get schnorr(): SchnorrKey {
    return schnorrKey(this.#privateKey);
  }

  /** The transient key of a payer, which derives from the metadata of an invoice request as in lightningd. */
  payerKey(metadata: Uint8Array): SchnorrKey {
    const tweak = BigInt(`0x${Buffer.from(this.aliasTweak(metadata)).toString('hex')}`);
    const key = BigInt(`0x${Buffer.from(this.#privateKey).toString('hex')}`);
    const sum = secp256k1.Point.Fn.create(key + tweak);
    return schnorrKey(secp256k1.Point.Fn.toBytes(sum));
  }

  /** lightningd's `bolt12_alias_tweak`: 32 bytes that only this node can derive from the data. */
  aliasTweak(data: Uint8Array): Uint8Array {
    return sha256(concatBytes(this.makeSecret(text('node-alias-base')), data));
  }

  /** Signs a hash. @returns R and S in 64 bytes, then the recovery id (BOLT 11) */
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

/** A key that signs as BIP 340 does. */
export interface SchnorrKey {
  /** The public key, 33 bytes. */
  readonly id: Uint8Array;
  /** Signs a hash. Returns 64 bytes. */
  readonly sign: (hash: Uint8Array) => Uint8Array;
}

function schnorrKey(privateKey: Uint8Array): SchnorrKey {
  return {
    id: secp256k1.getPublicKey(privateKey, true),
    sign: (hash) => schnorr.sign(hash, privateKey),
  };
}

/** Increments the salt until the result is a valid private key. In practice, the first one is. */
function privateKeyOf(secret: Uint8Array): Uint8Array {
  for (let salt = 0; ; salt++) {
    const saltBytes = new Uint8Array(4);
    new DataView(saltBytes.buffer).setUint32(0, salt, true);
    const key = hkdf(sha256, secret, saltBytes, text('nodeid'), 32);
    if (secp256k1.utils.isValidSecretKey(key)) return key;
  }
}
