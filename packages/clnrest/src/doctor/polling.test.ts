import type { RequestListener } from 'node:http';
import { expect, test } from 'vitest';
import type { FindingCode } from './findings.ts';
import { codes, examined } from './testing/examined.ts';
import { answering, gateway, RUNE } from './testing/gateway.ts';
import { polls, unwelcome, WELCOME } from './testing/socket-io.ts';

const only = (answer: RequestListener) => ({ 'GET /socket.io/': answer });

test.each<[string, Record<string, RequestListener>, FindingCode]>([
  ['lets the rune in', polls(WELCOME), 'listening'],
  ['lets it in after a ping', polls(`2\u001e${WELCOME}\u001e42["message",{}]`), 'listening'],
  ['does not let it listen', polls(unwelcome(1502, 'Not permitted: x')), 'not_for_listening'],
  ['has lost the rune', polls(unwelcome(1501, 'Not authorized: Missing rune')), 'rune_lost'],
  ['does not know it here', polls(unwelcome(1501, 'Not authorized: x')), 'rune_foreign'],
  ['has lost its node', polls(unwelcome(-32000, 'The node cannot be reached')), 'node_away'],
  ['is overrun', polls(unwelcome(-32001, 'Too many')), 'busy'],
  ['refuses without a code', polls('44{"message":"no"}'), 'request_refused'],
  ['refuses in another way', polls('44"no"'), 'request_refused'],
  ['says something else', polls('6'), 'not_gateway'],
  ['has no Socket.IO', only(answering(404, '')), 'not_offered'],
  ['has a page there', only(answering(200, '<html>')), 'not_gateway'],
  ['has an Engine.IO of another kind', only(answering(200, '0{"sid":1}')), 'not_gateway'],
  ['refuses the request', only(answering(400, '{"code":5}')), 'not_gateway'],
  ['is a proxy that does not reach it', only(answering(502, '')), 'gateway_unreached'],
  ['answers without an end', only(answering(200, `0${'x'.repeat(100_000)}`)), 'too_large'],
])('a server that %s', async (_, answers, code) => {
  const { url } = await gateway(answers);
  expect((await codes(url, { rune: RUNE })).polling).toBe(code);
});

test('comes in as a listener does, with the rune, and leaves', async () => {
  const posted: string[] = [];
  const { url, asked } = await gateway(polls(WELCOME, posted));
  await codes(url, { rune: RUNE });
  expect(posted).toEqual(['40', '1']);
  const shown = asked.filter(({ what }) => what.endsWith('/socket.io/')).map(({ rune }) => rune);
  // The rest is the websocket's.
  expect(shown.slice(0, 4)).toEqual([RUNE, RUNE, RUNE, RUNE]);
});

test('without a rune the way is looked at, and no more', async () => {
  const posted: string[] = [];
  const { url } = await gateway(polls(WELCOME, posted));
  expect((await examined(url)).get('polling')).toMatchObject({
    code: 'way_open',
    found: 'the way is open; the rune was not shown: there is none that a node would take',
  });
  expect(posted).toEqual(['1']);
});

test('who says nothing to a poll has its time', async () => {
  const { url } = await gateway({ ...polls(WELCOME), 'GET /socket.io/': () => undefined });
  expect((await codes(url, { rune: RUNE, timeoutMs: 800 })).polling).toBe('timed_out');
});
