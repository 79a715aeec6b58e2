import { Master, Restriction } from '@clnrest/runes';
import { expect, test } from 'vitest';
import { FakeNode } from '@clnrest/testing/fake-node';
import { call } from '@clnrest/testing/http-client';
import { testGateway } from '../testing/gateway.ts';

const master = new Master(new Uint8Array(16));

test.each([
  ['rate=2', '30'],
  ['per=10sec', '10'],
])('a call too soon for %s gets 401 with Retry-After: %s', async (restriction, seconds) => {
  const node = await FakeNode.start({
    checkrune: (checked) => checked.error(1502, 'Not permitted: too soon'),
  });
  const { url } = await testGateway({ node });
  const rune = master.create('1', [Restriction.parse(restriction)]).toBase64();
  const { status, headers } = await call(url, 'getinfo', undefined, { rune });
  expect([status, headers['retry-after']]).toEqual([401, seconds]);
});

test('another refusal has none', async () => {
  const node = await FakeNode.start({
    checkrune: (checked) => checked.error(1502, 'Not permitted: too soon for me'),
  });
  const { url } = await testGateway({ node });
  const rune = master.create('1', [Restriction.parse('rate=2')]).toBase64();
  const { status, headers } = await call(url, 'getinfo', undefined, { rune });
  expect([status, headers['retry-after']]).toEqual([401, undefined]);
});
