import { expect, test } from 'vitest';
import { WorldClient } from '../testing/world-client.ts';

test('listaddresses selects keys by start and limit, and then by address', async () => {
  const client = await WorldClient.start();
  const addresses: string[] = [];
  for (let made = 0; made < 10; made++) {
    addresses.push((await client.call<{ p2tr: string }>('newaddr', ['p2tr'])).p2tr);
  }
  const listed = async (params: object): Promise<number[]> =>
    (await client.call<{ addresses: { keyidx: number }[] }>('listaddresses', params)).addresses.map(
      ({ keyidx }) => keyidx,
    );
  expect(await listed({ start: 5, limit: 2 })).toEqual([5, 6]);
  expect(await listed({ start: 8, limit: 15 })).toEqual([8, 9, 10]);
  expect(await listed({ address: addresses[7] })).toEqual([8]);
  expect(await listed({ address: addresses[4], start: 2, limit: 4 })).toEqual([5]);
  expect(await listed({ address: addresses[9], start: 5, limit: 4 })).toEqual([]);
});
