import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js';
import { ripemd160 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { Transaction } from '@scure/btc-signer';

/** An output that a transaction spends. */
interface Spent {
  readonly amountSat: bigint;
  readonly script: Uint8Array;
}

const SIGHASH_ALL = 1;

/**
 * Checks the witness of an input: P2WPKH (BIP 143) or the key path of P2TR (BIP 341).
 *
 * @param spent - what each input spends
 * @returns false for a wrong signature, and for other scripts
 */
export function isSigned(transaction: Transaction, at: number, spent: readonly Spent[]): boolean {
  const output = spent[at];
  const witness = transaction.getInput(at).finalScriptWitness ?? [];
  if (output === undefined) return false;
  const { script } = output;
  try {
    if (script.length === 22 && script[0] === 0x00)
      return isP2wpkh(transaction, at, output, witness);
    if (script.length === 34 && script[0] === 0x51) {
      const [signature, ...rest] = witness;
      if (signature === undefined || rest.length > 0) return false;
      const hashType = signature.length === 65 ? (signature[64] ?? 0) : 0;
      const hash = transaction.preimageWitnessV1(
        at,
        spent.map((each) => each.script),
        hashType,
        spent.map((each) => each.amountSat),
      );
      return schnorr.verify(signature.subarray(0, 64), hash, script.subarray(2));
    }
    return false;
  } catch {
    return false;
  }
}

function isP2wpkh(
  transaction: Transaction,
  at: number,
  { script, amountSat }: Spent,
  witness: readonly Uint8Array[],
): boolean {
  const [signature, key, ...rest] = witness;
  if (signature === undefined || key === undefined || rest.length > 0) return false;
  const hashOfKey = ripemd160(sha256(key));
  if (!Buffer.from(script.subarray(2)).equals(hashOfKey)) return false;
  const hashType = signature.at(-1) ?? SIGHASH_ALL;
  // BIP 143: the script code of P2WPKH is that of P2PKH.
  const code = Uint8Array.of(0x76, 0xa9, 20, ...hashOfKey, 0x88, 0xac);
  const hash = transaction.preimageWitnessV0(at, code, hashType, amountSat);
  return secp256k1.verify(signature.subarray(0, -1), hash, key, {
    prehash: false,
    format: 'der',
    lowS: true,
  });
}
