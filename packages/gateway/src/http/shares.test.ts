import { Semaphore } from '@clnrest/bounds';
import { Rune } from '@clnrest/runes';
import { describe, expect, test } from 'vitest';
import { FakeNode } from '@clnrest/testing/fake-node';
import { ask, call } from '@clnrest/testing/http-client';
import { testGateway } from '../testing/gateway.ts';
import { NO_RUNE, originOfRune } from './origin.ts';
import { acquirePermit, type Release } from './acquire-permit.ts';

function numbered(id: number): Rune {
  return new Rune(new Uint8Array(32).fill(id), String(id), undefined, []);
}

function acquireAll(semaphore: Semaphore, id: number): Release[] {
  const releases: Release[] = [];
  for (;;) {
    try {
      releases.push(acquirePermit(semaphore, originOfRune({ id: BigInt(id) }), 'commands'));
    } catch {
      return releases;
    }
  }
}

describe('acquirePermit', () => {
  test('reports whether the origin holds its share', () => {
    const semaphore = new Semaphore(256);
    const ids = Array.from({ length: 10 }, (_, index) => index + 1);
    const counts = ids.map((id) => acquireAll(semaphore, id).length);
    expect(counts).toEqual([128, 64, 32, 16, 8, 4, 2, 1, 1, 0]);
    const [first, last] = [1, 10].map((id) => originOfRune({ id: BigInt(id) }));
    expect(() => acquirePermit(semaphore, first ?? NO_RUNE, 'commands')).toThrow(
      'at once: commands of this rune',
    );
    expect(() => acquirePermit(semaphore, last ?? NO_RUNE, 'commands')).toThrow(
      /at once: commands$/,
    );
  });

  test('an origin holds at most half of the permits', () => {
    const semaphore = new Semaphore(10);
    expect(acquireAll(semaphore, 1)).toHaveLength(5);
    expect(acquireAll(semaphore, 1)).toHaveLength(0);
  });

  test('a permit is released once', () => {
    const semaphore = new Semaphore(10);
    const releases = acquireAll(semaphore, 1);
    for (const release of [...releases, ...releases]) release();
    expect(semaphore.free).toBe(10);
  });
});

describe('a gateway with a rune that holds its share of waiting commands', () => {
  test('serves other runes, lists commands, and returns Retry-After to the waiting one', async () => {
    const node = await FakeNode.start({
      wait: () => undefined,
      getinfo: (each) => each.result('{}'),
      help: (each) => each.result('{"help":[{"command":"getinfo "}]}'),
    });
    const { url, log } = await testGateway({ node, limits: { commands: 8 } });
    const abort = new AbortController();
    const waiters = [1, 2, 3].flatMap((id) =>
      Array.from({ length: 8 }, () => ({ rune: numbered(id).toBase64() })),
    );
    const waits = waiters.map((headers) =>
      ask(`${url}/v1/wait`, { method: 'POST', headers, signal: abort.signal }),
    );
    const settled = Promise.allSettled(waits);
    // Of three runes, 4 + 2 + 1 commands run, in any order.
    const refused = await Promise.race([settled.then(() => []), Promise.any(waits)]);
    expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    await expect.poll(() => log.length).toBe(waiters.length - 7);
    expect(log[0]).toContain('503 busy. Error code -32001: Too many requests at once: commands');
    const other = { rune: numbered(4).toBase64() };
    expect((await call(url, 'getinfo', '{}', other)).status).toBe(201);
    expect((await ask(`${url}/v1/list-methods`)).status).toBe(200);
    abort.abort();
    await settled;
    await expect.poll(async () => (await call(url, 'getinfo', '{}', waiters[0])).status).toBe(201);
  });

  test('lists commands even if all permits are acquired', async () => {
    const node = await FakeNode.start({
      wait: () => undefined,
      help: (each) => each.result('{"help":[{"command":"getinfo "}]}'),
    });
    const { url } = await testGateway({ node, limits: { commands: 1 } });
    const abort = new AbortController();
    const headers = { rune: numbered(1).toBase64() };
    const waiting = ask(`${url}/v1/wait`, { method: 'POST', headers, signal: abort.signal });
    const settled = Promise.allSettled([waiting]);
    await node.call('wait');
    expect((await call(url, 'getinfo', '{}', headers)).status).toBe(503);
    expect((await ask(`${url}/v1/list-methods`)).status).toBe(200);
    abort.abort();
    await settled;
  });
});
