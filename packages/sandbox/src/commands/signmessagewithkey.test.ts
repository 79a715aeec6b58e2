import { createHash } from 'node:crypto';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { ripemd160 } from '@noble/hashes/legacy.js';
import { bech32 } from '@scure/base';
import { expect, test } from 'vitest';
import { WorldClient } from '../testing/world-client.ts';

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

interface Signed {
  readonly address: string;
  readonly pubkey: string;
  readonly signature: string;
  readonly base64: string;
}

test.each([
  ['hello', '05'],
  ['é'.repeat(150), 'fd2c01'],
  ['x'.repeat(70_000), 'fe70110100'],
])('the signature of message %# recovers the key of the address', async (message, size) => {
  const client = await WorldClient.start();
  const { bech32: address } = await client.call<{ bech32: string }>('newaddr', ['bech32']);
  const signed = await client.call<Signed>('signmessagewithkey', [message, address.toUpperCase()]);
  expect(Object.keys(signed)).toEqual(['address', 'pubkey', 'signature', 'base64']);
  expect(signed.address).toBe(address);
  const bytes = Buffer.from(signed.base64, 'base64');
  expect(bytes.toString('hex')).toBe(signed.signature);
  const recovery = (bytes[0] ?? 0) - 39;
  const hash = sha256(
    sha256(
      Buffer.concat([
        Buffer.from('18426974636f696e205369676e6564204d6573736167653a0a', 'hex'),
        Buffer.from(size, 'hex'),
        Buffer.from(message),
      ]),
    ),
  );
  const recovered = Buffer.concat([Buffer.of(recovery), bytes.subarray(1)]);
  const key = secp256k1.Signature.fromBytes(recovered, 'recovered').recoverPublicKey(hash);
  expect(key.toHex(true)).toBe(signed.pubkey);
  const program = ripemd160(sha256(key.toBytes(true)));
  expect(bech32.encode('bcrt', [0, ...bech32.toWords(program)])).toBe(address);
});

test('only addresses of the wallet with a key that can sign are accepted', async () => {
  const client = await WorldClient.start();
  const { p2tr } = await client.call<{ p2tr: string }>('newaddr', ['p2tr']);
  const refuse = (address: string) => client.refused('signmessagewithkey', ['m', address]);
  expect(await refuse(p2tr)).toEqual({
    code: -32602,
    message: 'Address is not p2wpkh and it is not supported for signing',
  });
  expect(await refuse('bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080')).toEqual({
    code: -32602,
    message: "Address is not found in the wallet's database",
  });
  expect(await refuse('x')).toEqual({
    code: -1,
    message: 'Could not parse destination address, address should be a valid address',
  });
});
