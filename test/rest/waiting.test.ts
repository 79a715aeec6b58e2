import { beforeEach, expect, test } from 'vitest';
import { ask } from '../support/http.ts';
import { useNode } from '../support/use-node.ts';
import { connections, until } from '../support/socket-count.ts';

const node = useNode('--rest-protocol=http');
const json = { 'content-type': 'application/json' };

beforeEach((context) => {
  if (process.platform !== 'linux')
    context.skip('connections are counted from /proc, on Linux only');
});

test('the command of a caller that disconnects ends in the node within a second', async () => {
  const rune = await node().rune();
  // Once, so that the connection for runes is there.
  await ask(node(), '/v1/getinfo', { rune });
  const idle = connections(node());
  const leave = new AbortController();
  const waits = Array.from({ length: 5 }, () =>
    ask(node(), '/v1/waitanyinvoice', {
      rune,
      signal: leave.signal,
      body: '{"lastpay_index":999}',
      headers: json,
    }),
  );
  const left = Promise.allSettled(waits);
  // One of them may wait on the connection that getinfo left behind.
  await until('five waits in the node', () => connections(node()) >= idle + 4);
  leave.abort();
  await left;
  const took = await until('the waits are gone', () => connections(node()) <= idle, 1000);
  expect(took).toBeLessThan(1000);
});

test('a caller that stays gets its response, and the newest connection stays usable', async () => {
  const rune = await node().rune();
  const body = '{"lastpay_index":999,"timeout":2}';
  const answer = await ask(node(), '/v1/waitanyinvoice', { rune, body, headers: json });
  expect(answer.json()).toMatchObject({ code: 904 });
  expect((await ask(node(), '/v1/getinfo', { rune })).status).toBe(201);
});
