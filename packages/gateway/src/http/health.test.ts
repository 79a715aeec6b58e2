import { FakeNode } from '@clnrest/testing/fake-node';
import { ask } from '@clnrest/testing/http-client';
import { describe, expect, test } from 'vitest';
import { testGateway } from '../testing/gateway.ts';
import { Health } from './health.ts';

describe('GET /health', () => {
  test('is ok while the node responds, needs no rune, and says one word', async () => {
    const { url, node } = await testGateway();
    const { status, body, headers } = await ask(`${url}/health`);
    expect([status, body, headers['content-type']]).toEqual([200, 'ok\n', 'text/plain']);
    const start = performance.now();
    await Promise.all(Array.from({ length: 50 }, () => ask(`${url}/health`)));
    const seconds = Math.ceil((performance.now() - start) / 1_000);
    const asked = node.calls.filter(({ method }) => method === 'getinfo').length;
    expect(asked).toBeLessThanOrEqual(1 + seconds);
  });

  test('is unavailable while the node is away', async () => {
    const node = await FakeNode.start({ getinfo: (call) => call.socket.destroy() });
    const { url } = await testGateway({ node });
    const { status, body, headers } = await ask(`${url}/health`);
    expect([status, body, headers['retry-after']]).toEqual([503, 'unavailable\n', '1']);
  });
});

test('the node is asked at most once a second, and once for requests at the same time', async () => {
  let now = 0;
  let asked = 0;
  let fails = false;
  const callText = (): Promise<string> => {
    asked++;
    return fails ? Promise.reject(new Error('away')) : Promise.resolve('{}');
  };
  const health = new Health({ callText }, () => now);
  expect(await Promise.all([health.check(), health.check()])).toEqual([true, true]);
  fails = true;
  now = 999;
  expect([await health.check(), asked]).toEqual([true, 1]);
  now = 1_000;
  expect([await health.check(), asked]).toEqual([false, 2]);
  fails = false;
  now = 2_000;
  expect(await health.check()).toBe(true);
});
