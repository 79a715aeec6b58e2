import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { CommandoClient } from '@clnrest/commando';
import {
  MAX_COMMAND_BYTES,
  openChannel,
  PeerSession,
  randomKeyPair,
  readPiece,
  writePiece,
} from '@clnrest/commando/peer';
import { closed, freePort } from '@clnrest/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import WebSocket from 'ws';
import { SocketClient } from '../testing/socket-client.ts';
import { temporarySandbox } from '../testing/temporary-sandbox.ts';

async function listening() {
  const port = await freePort();
  const sandbox = await temporarySandbox({ args: [`--bind-addr=127.0.0.1:${port}`] });
  const socket = await SocketClient.connect(sandbox.rpcPath);
  const { result } = await socket.call('createrune', {});
  const { rune } = result as { rune: string };
  const address = `${sandbox.id}@127.0.0.1:${port}`;
  return { sandbox, port, rune, socket, address };
}

/** On a loaded machine, the crypto of a flood takes longer than a test may usually take. */
const LOADED_MS = 120_000;

type Target = Awaited<ReturnType<typeof listening>>;

/** A peer that sends what a test wants. */
async function hostilePeer({ sandbox, port }: Target) {
  const channel = await openChannel(
    { kind: 'tcp', host: '127.0.0.1', port },
    AbortSignal.timeout(10_000),
  );
  const replies: string[] = [];
  let wake: () => void = () => undefined;
  let ended = false;
  const session = await new Promise<PeerSession>((resolve, reject) => {
    let text = '';
    const session = new PeerSession(channel, {
      ours: randomKeyPair(),
      peer: Buffer.from(sandbox.id, 'hex'),
      init: { features: new Uint8Array(0), networks: [] },
      handshakeMs: 10_000,
      handler: {
        onReady: () => resolve(session),
        onMessage(message) {
          const piece = readPiece(message);
          text += Buffer.from(piece?.json ?? []).toString();
          if (piece?.isLast === true) {
            replies.push(text);
            text = '';
            wake();
          }
          return true;
        },
        onDrain: () => undefined,
        onClose(reason) {
          ended = true;
          wake();
          reject(reason);
        },
      },
    });
  });
  onTestFinished(() => session.close());
  return {
    session,
    send(json: string | Uint8Array, { id = 1n, isLast = true } = {}): void {
      const bytes = typeof json === 'string' ? Buffer.from(json) : json;
      const { type, payload } = writePiece({ kind: 'command', isLast, id, json: bytes });
      session.send(type, payload);
    },
    async next(): Promise<string | undefined> {
      if (replies.length === 0 && !ended) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return replies.shift();
    },
  };
}

/** The node still serves another peer, in whatever time a loaded machine needs. */
async function expectServing({ address, rune, sandbox }: Target): Promise<void> {
  const client = new CommandoClient({ address, rune, connectTimeoutMs: LOADED_MS });
  expect((await client.call('getinfo')).id).toBe(sandbox.id);
  client.close();
}

