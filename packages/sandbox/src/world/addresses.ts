import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js';
import { ripemd160 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bech32, bech32m } from '@scure/base';
import type { AddressFormat, Network } from '../options/network.ts';
import { readFallbackAddress } from '../invoices/fallback-address.ts';

/** The address types that the wallet generates. */
export type AddressKind = 'bech32' | 'p2tr';

/** OP_0 or OP_1, then a push of the witness program. */
function witnessScript(version: 0 | 1, program: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(version === 0 ? 0x00 : 0x51, program.length), program]);
}

/** The script that pays to a key: P2WPKH (BIP 141), or P2TR without a script path (BIP 86). */
export function scriptForKey(privateKey: Uint8Array, kind: AddressKind): Buffer {
  if (kind === 'bech32') {
    const publicKey = secp256k1.getPublicKey(privateKey, true);
    return witnessScript(0, ripemd160(sha256(publicKey)));
  }
  const internal = schnorr.getPublicKey(privateKey);
  const tweak = schnorr.utils.taggedHash('TapTweak', internal);
  const point = schnorr.utils
    .lift_x(BigInt(`0x${Buffer.from(internal).toString('hex')}`))
    .add(secp256k1.Point.BASE.multiply(BigInt(`0x${Buffer.from(tweak).toString('hex')}`)));
  return witnessScript(1, point.toBytes(true).subarray(1));
}

/** The P2WSH script of a channel's funding output. The seed takes the place of the 2-of-2 witness script. */
export function fundingScript(seed: Uint8Array): Buffer {
  return witnessScript(0, sha256(seed));
}

/** The address of a segwit script. */
export function addressOf(script: Buffer, format: AddressFormat): string {
  const version = script[0] === 0 ? 0 : 1;
  const code = version === 0 ? bech32 : bech32m;
  return code.encode(format.addressPrefix, [version, ...code.toWords(script.subarray(2))]);
}

/** The script that an address encodes; undefined if the text is not an address of this network. */
export function scriptOf(address: string, network: Network): Buffer | undefined {
  const read = readFallbackAddress(address, network);
  if (typeof read === 'string') return undefined;
  const program = Buffer.from(read.program);
  const push = Buffer.concat([Buffer.of(program.length), program]);
  // BOLT 11 uses version 17 for P2PKH and 18 for P2SH.
  switch (read.version) {
    case 17:
      return Buffer.concat([Buffer.of(0x76, 0xa9), push, Buffer.of(0x88, 0xac)]);
    case 18:
      return Buffer.concat([Buffer.of(0xa9), push, Buffer.of(0x87)]);
    default:
      return Buffer.concat([Buffer.of(read.version === 0 ? 0 : 0x50 + read.version), push]);
  }
}
