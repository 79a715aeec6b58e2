import { describe, expect, test } from 'vitest';
import { TrustedProxies } from './trusted-proxies.ts';

describe('TrustedProxies', () => {
  test.each([
    [[], '127.0.0.1', false],
    [['127.0.0.1'], '127.0.0.1', true],
    [['127.0.0.1'], '::ffff:127.0.0.1', true],
    [['::ffff:127.0.0.1'], '127.0.0.1', true],
    [['127.0.0.1'], '127.0.0.2', false],
    [['10.0.0.0/8'], '10.255.0.1', true],
    [['10.0.0.0/8'], '11.0.0.1', false],
    [['fd00::/8'], 'fd12::1', true],
    [['fd00::/8'], 'fe80::1', false],
    [['fe80::/10'], 'fe80::1%eth0', true],
    [['loopback'], '127.9.9.9', true],
    [['loopback'], '::1', true],
    [['loopback'], '128.0.0.1', false],
    [['0.0.0.0/0'], '192.0.2.1', true],
    [['0.0.0.0/0'], '2001:db8::1', false],
    [['loopback'], '', false],
  ])('%j include %s: %s', (values, address, expected) => {
    expect(TrustedProxies.of(values).includes(address)).toBe(expected);
  });

  test.each([
    '',
    'localhost',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '::/129',
    '::ffff:10.0.0.0/104',
    'fe80::1%eth0',
    '10.0.0.1, 10.0.0.2',
  ])('reject %j', (value) => {
    expect(() => TrustedProxies.of([value])).toThrow(RangeError);
  });
});

describe("clientOf returns the client's address", () => {
  const proxies = TrustedProxies.of(['loopback', '10.0.0.0/8']);

  test.each([
    ['192.0.2.1', '198.51.100.1', '192.0.2.1'],
    ['127.0.0.1', undefined, '127.0.0.1'],
    ['127.0.0.1', '', '127.0.0.1'],
    ['127.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['127.0.0.1', '1.1.1.1, 198.51.100.1', '198.51.100.1'],
    ['127.0.0.1', '1.1.1.1,198.51.100.1 ,10.1.1.1', '198.51.100.1'],
    ['127.0.0.1', '10.2.2.2, 10.1.1.1', '10.2.2.2'],
    ['127.0.0.1', 'unknown, 10.1.1.1', '10.1.1.1'],
    ['127.0.0.1', 'unknown', '127.0.0.1'],
    ['127.0.0.1', '1.1.1.1, unknown', '127.0.0.1'],
    ['::1', '[2001:db8::1]:4711', '2001:db8::1'],
    ['::1', '[2001:db8::1]', '2001:db8::1'],
    ['::1', '2001:db8::1', '2001:db8::1'],
    ['::1', '198.51.100.1:4711', '198.51.100.1'],
  ])('for a connection from %s with %j: %s', (address, forwardedFor, client) => {
    expect(proxies.clientOf(address, forwardedFor)).toBe(client);
  });
});