describe('a command', () => {
  test.each([
    ['{', 'Invalid JSON'],
    ['', 'Invalid JSON'],
    ['{"method":"getinfo"}{}', 'Invalid JSON'],
    ['[]', 'Not a JSON object'],
    ['{"id":1}', 'No method'],
    ['{"method":"getinfo","params":1,"id":1}', 'Params must be object or array'],
    ['{"method":"getinfo"}', 'missing id field'],
    ['{"method":"getinfo","id":1}', 'Missing rune'],
    ['{"method":"getinfo","id":1,"rune":"?"}', 'Invalid rune'],
  ])('%s gets lightningd’s error %s', async (json, message) => {
    const peer = await hostilePeer(await listening());
    peer.send(json);
    expect(await peer.next()).toBe(`{"error":{"code":19536,"message":"${message}"}}`);
  });

  test('that is not UTF-8 is rejected', async () => {
    const peer = await hostilePeer(await listening());
    peer.send(Uint8Array.of(0x7b, 0xff, 0x7d));
    expect(await peer.next()).toContain('Invalid JSON');
  });

  test('in pieces of one byte, or of none, is run', async () => {
    const target = await listening();
    const peer = await hostilePeer(target);
    const json = `{"method":"getinfo","id":"a","rune":"${target.rune}","filter":{"id":true}}`;
    for (const byte of Buffer.from(json)) {
      peer.send(Uint8Array.of(byte), { isLast: false });
      peer.send(Uint8Array.of(), { isLast: false });
    }
    peer.send('');
    expect(await peer.next()).toBe(
      `{"jsonrpc":"2.0","id":"a","result":{"id":"${target.sandbox.id}"}}`,
    );
  });

  test('replaces an incomplete one, as in lightningd', async () => {
    const target = await listening();
    const peer = await hostilePeer(target);
    peer.send('{"method":"stop",', { id: 1n, isLast: false });
    peer.send('{"method":"getinfo"}', { id: 2n });
    expect(await peer.next()).toContain('missing id field');
    peer.send('"id":1}', { id: 1n });
    expect(await peer.next()).toContain('Invalid JSON');
  });

  test('of more than 1 MiB is ignored, and takes no memory', async () => {
    const target = await listening();
    const peer = await hostilePeer(target);
    const piece = new Uint8Array(60_000).fill(0x20);
    for (let sent = 0; sent <= 2 * MAX_COMMAND_BYTES; sent += piece.length) {
      peer.send(piece, { isLast: false });
    }
    peer.send('{}');
    peer.send('{}', { id: 2n });
    expect(await peer.next()).toContain('No method');
    expect(target.sandbox.lines.join('\n')).toContain('ignoring oversize request');
  });

  test('from a peer that reads no replies lets the peer wait', async () => {
    const target = await listening();
    const { socket } = target;
    const description = 'd'.repeat(500_000);
    for (let label = 0; label < 4; label++) {
      await socket.call('invoice', { amount_msat: 1, label, description, deschashonly: true });
    }
    const peer = await hostilePeer(target);
    peer.session.pause();
    const before = process.memoryUsage();
    for (let id = 0n; id < 2_000n; id++) {
      peer.send(`{"method":"listinvoices","id":1,"rune":"${target.rune}"}`, { id });
    }
    // 2,000 replies of 2 MB each wait, in the order of the commands.
    await expectServing(target);
    const { heapUsed, external } = process.memoryUsage();
    expect(heapUsed + external - before.heapUsed - before.external).toBeLessThan(300_000_000);
  });
});

describe('a peer', () => {
  test(
    'that floods the node with messages does not keep others from being served',
    { timeout: LOADED_MS },
    async () => {
      const target = await listening();
      const peer = await hostilePeer(target);
      for (let count = 0; count < 20_000; count++) peer.session.send(40_001, new Uint8Array(0));
      // The node replies to this command when it has read the flood.
      peer.send('{}');
      const reply = peer.next();
      const first = await Promise.race([
        reply.then(() => 'the flood was read'),
        expectServing(target).then(() => 'another peer was served'),
      ]);
      expect(first).toBe('another peer was served');
      expect(await reply).toContain('No method');
    },
  );

  test('that sends an even message of unknown type is disconnected', async () => {
    const peer = await hostilePeer(await listening());
    peer.session.send(40_000, new Uint8Array(0));
    expect(await peer.next()).toBeUndefined();
  });
});

describe('bytes that are not of a peer', () => {
  async function exchange(port: number, bytes: Uint8Array): Promise<Socket> {
    const socket = connectTcp(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
    socket.write(bytes);
    socket.resume();
    return socket;
  }

  test.each([
    ['zeros', Buffer.alloc(50)],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\nX: 12345678901234567890\r\n\r\n')],
    ['TLS', Buffer.concat([Buffer.from('16030100', 'hex'), Buffer.alloc(60, 1)])],
  ])('(%s) end the connection', async (_, bytes) => {
    const target = await listening();
    await closed(await exchange(target.port, bytes));
    await expectServing(target);
  });

  test('at the port for WebSockets get an HTTP error, or the end of the connection', async () => {
    const port = await freePort();
    await temporarySandbox({ args: [`--bind-addr=ws:127.0.0.1:${port}`] });
    const response = await fetch(`http://127.0.0.1:${port}/`);
    expect(response.status).toBe(426);
    await response.arrayBuffer();
    await closed(await exchange(port, Buffer.alloc(50)));
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    await once(socket, 'open');
    socket.send(Buffer.alloc(50));
    await once(socket, 'close');
  });
});
