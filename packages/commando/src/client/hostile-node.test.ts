import { setTimeout as delay } from 'node:timers/promises';
import { ClnrestError } from '@clnrest/client';
import { describe, expect, test } from 'vitest';
import { RUNE } from '@clnrest/testing';
import { writePiece } from '../commando/messages.ts';
import { HandshakeResponder } from '../noise/handshake.ts';
import { randomKeyPair } from '../noise/keys.ts';
import { MessageSealer } from '../noise/message-cipher.ts';
import { encodeMessage } from '../peer/messages.ts';
import { type FakeBehaviour, startFakePeer, startRawPeer } from '../testing/fake-peer.ts';
import { CommandoClient, type CommandoClientOptions } from './commando-client.ts';

const KEY = new Uint8Array(32);

async function failureOf(
  address: string,
  options: Partial<CommandoClientOptions<'mixed'>> = {},
): Promise<ClnrestError> {
  const client = new CommandoClient({ address, rune: RUNE, ...options });
  const error: unknown = await client.call('getinfo').catch((error: unknown) => error);
  expect(error).toBeInstanceOf(ClnrestError);
  return error as ClnrestError;
}

/** Starts a node that, when it gets a command, does something, and runs a call to its failure. */
async function failureWith(
  onCommand: NonNullable<FakeBehaviour['onCommand']>,
  options: Partial<CommandoClientOptions<'mixed'>> = {},
): Promise<ClnrestError> {
  const { address } = await startFakePeer({ onCommand });
  return failureOf(address, options);
}

describe('the handshake fails, and nothing was sent, if the node', () => {
  test.each([
    ['ends without a word', Buffer.alloc(0)],
    ['sends a short second message and ends', Buffer.alloc(49)],
    ['sends a message of another version', Buffer.alloc(50, 1)],
    ['sends an invalid key', Buffer.alloc(50)],
    ['speaks HTTP', Buffer.from(`HTTP/1.1 400 Bad Request\r\n\r\n${'x'.repeat(60)}`)],
  ])('%s', async (_, bytes) => {
    const address = await startRawPeer((socket) => {
      socket.once('data', () => socket.end(bytes));
    });
    expect(await failureOf(address)).toMatchObject({
      code: 'connection_failed',
      mayHaveRun: false,
    });
  });

  test('has another id than the address', async () => {
    const peer = await startFakePeer({});
    const other = await startFakePeer({});
    const [id] = other.address.split('@');
    const error = await failureOf(`${id}@127.0.0.1:${peer.port}`);
    expect(error).toMatchObject({ code: 'connection_failed', mayHaveRun: false });
    expect(error.message).toContain('Check its id');
  });

  test('accepts no WebSockets', async () => {
    const { address } = await startFakePeer({});
    const error = await failureOf(address.replace('@', '@ws://'));
    expect(error).toMatchObject({ code: 'connection_failed', mayHaveRun: false });
    expect(error.message).toContain('For TCP, omit ws://');
  });

  test('is silent', async () => {
    const address = await startRawPeer(() => undefined);
    const error = await failureOf(address, { connectTimeoutMs: 200 });
    expect(error).toMatchObject({ code: 'connection_failed', mayHaveRun: false });
    expect(error.message).toContain('no handshake within 200 ms');
  });
});

describe('a call fails, and may have run, if the node', () => {
  const expectFailure = (error: ClnrestError, message: string): void => {
    expect(error).toMatchObject({ code: 'connection_failed', mayHaveRun: true });
    expect(error.message).toContain(message);
  };

  test('sends a wrong MAC', async () => {
    const error = await failureWith((_, { socket }) => void socket.write(Buffer.alloc(18)));
    expectFailure(error, 'authentication');
  });

  test('sends an even message of unknown type', async () => {
    const error = await failureWith((_, { session }) => session.send(40_000, new Uint8Array(1)));
    expectFailure(error, 'unknown type 40000');
  });

  test('sends a malformed ping', async () => {
    const error = await failureWith((_, { session }) =>
      session.send(18, Uint8Array.of(0, 1, 9, 9)),
    );
    expectFailure(error, 'malformed ping');
  });

  test('reports an error and ends: the error is shown, in printable characters', async () => {
    const error = await failureWith((_, { session, socket }) => {
      const text = Buffer.from('too \u001b[31mbad');
      session.send(17, Buffer.concat([Buffer.alloc(32), Buffer.of(0, text.length), text]));
      socket.end();
    });
    expectFailure(error, 'the peer closed the connection: too ?[31mbad');
  });
});

test('a call is not sent if the node breaks the protocol in the packet of its init', async () => {
  const keys = randomKeyPair();
  const responder = new HandshakeResponder(keys);
  const address = await startRawPeer((socket) => {
    socket.once('data', (actOne) => {
      socket.write(responder.actTwo(actOne));
      socket.once('data', (actThree) => {
        const sealer = new MessageSealer(responder.finish(actThree.subarray(0, 66)));
        const [init, even] = [encodeMessage(16, new Uint8Array(4)), encodeMessage(40_000, KEY)];
        // The client gets both at once, before the call goes on.
        socket.write(Buffer.concat([sealer.seal(init), sealer.seal(even)]));
      });
    });
  }, keys);
  expect(await failureOf(address)).toMatchObject({ code: 'connection_failed', mayHaveRun: false });
});

