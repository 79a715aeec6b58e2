import { createHash } from 'node:crypto';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { required, string } from '@clnrest/lightningd/parameters';
import type { CallWith, NodeWith } from '../node.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { scriptAt } from './withdraw.ts';

/** The first byte of a signature by the key of a P2WPKH address, before the recovery id (BIP 137). */
const P2WPKH_HEADER = 39;

export const signmessagewithkey = defineCommand({
  name: 'signmessagewithkey',
  parameters: { message: required(string), address: required(string) },
  validate: ({ address }, { node }: CallWith<'identity' | 'world'>) => void keyOf(address, node),
  run({ message, address }, { node }: CallWith<'identity' | 'world'>) {
    const key = keyOf(address, node);
    const signed = secp256k1.sign(hashOf(message), key, { prehash: false, format: 'recovered' });
    const [recovery = 0] = signed;
    const signature = Buffer.concat([Buffer.of(P2WPKH_HEADER + recovery), signed.subarray(1)]);
    return {
      // Bech32 is case-insensitive; lightningd returns lower case.
      address: address.toLowerCase(),
      pubkey: Buffer.from(secp256k1.getPublicKey(key, true)).toString('hex'),
      signature: signature.toString('hex'),
      base64: signature.toString('base64'),
    };
  },
});

/** The private key of an address. */
function keyOf(address: string, node: NodeWith<'identity' | 'world'>): Uint8Array {
  const script = scriptAt(address, node.identity, 'address');
  const isP2wpkh = script.length === 22 && script[0] === 0x00 && script[1] === 20;
  const reject = (message: string): CommandError =>
    new CommandError(ErrorCode.invalidParams, message);
  if (!isP2wpkh) throw reject('Address is not p2wpkh and it is not supported for signing');
  const key = node.world.wallet.keyOf(script);
  if (key === undefined) throw reject("Address is not found in the wallet's database");
  return key;
}

/** The signed hash of Bitcoin's messages: a double SHA-256 of the prefix, the length and the message. */
function hashOf(message: string): Buffer {
  const bytes = Buffer.from(message);
  const text = Buffer.concat([
    Buffer.from('\u0018Bitcoin Signed Message:\n'),
    compactSize(bytes.length),
    bytes,
  ]);
  const once = createHash('sha256').update(text).digest();
  return createHash('sha256').update(once).digest();
}

/** A length in the encoding of Bitcoin's messages. */
function compactSize(length: number): Buffer {
  if (length < 0xfd) return Buffer.of(length);
  const size = Buffer.alloc(length > 0xffff ? 5 : 3);
  size[0] = length > 0xffff ? 0xfe : 0xfd;
  size.writeUIntLE(length, 1, size.length - 1);
  return size;
}
