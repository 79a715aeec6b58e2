import { expect, test } from 'vitest';
import { ask } from '@clnrest/testing/http-client';
import { testGateway } from '../../testing/gateway.ts';

test('the size of the script of /runes is limited', async () => {
  const { url } = await testGateway();
  const headers = { 'accept-encoding': 'gzip' };
  const { status, bytes } = await ask(`${url}/pages/runes.js`, { headers });
  expect(status).toBe(200);
  expect(bytes.length).toBeLessThan(90_000);
});
