import type { RequestListener } from 'node:http';
import { expect, test } from 'vitest';
import { respondWith } from '@clnrest/testing/serve';
import type { FindingCode } from './findings.ts';
import { findingCodes, runDoctor } from './testing/run-doctor.ts';
import { RUNE, startGateway } from './testing/gateway.ts';
import { CONNECTED, connectError, pollingHandlers } from './testing/socket-io.ts';

const only = (handler: RequestListener) => ({ 'GET /socket.io/': handler });

test.each<[string, Record<string, RequestListener>, FindingCode]>([
  ['accepts the rune', pollingHandlers(CONNECTED), 'listening'],
  [
    'accepts it after a ping',
    pollingHandlers(`2\u001e${CONNECTED}\u001e42["message",{}]`),
    'listening',
  ],
  [
    'does not permit the subscription',
    pollingHandlers(connectError(1502, 'Not permitted: x')),
    'not_for_listening',
  ],
  [
    'does not receive the rune',
    pollingHandlers(connectError(1501, 'Not authorized: Missing rune')),
    'rune_lost',
  ],
  [
    'does not know the rune',
    pollingHandlers(connectError(1501, 'Not authorized: x')),
    'rune_foreign',
  ],
  [
    'cannot reach its node',
    pollingHandlers(connectError(-32000, 'The node cannot be reached')),
    'node_away',
  ],
  ['is overloaded', pollingHandlers(connectError(-32001, 'Too many')), 'busy'],
  ['refuses without a code', pollingHandlers('44{"message":"no"}'), 'request_refused'],
  ['refuses in an unknown format', pollingHandlers('44"no"'), 'request_refused'],
  ['sends another packet', pollingHandlers('6'), 'not_gateway'],
  ['has no Socket.IO', only(respondWith(404, '')), 'not_offered'],
  ['has a page at the path', only(respondWith(200, '<html>')), 'not_gateway'],
  ['sends a malformed open packet', only(respondWith(200, '0{"sid":1}')), 'not_gateway'],
  ['rejects the request', only(respondWith(400, '{"code":5}')), 'not_gateway'],
  ['is a proxy that cannot reach the gateway', only(respondWith(502, '')), 'gateway_unreached'],
  ['sends too large a response', only(respondWith(200, `0${'x'.repeat(100_000)}`)), 'too_large'],
])('a server that %s', async (_, handlers, code) => {
  const { url } = await startGateway(handlers);
  expect((await findingCodes(url, { rune: RUNE })).polling).toBe(code);
});

test('connects with the rune as a subscriber does, and disconnects', async () => {
  const posted: string[] = [];
  const { url, requests } = await startGateway(pollingHandlers(CONNECTED, posted));
  await findingCodes(url, { rune: RUNE });
  expect(posted).toEqual(['40', '1']);
  const sent = requests
    .filter(({ route }) => route.endsWith('/socket.io/'))
    .map(({ rune }) => rune);
  // The websocket check sends the later requests.
  expect(sent.slice(0, 4)).toEqual([RUNE, RUNE, RUNE, RUNE]);
});

test('without a rune, checks only that the endpoint is reachable', async () => {
  const posted: string[] = [];
  const { url } = await startGateway(pollingHandlers(CONNECTED, posted));
  expect((await runDoctor(url)).get('polling')).toMatchObject({
    code: 'way_open',
    found: 'reachable; the rune was not sent: no usable rune was given',
  });
  expect(posted).toEqual(['1']);
});

test('a server that does not answer times out', async () => {
  const { url } = await startGateway({
    ...pollingHandlers(CONNECTED),
    'GET /socket.io/': () => undefined,
  });
  expect((await findingCodes(url, { rune: RUNE, timeoutMs: 800 })).polling).toBe('timed_out');
});
