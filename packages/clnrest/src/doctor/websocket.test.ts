import { Restriction, Rune } from '@clnrest/runes';
import { describe, expect, test } from 'vitest';
import type { FindingCode } from './findings.ts';
import { codes, examined } from './testing/examined.ts';
import { answering, gateway, RUNE, type ScriptedGateway } from './testing/gateway.ts';
import { polls, unwelcome, webSockets, WELCOME } from './testing/socket-io.ts';

const found = async (served: ScriptedGateway, more = {}) =>
  (await examined(served.url, { rune: RUNE, ...more })).get('websocket');

describe('a websocket', () => {
  test.each<[string, string, FindingCode]>([
    ['lets the rune in', WELCOME, 'listening'],
    ['does not let it listen', unwelcome(1502, 'Not permitted: x'), 'not_for_listening'],
    ['has lost the rune', unwelcome(1501, 'Not authorized: Missing rune'), 'rune_lost'],
    [
      'has had it taken back',
      unwelcome(1503, 'Not authorized: Blacklisted rune'),
      'rune_blacklisted',
    ],
    ['does not hear from its node', unwelcome(-32002, 'The node does not answer'), 'node_silent'],
  ])('that %s', async (_, reception, code) => {
    const served = await gateway();
    webSockets(served, (socket, packet) => {
      if (packet === '40') socket.send(reception);
    });
    expect((await found(served))?.code).toBe(code);
  });

  test('is kept up by answers to pings', async () => {
    const served = await gateway();
    webSockets(served, (socket, packet) => {
      if (packet === '40') socket.send('2');
      if (packet === '3') socket.send(WELCOME);
    });
    expect((await found(served))?.code).toBe('listening');
  });

  test('shows the rune, or a question where that would be a use of it', async () => {
    const shown: (string | undefined)[] = [];
    const served = await gateway();
    served.server.on('upgrade', ({ headers }) => shown.push(String(headers['rune'])));
    webSockets(served, (socket, packet) => {
      const isQuestion = shown.at(-1) !== RUNE;
      if (packet === '40') socket.send(isQuestion ? unwelcome(1502, 'Not permitted: x') : WELCOME);
    });
    expect((await found(served))?.code).toBe('listening');
    const rune = Rune.fromBase64(RUNE).restrict(Restriction.of('rate=1'));
    expect(await found(served, { rune: rune.toBase64() })).toMatchObject({
      code: 'way_open',
      found: 'the way is open; the rune was not shown, as that is one of its uses',
    });
    expect(await found(served, { rune: undefined })).toMatchObject({ code: 'way_open' });
    expect(shown.map((each) => each === RUNE)).toEqual([true, false, false]);
    expect(shown[2]).toBe('undefined');
  });
});

describe('no websocket', () => {
  test.each<[string, number, string, FindingCode]>([
    [
      'the upgrade was dropped on the way',
      400,
      '{"code":3,"message":"Bad request"}',
      'upgrade_lost',
    ],
    [
      'the upgrade was dropped on the way to a newer gateway',
      400,
      '{"code":-32600,"message":"Unsupported transport: use polling, or websocket with an upgrade"}',
      'upgrade_lost',
    ],
    ['nobody knows why', 400, '', 'upgrade_refused'],
    ['the server answers as if to a page', 200, '<html>', 'upgrade_refused'],
    ['there is no Socket.IO', 404, '', 'not_offered'],
    ['a proxy wants to know who asks', 401, '', 'guarded'],
    ['a proxy does not reach the gateway', 502, '', 'gateway_unreached'],
    ['it is elsewhere', 307, '', 'redirected'],
  ])('since %s', async (_, status, body, code) => {
    const served = await gateway({
      ...polls(WELCOME),
      'GET /socket.io/': (request, response) => {
        const isSocket = (request.url ?? '').includes('transport=websocket');
        if (isSocket) answering(status, body, { location: 'https://x/' })(request, response);
        else polls(WELCOME)['GET /socket.io/']?.(request, response);
      },
    });
    const all = await codes(served.url, { rune: RUNE });
    expect([all.polling, all.websocket]).toEqual(['listening', code]);
  });

  test.each<[string, string, FindingCode]>([
    [
      'that is none',
      'HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAA\r\n\r\n',
      'broken_off',
    ],
    ['that is rubbish', '\u0000\u0001\u0002', 'broken_off'],
    ['that is nothing', '', 'timed_out'],
    ['without an end', `HTTP/1.1 400 x\r\nA: b\r\n\r\n`, 'timed_out'],
  ])('but an answer %s', async (_, answer, code) => {
    const served = await gateway();
    served.server.on('upgrade', (_request, socket) => {
      socket.on('error', () => undefined);
      socket.write(answer);
    });
    expect((await found(served, { timeoutMs: 800 }))?.code).toBe(code);
  });

  test('that speaks: it is silent, closes, or says too much', async () => {
    const silent = await gateway();
    webSockets(silent, () => undefined, '');
    expect((await found(silent, { timeoutMs: 800 }))?.code).toBe('timed_out');
    const closing = await gateway();
    webSockets(closing, (socket) => socket.close(1_000));
    expect(await found(closing)).toMatchObject({
      code: 'broken_off',
      found: 'the connection broke: closed with code 1000',
    });
    const loud = await gateway();
    webSockets(loud, (socket) => socket.send('x'.repeat(1_000_000)));
    expect((await found(loud))?.code).toBe('broken_off');
    const babbling = await gateway();
    webSockets(babbling, () => undefined, '0{"sid":');
    expect((await found(babbling, { timeoutMs: 800 }))?.code).toBe('timed_out');
  });
});
