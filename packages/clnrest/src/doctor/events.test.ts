import type { RequestListener } from 'node:http';
import { Restriction, Rune } from '@clnrest/runes';
import { expect, test } from 'vitest';
import type { FindingCode } from './findings.ts';
import { codes, examined } from './testing/examined.ts';
import { answering, envelope, gateway, RUNE } from './testing/gateway.ts';

const STREAM = { 'content-type': 'text/event-stream' };
const refusing = (code: number, message: string, status = 401): RequestListener =>
  answering(status, envelope(code, message));

test.each<[string, RequestListener, FindingCode]>([
  ['tells something', answering(200, 'event: a\ndata: {}\n\n', STREAM), 'listening'],
  ['tells that it is over', answering(200, 'event: closed\ndata: {}\n\n', STREAM), 'listening'],
  ['does not let it listen', refusing(1502, 'Not permitted: x'), 'not_for_listening'],
  ['has lost the rune', refusing(1501, 'Not authorized: Missing rune', 403), 'rune_lost'],
  ['has had it taken back', refusing(1503, 'Not authorized: x'), 'rune_blacklisted'],
  ['has lost its node', refusing(-32000, 'The node cannot be reached', 502), 'node_away'],
  ['has no such stream', refusing(-32601, 'Path not found', 404), 'not_offered'],
  ['has no such page', answering(404, '<html>', { 'content-type': 'text/html' }), 'not_offered'],
  ['has a page there', answering(200, '<html>', { 'content-type': 'text/html' }), 'not_gateway'],
  ['ends at once', answering(200, '', STREAM), 'broken_off'],
  ['is a proxy that does not reach it', answering(504, ''), 'gateway_unreached'],
])('a server that %s', async (_, answer, code) => {
  const { url } = await gateway({ 'GET /v1/notifications': answer });
  expect((await codes(url, { rune: RUNE })).events).toBe(code);
});

test('a stream that begins and is held back is told from one that does not begin', async () => {
  const held = await gateway({
    'GET /v1/notifications': (_, response) => {
      response.writeHead(200, STREAM);
      response.flushHeaders();
    },
  });
  const silent = await gateway({ 'GET /v1/notifications': () => undefined });
  const more = { rune: RUNE, timeoutMs: 800 };
  expect((await codes(held.url, more)).events).toBe('held_back');
  expect((await codes(silent.url, more)).events).toBe('timed_out');
});

test('a rune with a pace is not shown, and what the refusal says is not taken for leave', async () => {
  const { url, asked } = await gateway({
    'GET /v1/notifications': refusing(1502, 'Not permitted: method is not equal to clnrest-doctor'),
  });
  const rune = Rune.fromBase64(RUNE).restrict(Restriction.of('per=1day')).toBase64();
  expect((await examined(url, { rune })).get('events')?.code).toBe('way_open');
  expect(asked.map((each) => each.rune)).not.toContain(rune);
});
