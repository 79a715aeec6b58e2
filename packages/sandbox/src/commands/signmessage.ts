import { createHash } from 'node:crypto';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { optional, publicKey, required, string } from '@clnrest/lightningd/parameters';
import type { CallWith } from '../node.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { publicNodeIds } from './gossip.ts';

const ALPHABET = 'ybndrfg8ejkmcpqxot1uwisza345h769';
const BITS_PER_LETTER = 5;
const MAX_MESSAGE_BYTES = 65_535;

/** Encodes zbase32: five bits for each letter, the most significant first. */
function toZbase(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => ALPHABET[Number.parseInt(group.padEnd(5, '0'), 2)] ?? '').join('');
}

function fromZbase(text: string): Buffer | undefined {
  const values = [...text].map((letter) => ALPHABET.indexOf(letter));
  if (values.includes(-1)) return undefined;
  const bits = values.map((value) => value.toString(2).padStart(5, '0')).join('');
  const bytes = bits.match(/.{8}/g) ?? [];
  // The bits after the last byte only fill up the last letter.
  const padding = bits.slice(bytes.length * 8);
  if (padding.length >= BITS_PER_LETTER || padding.includes('1')) return undefined;
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
}

/** The signed hash: a double SHA-256 of the message with lightningd's prefix. */
function hashOf(message: string): Buffer {
  const once = createHash('sha256').update(`Lightning Signed Message:${message}`).digest();
  return createHash('sha256').update(once).digest();
}

/** The first recovery id for compressed keys, as in Bitcoin's signed messages. */
const FIRST_RECOVERY_ID = 31;

export const signmessage = defineCommand({
  name: 'signmessage',
  parameters: { message: required(string) },
  validate({ message }) {
    if (Buffer.byteLength(message) <= MAX_MESSAGE_BYTES) return;
    throw new CommandError(ErrorCode.invalidParams, 'Message must be < 64k');
  },
  run({ message }, { node }: CallWith<'keys'>) {
    const signed = node.keys.signRecoverable(hashOf(message));
    const recovery = signed[64] ?? 0;
    const signature = Buffer.from(signed.subarray(0, 64));
    return {
      signature: signature.toString('hex'),
      recid: recovery.toString(16).padStart(2, '0'),
      zbase: toZbase(Buffer.concat([Buffer.of(FIRST_RECOVERY_ID + recovery), signature])),
    };
  },
});

function signerOf(message: string, zbase: string): string {
  const invalid = (reason: string): CommandError =>
    new CommandError(ErrorCode.invalidParams, reason);
  const bytes = fromZbase(zbase);
  if (bytes === undefined) throw invalid('zbase is not valid zbase32');
  if (bytes.length < 65) throw invalid('zbase is too short');
  if (bytes.length !== 65) throw invalid('zbase is not valid zbase32');
  const recovery = (bytes[0] ?? 0) - FIRST_RECOVERY_ID;
  try {
    const recovered = Buffer.concat([Buffer.of(recovery), bytes.subarray(1)]);
    const signature = secp256k1.Signature.fromBytes(recovered, 'recovered');
    return signature.recoverPublicKey(hashOf(message)).toHex(true);
  } catch {
    throw invalid('unable to recover public key');
  }
}

export const checkmessage = defineCommand({
  name: 'checkmessage',
  parameters: { message: required(string), zbase: required(string), pubkey: optional(publicKey) },
  validate: ({ message, zbase }) => void signerOf(message, zbase),
  run({ message, zbase, pubkey }, { node }: CallWith<'world'>) {
    const signer = signerOf(message, zbase);
    if (pubkey !== undefined) return { pubkey: signer, verified: signer === pubkey };
    if (!publicNodeIds(node.world).has(signer)) {
      throw new CommandError(ErrorCode.signedByUnknown, 'pubkey not found in the graph', {
        claimed_key: signer,
      });
    }
    return { pubkey: signer, verified: true };
  },
});
