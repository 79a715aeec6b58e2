import { hostname, networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import { certificateNames, isUnspecified, readName } from './names.ts';

const LOCAL = ['cln', 'localhost', '127.0.0.1', '::1'];

test.each([['0.0.0.0'], ['::'], ['0:0:0:0:0:0:0:0']])(
  "the host %s is replaced by the machine's names and addresses",
  (host) => {
    expect(certificateNames([host], ['a.example'], () => ['box', '192.0.2.7'])).toEqual({
      all: [...LOCAL, 'a.example', 'box', '192.0.2.7'],
      configured: ['a.example'],
    });
    expect(isUnspecified(host)).toBe(true);
  },
);

test('the machine has the addresses that others can use, and its host name', () => {
  const { all } = certificateNames(['0.0.0.0'], []);
  const usable = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ address, internal }) => !internal && !/^(?:fe80|169\.254)/i.test(address));
  const addresses = usable.map(({ address }) => readName(address));
  const name = readName(hostname());
  const expected = [...LOCAL, ...(name === undefined ? [] : [name]), ...addresses];
  expect(new Set(all)).toEqual(new Set(expected));
});

test('a specific host adds itself, without the zone of a link-local address', () => {
  expect(certificateNames(['192.0.2.1', 'fe80::1%eth0'], [], () => ['box']).all).toEqual([
    ...LOCAL,
    '192.0.2.1',
    'fe80::1',
  ]);
});
