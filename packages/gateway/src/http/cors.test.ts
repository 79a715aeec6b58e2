import { expect, test } from 'vitest';
import { ask } from '@clnrest/testing/http-client';
import { testGateway } from '../testing/gateway.ts';

test.each([
  ['/v1/getinfo', 'POST'],
  ['/v1/list-methods', 'GET,HEAD'],
  ['/', 'GET,HEAD'],
  ['/nothing', 'GET,HEAD,POST'],
])('a preflight for %s allows %s', async (path, methods) => {
  for (const origins of [['*'], ['https://a.example']]) {
    const { url } = await testGateway({ settings: { origins } });
    const { headers } = await ask(`${url}${path}`, {
      method: 'OPTIONS',
      headers: { origin: 'https://a.example', 'access-control-request-method': 'DELETE' },
    });
    expect(headers['access-control-allow-methods']).toBe(methods);
  }
});

test('a preflight from a disallowed origin allows no methods and headers', async () => {
  const { url } = await testGateway({ settings: { origins: ['https://a.example'] } });
  const { headers } = await ask(`${url}/v1/getinfo`, {
    method: 'OPTIONS',
    headers: { origin: 'https://b.example', 'access-control-request-method': 'POST' },
  });
  expect(headers).not.toHaveProperty('access-control-allow-methods');
});
