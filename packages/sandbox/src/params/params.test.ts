import { secp256k1 } from '@noble/curves/secp256k1.js';
import { RpcError } from '@clnrest/lightningd';
import { nodeIdOf } from '@clnrest/lightningd/parameters';
import { parseToken } from '@clnrest/json/tokens';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { channelHints } from './channel-hints.ts';

describe('parameters of the sandbox', () => {
  const hints = (source: string): unknown => {
    try {
      return channelHints(parseToken(source), 'p');
    } catch (error) {
      return error instanceof RpcError ? error.message : String(error);
    }
  };

  test('channelHints accepts a bool, a channel or an array of channels', () => {
    expect(hints('true')).toBe(true);
    expect(hints('false')).toBe(false);
    expect(hints('"103x1x0"')).toEqual(['103x1x0']);
    expect(hints('["103x1x0","1x1x1"]')).toEqual(['103x1x0', '1x1x1']);
    expect(hints('["x"]')).toBe(`p: should be a short channel id: invalid token '"x"'`);
    expect(hints('"16777216x1x1"')).toContain('should be a short_channel_id of form NxNxN');
  });

  test('the same node ids are valid as in a library for secp256k1', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (x) => {
        const key = Buffer.concat([Buffer.of(2), x]);
        const isValid = secp256k1.utils.isValidPublicKey(key, true);
        expect(nodeIdOf(key.toString('hex'))).toBe(isValid ? key.toString('hex') : undefined);
      }),
    );
    const prime = (1n << 256n) - (1n << 32n) - 977n;
    expect(nodeIdOf(`02${(prime + 1n).toString(16)}`)).toBeUndefined();
  });
});