describe('a call works, although the node', () => {
  const RESULT = '{"result":{"ok":true}}';

  async function resultWith(before: NonNullable<FakeBehaviour['onCommand']>): Promise<unknown> {
    const { address } = await startFakePeer({
      onCommand(command, connection) {
        before(command, connection);
        connection.reply(command.id, RESULT);
      },
    });
    return new CommandoClient({ address, rune: RUNE }).call<object>('echo');
  }

  test('sends odd messages of unknown types, gossip, and messages too short for commando', async () => {
    const types = [40_001, 0x4c4d, 0x4c4f, 256, 258, 265, 511];
    const result = resultWith((_, { session }) => {
      for (const type of types) session.send(type, new Uint8Array(3));
      session.send(0x594d, new Uint8Array(7));
    });
    expect(await result).toEqual({ ok: true });
  });

  test('sends 2,000 messages, beyond several key rotations, with replies to unknown ids', async () => {
    const result = resultWith(({ id }, { session, reply }) => {
      for (let count = 0; count < 1_000; count++) {
        reply(id ^ 1n, '{"result":{"ok":false}}');
        session.send(40_001, new Uint8Array(count));
      }
    });
    expect(await result).toEqual({ ok: true });
  });

  test('sends commands, which a client does not run', async () => {
    const result = resultWith(({ id }, { session }) => {
      const json = Buffer.from('{"method":"stop"}');
      const { type, payload } = writePiece({ kind: 'command', isLast: true, id, json });
      session.send(type, payload);
    });
    expect(await result).toEqual({ ok: true });
  });

  test('sends the reply in pieces of one byte, and empty ones', async () => {
    const { address } = await startFakePeer({
      onCommand({ id }, { session, reply }) {
        const empty = { kind: 'reply', isLast: false, id, json: new Uint8Array(0) } as const;
        for (let count = 0; count < 9; count++) {
          const { type, payload } = writePiece(empty);
          session.send(type, payload);
        }
        reply(id, RESULT, 1);
      },
    });
    const client = new CommandoClient({ address, rune: RUNE });
    expect(await client.call<object>('echo')).toEqual({ ok: true });
  });
});

describe('a reply that never ends', () => {
  /** Sends pieces for as long as the client reads them. */
  const endless =
    (first: string, piece: string): NonNullable<FakeBehaviour['onCommand']> =>
    ({ id }, { session, socket }) => {
      const send = (text: string): void => {
        const json = Buffer.from(text);
        const { type, payload } = writePiece({ kind: 'reply', isLast: false, id, json });
        session.send(type, payload);
      };
      send(first);
      const more = (): void => {
        while (!session.isClosed && session.pendingBytes < 1_000_000) send(piece);
      };
      socket.on('drain', more);
      more();
    };
  const maxAnswerBytes = 10_000_000;

  test.each([
    ['a result', '{"result":{"text":"', 'too_large'],
    ['an error', '{"error":{"message":"', 'malformed_answer'],
    ['a key', '{"', 'malformed_answer'],
  ])('in %s is given up', async (_, first, code) => {
    const error = await failureWith(endless(first, 'x'.repeat(60_000)), { maxAnswerBytes });
    expect(error).toMatchObject({ code, mayHaveRun: true });
  });

  test('in another member takes no memory', async () => {
    const before = process.memoryUsage();
    const { address } = await startFakePeer({
      onCommand: endless('{"other":"', 'x'.repeat(60_000)),
    });
    const client = new CommandoClient({ address, rune: RUNE, maxAnswerBytes });
    const error = await client
      .call('getinfo', {}, { timeoutMs: 1_000 })
      .catch((error: unknown) => error);
    expect(error).toMatchObject({ code: 'timed_out' });
    client.close();
    const { heapUsed, external } = process.memoryUsage();
    expect(heapUsed + external - before.heapUsed - before.external).toBeLessThan(100_000_000);
  });

  test('that is not read stops the node, and takes bounded memory', async () => {
    let sent = 0;
    const { address, connections } = await startFakePeer({
      onCommand(command, connection) {
        const { send } = connection.session;
        connection.session.send = (type, payload) => {
          sent += payload.length;
          send.call(connection.session, type, payload);
        };
        endless('{"result":{"list":[1,', `${'"x",'.repeat(15_000)}`)(command, connection);
      },
    });
    const client = new CommandoClient({ address, rune: RUNE });
    for await (const item of client.items<unknown>('endless', 'list')) {
      expect(item).toBe(1);
      // The node sends until the buffers of the socket and ours are full.
      const isFull = (): boolean => (connections[0]?.session.pendingBytes ?? 0) > 0;
      for (let last = -1; last !== sent || !isFull(); await delay(200)) last = sent;
      break;
    }
    expect(sent).toBeGreaterThan(4_000_000);
    expect(sent).toBeLessThan(40_000_000);
    client.close();
  });
});

test('a flood of pings to a client is answered within bounded memory', async () => {
  const before = process.memoryUsage().heapUsed;
  const { address } = await startFakePeer({
    onCommand({ id }, connection) {
      const { session, socket } = connection;
      for (let count = 0; count < 2_000; count++) session.ping(60_000);
      // It reads no pong.
      socket.pause();
      connection.reply(id, '{"result":{}}');
    },
  });
  const client = new CommandoClient({ address, rune: RUNE });
  expect(await client.callText('echo')).toBe('{}');
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(100_000_000);
});
