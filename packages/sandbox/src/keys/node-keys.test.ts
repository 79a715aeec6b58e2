import { expect, test } from 'vitest';
import { SocketClient } from '../testing/socket-client.ts';
import { temporarySandbox } from '../testing/temporary-sandbox.ts';
import { aliasFor } from './alias.ts';
import { NodeKeys } from './node-keys.ts';

function secretOf(keys: NodeKeys, info: string): string {
  return Buffer.from(keys.makeSecret(Buffer.from(info))).toString('hex');
}

test('derives the same keys as lightningd from the same hsm_secret', () => {
  // Observed on lightningd v26.06.6 with an hsm_secret of 32 bytes 0x01.
  const keys = new NodeKeys(Buffer.alloc(32, 1));
  expect(keys.id).toBe('026f61d7ee82f937f9697f4f3e44bfaaa25849cc4f526b3a57326130eba6346002');
  expect(secretOf(keys, 'commando')).toBe(
    'decbd66284b24b557e8522bc995c15b74f9d3ed1c652b2b1706bf43b157fe8b6',
  );
});

test('a rune secret replaces only the secret of runes', () => {
  const given = Buffer.alloc(32, 5);
  const keys = new NodeKeys(Buffer.alloc(32, 1), given);
  expect(secretOf(keys, 'commando')).toBe(given.toString('hex'));
  expect(Buffer.from(keys.runeSecret)).toEqual(given);
  expect(secretOf(keys, 'other')).toBe(secretOf(new NodeKeys(Buffer.alloc(32, 1)), 'other'));
});

test('makesecret accepts text or hex', async () => {
  const secret = '58f50870a171c66107958141e0af76384c5fe0e616d8416c803d89579dcabe90';
  const { rpcPath } = await temporarySandbox({
    args: ['--developer', `--dev-rune-secret=${secret}`],
  });
  const client = await SocketClient.connect(rpcPath);
  expect((await client.call('makesecret', { string: 'commando' })).result).toEqual({ secret });
  expect(
    (await client.call('makesecret', [Buffer.from('commando').toString('hex')])).result,
  ).toEqual({ secret });
  for (const params of [{}, { hex: '00', string: 'a' }, { hex: 'abc' }]) {
    expect((await client.call('makesecret', params)).error?.code).toBe(-32602);
  }
});

test('the default alias derives from the id', () => {
  const id = '026f61d7ee82f937f9697f4f3e44bfaaa25849cc4f526b3a57326130eba6346002';
  expect(aliasFor(id)).toBe(aliasFor(id));
  expect(aliasFor(id)).toMatch(/^[A-Z]{2,32}$/);
});
