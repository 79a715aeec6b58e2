import { Restriction, Rune } from '@clnrest/runes';
import { describe, expect, test } from 'vitest';
import { respondWith } from '@clnrest/testing/serve';
import type { FindingCode } from './findings.ts';
import { findingCodes, runDoctor } from './testing/run-doctor.ts';
import { type FakeGateway, RUNE, startGateway } from './testing/gateway.ts';
import { acceptWebSockets, CONNECTED, connectError, pollingHandlers } from './testing/socket-io.ts';

const websocketFinding = async (gateway: FakeGateway, more = {}) =>
  (await runDoctor(gateway.url, { rune: RUNE, ...more })).get('websocket');

describe('a websocket', () => {
  test.each<[string, string, FindingCode]>([
    ['accepts the rune', CONNECTED, 'listening'],
    [
      'does not permit the subscription',
      connectError(1502, 'Not permitted: x'),
      'not_for_listening',
    ],
    ['does not receive the rune', connectError(1501, 'Not authorized: Missing rune'), 'rune_lost'],
    [
      'has blacklisted the rune',
      connectError(1503, 'Not authorized: Blacklisted rune'),
      'rune_blacklisted',
    ],
    [
      'gets no response from its node',
      connectError(-32002, 'The node does not answer'),
      'node_silent',
    ],
  ])('that %s', async (_, result, code) => {
    const gateway = await startGateway();
    acceptWebSockets(gateway, (socket, packet) => {
      if (packet === '40') socket.send(result);
    });
    expect((await websocketFinding(gateway))?.code).toBe(code);
  });

  test('answers pings', async () => {
    const gateway = await startGateway();
    acceptWebSockets(gateway, (socket, packet) => {
      if (packet === '40') socket.send('2');
      if (packet === '3') socket.send(CONNECTED);
    });
    expect((await websocketFinding(gateway))?.code).toBe('listening');
  });

  test('sends the rune, or a dry run if the rune is rate-limited', async () => {
    const sent: (string | undefined)[] = [];
    const gateway = await startGateway();
    gateway.server.on('upgrade', ({ headers }) => sent.push(String(headers['rune'])));
    acceptWebSockets(gateway, (socket, packet) => {
      const isDryRun = sent.at(-1) !== RUNE;
      if (packet === '40')
        socket.send(isDryRun ? connectError(1502, 'Not permitted: x') : CONNECTED);
    });
    expect((await websocketFinding(gateway))?.code).toBe('listening');
    const rune = Rune.fromBase64(RUNE).restrict(Restriction.of('rate=1'));
    expect(await websocketFinding(gateway, { rune: rune.toBase64() })).toMatchObject({
      code: 'way_open',
      found: 'reachable; the rune was not sent: a subscription would count as a use of the rune',
    });
    expect(await websocketFinding(gateway, { rune: undefined })).toMatchObject({
      code: 'way_open',
    });
    expect(sent.map((each) => each === RUNE)).toEqual([true, false, false]);
    expect(sent[2]).toBe('undefined');
  });
});

describe('a failed websocket', () => {
  test.each<[string, number, string, FindingCode]>([
    ['a proxy drops the upgrade', 400, '{"code":3,"message":"Bad request"}', 'upgrade_lost'],
    [
      'a proxy drops the upgrade to a gateway',
      400,
      '{"code":-32600,"message":"Unsupported transport: use polling, or offer an upgrade to websocket as the first request of a connection"}',
      'upgrade_lost',
    ],
    ['the server gives no reason', 400, '', 'upgrade_refused'],
    ['the server sends a page', 200, '<html>', 'upgrade_refused'],
    ['the server has no Socket.IO', 404, '', 'not_offered'],
    ['a proxy requires authentication', 401, '', 'guarded'],
    ['a proxy cannot reach the gateway', 502, '', 'gateway_unreached'],
    ['the server redirects', 307, '', 'redirected'],
  ])('because %s', async (_, status, body, code) => {
    const gateway = await startGateway({
      ...pollingHandlers(CONNECTED),
      'GET /socket.io/': (request, response) => {
        const isSocket = (request.url ?? '').includes('transport=websocket');
        if (isSocket) respondWith(status, body, { location: 'https://x/' })(request, response);
        else pollingHandlers(CONNECTED)['GET /socket.io/']?.(request, response);
      },
    });
    const all = await findingCodes(gateway.url, { rune: RUNE });
    expect([all.polling, all.websocket]).toEqual(['listening', code]);
  });

  test.each<[string, string, FindingCode]>([
    [
      'with a wrong accept key',
      'HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAA\r\n\r\n',
      'broken_off',
    ],
    ['of garbage', '\u0000\u0001\u0002', 'broken_off'],
    ['of nothing', '', 'timed_out'],
    ['with an unfinished body', `HTTP/1.1 400 x\r\nA: b\r\n\r\n`, 'timed_out'],
  ])('because of a response %s', async (_, response, code) => {
    const gateway = await startGateway();
    gateway.server.on('upgrade', (_request, socket) => {
      socket.on('error', () => undefined);
      socket.write(response);
    });
    expect((await websocketFinding(gateway, { timeoutMs: 800 }))?.code).toBe(code);
  });

  test('because the server is silent, closes, or sends too much', async () => {
    const silent = await startGateway();
    acceptWebSockets(silent, () => undefined, '');
    expect((await websocketFinding(silent, { timeoutMs: 800 }))?.code).toBe('timed_out');
    const closing = await startGateway();
    acceptWebSockets(closing, (socket) => socket.close(1_000));
    expect(await websocketFinding(closing)).toMatchObject({
      code: 'broken_off',
      found: 'the connection broke: closed with code 1000',
    });
    const oversized = await startGateway();
    acceptWebSockets(oversized, (socket) => socket.send('x'.repeat(1_000_000)));
    expect((await websocketFinding(oversized))?.code).toBe('broken_off');
    const malformed = await startGateway();
    acceptWebSockets(malformed, () => undefined, '0{"sid":');
    expect((await websocketFinding(malformed, { timeoutMs: 800 }))?.code).toBe('timed_out');
  });
});
