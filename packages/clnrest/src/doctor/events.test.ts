import type { RequestListener } from 'node:http';
import { Restriction, Rune } from '@clnrest/runes';
import { expect, test } from 'vitest';
import { envelope, respondWith } from '@clnrest/testing/serve';
import type { FindingCode } from './findings.ts';
import { findingCodes, runDoctor } from './testing/run-doctor.ts';
import { RUNE, startGateway } from './testing/gateway.ts';

const STREAM = { 'content-type': 'text/event-stream' };
const refuseWith = (code: number, message: string, status = 401): RequestListener =>
  respondWith(status, envelope(code, message));

test.each<[string, RequestListener, FindingCode]>([
  ['sends an event', respondWith(200, 'event: a\ndata: {}\n\n', STREAM), 'listening'],
  [
    'sends that the subscription is closed',
    respondWith(200, 'event: closed\ndata: {}\n\n', STREAM),
    'listening',
  ],
  ['does not permit the subscription', refuseWith(1502, 'Not permitted: x'), 'not_for_listening'],
  ['does not receive the rune', refuseWith(1501, 'Not authorized: Missing rune', 403), 'rune_lost'],
  ['has blacklisted the rune', refuseWith(1503, 'Not authorized: x'), 'rune_blacklisted'],
  ['cannot reach its node', refuseWith(-32000, 'The node cannot be reached', 502), 'node_away'],
  ['does not know the path', refuseWith(-32601, 'Path not found', 404), 'not_offered'],
  [
    'has no page at the path',
    respondWith(404, '<html>', { 'content-type': 'text/html' }),
    'not_offered',
  ],
  [
    'has a page at the path',
    respondWith(200, '<html>', { 'content-type': 'text/html' }),
    'not_gateway',
  ],
  ['ends the stream at once', respondWith(200, '', STREAM), 'broken_off'],
  ['is a proxy that cannot reach the gateway', respondWith(504, ''), 'gateway_unreached'],
])('a server that %s', async (_, handler, code) => {
  const { url } = await startGateway({ 'GET /v1/notifications': handler });
  expect((await findingCodes(url, { rune: RUNE })).events).toBe(code);
});

test('distinguishes a buffered stream from one that does not open', async () => {
  const held = await startGateway({
    'GET /v1/notifications': (_, response) => {
      response.writeHead(200, STREAM);
      response.flushHeaders();
    },
  });
  const silent = await startGateway({ 'GET /v1/notifications': () => undefined });
  const more = { rune: RUNE, timeoutMs: 800 };
  expect((await findingCodes(held.url, more)).events).toBe('held_back');
  expect((await findingCodes(silent.url, more)).events).toBe('timed_out');
});

test('a rate-limited rune is not sent, and its dry run counts as reachable', async () => {
  const { url, requests } = await startGateway({
    'GET /v1/notifications': refuseWith(
      1502,
      'Not permitted: method is not equal to clnrest-doctor',
    ),
  });
  const rune = Rune.fromBase64(RUNE).restrict(Restriction.of('per=1day')).toBase64();
  expect((await runDoctor(url, { rune })).get('events')?.code).toBe('way_open');
  expect(requests.map((each) => each.rune)).not.toContain(rune);
});
