import { once } from 'node:events';
import type { Socket } from 'node:net';
import { inspect } from 'node:util';
import { ClnrestError } from '@clnrest/client';
import { bytesToHex } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { RUNE } from '@clnrest/testing';
import { MAX_COMMAND_BYTES, writePiece } from '../commando/messages.ts';
import {
  type FakeCommand,
  type FakeConnection,
  type FakePeer,
  startFakePeer,
  startFakePeerAs,
  startRawPeer,
} from '../testing/fake-peer.ts';
import { CommandoClient, type CommandoClientOptions } from './commando-client.ts';

const KEY = '11'.repeat(32);

function clientOf({ address }: FakePeer, options: Partial<CommandoClientOptions<'mixed'>> = {}) {
  return new CommandoClient({ address, rune: RUNE, privateKey: KEY, ...options });
}

async function errorOf(failing: Promise<unknown>): Promise<ClnrestError> {
  const error: unknown = await failing.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(ClnrestError);
  return error as ClnrestError;
}

/** A node that replies to each command with this result. */
function startEcho(resultOf: (command: FakeCommand) => string): Promise<FakePeer> {
  return startFakePeer({
    onCommand: (command, connection) =>
      connection.reply(
        command.id,
        `{"jsonrpc":"2.0","id":${JSON.stringify(command.json.id)},"result":${resultOf(command)}}`,
      ),
  });
}

/** A node that replies to each command with this text. */
function startReplying(reply: string): Promise<FakePeer> {
  return startFakePeer({ onCommand: ({ id }, connection) => connection.reply(id, reply) });
}

/** Resolves with what a node's handler is called with first. */
function nextOf<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

describe('a call', () => {
  test('sends method, rune, id and parameters, and keeps every digit', async () => {
    const commands: FakeCommand[] = [];
    const peer = await startEcho((command) => {
      commands.push(command);
      return '{"msat":9007199254740993,"n":1}';
    });
    const client = clientOf(peer, { rune: ` ${RUNE}\n` });
    expect(await client.call('getinfo')).toEqual({ msat: 9007199254740993n, n: 1 });
    await client.call('invoice', { amount_msat: 2n ** 64n - 1n, label: 'ä"', description: '' });
    await client.callText('createrune', [null, [['method=getinfo']]], { filter: { rune: true } });
    expect(commands.map(({ text }) => text)).toEqual([
      `{"method":"getinfo","rune":"${RUNE}","id":"clnrest:getinfo#0","params":{}}`,
      `{"method":"invoice","rune":"${RUNE}","id":"clnrest:invoice#1","params":{"amount_msat":18446744073709551615,"label":"ä\\"","description":""}}`,
      `{"method":"createrune","rune":"${RUNE}","id":"clnrest:createrune#2","params":[null,[["method=getinfo"]]],"filter":{"rune":true}}`,
    ]);
    expect(peer.connections).toHaveLength(1);
    expect(bytesToHex(peer.connections[0]?.session.peer ?? new Uint8Array())).toBe(client.nodeId);
  });

  test('of a client without rune, with unreadable parameters, or of an oversized command is not sent', async () => {
    const peer = await startEcho(() => '{}');
    const client = clientOf(peer);
    const fits = { description: 'x'.repeat(MAX_COMMAND_BYTES - 200) };
    expect(await client.call<object>('plugin-command', fits)).toEqual({});
    const tooLong = { description: 'x'.repeat(MAX_COMMAND_BYTES) };
    for (const failing of [
      client.call<object>('plugin-command', tooLong),
      client.call<object>('plugin-command', '{},"method":"stop"'),
      client.call<object>('plugin command'),
    ]) {
      expect(await errorOf(failing)).toMatchObject({ code: 'invalid_request', mayHaveRun: false });
    }
    const unarmed = clientOf(peer, { rune: undefined });
    expect(await errorOf(unarmed.call('getinfo'))).toMatchObject({ code: 'rune_missing' });
  });

  test('can be one of many, whose replies arrive interleaved and in any order', async () => {
    const waiting: FakeCommand[] = [];
    const peer = await startFakePeer({
      onCommand(command, { session }) {
        waiting.push(command);
        if (waiting.length < 10) return;
        const texts = waiting.map(({ json }) => Buffer.from(`{"result":${JSON.stringify(json)}}`));
        for (let at = 0; at < 200; at += 7) {
          for (const [index, text] of [...texts.entries()].toReversed()) {
            if (at >= text.length) continue;
            const isLast = at + 7 >= text.length;
            const json = text.subarray(at, at + 7);
            const id = waiting[index]?.id ?? 0n;
            const { type, payload } = writePiece({ kind: 'reply', isLast, id, json });
            session.send(type, payload);
          }
        }
      },
    });
    const client = clientOf(peer);
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, number) => client.call<object>('echo', { number })),
    );
    for (const [number, result] of results.entries()) {
      expect(result).toMatchObject({ params: { number } });
    }
  });

  test('gets a reply of 5 MB in pieces, whole, as items and as bytes', async () => {
    const list = Array.from({ length: 5_000 }, (_, n) => ({ n, text: 'é'.repeat(500) }));
    const result = JSON.stringify({ other: [1, [2]], list });
    const client = clientOf(await startEcho(() => result));
    expect(await client.callText('big')).toBe(result);
    let count = 0;
    for await (const item of client.items<{ n: number }>('big', 'list')) {
      // One comparison at the end is faster than one for each item.
      if (item.n === count) count++;
    }
    expect(count).toBe(list.length);
    const pieces: Uint8Array[] = [];
    for await (const piece of client.stream('big')) pieces.push(piece);
    expect(Buffer.concat(pieces).toString()).toBe(result);
  });

  test('that is aborted leaves the connection and the other calls alone', async () => {
    const commands: { command: FakeCommand; connection: FakeConnection }[] = [];
    const arrived = nextOf<void>();
    const peer = await startFakePeer({
      onCommand(command, connection) {
        commands.push({ command, connection });
        if (commands.length === 2) arrived.resolve();
      },
    });
    const client = clientOf(peer);
    const controller = new AbortController();
    const aborted = errorOf(client.call('getinfo', {}, { signal: controller.signal }));
    const other = client.callText('getinfo');
    await arrived.promise;
    controller.abort();
    expect(await aborted).toMatchObject({ code: 'cancelled', mayHaveRun: true });
    for (const { command, connection } of commands) connection.reply(command.id, '{"result":{}}');
    expect(await other).toBe('{}');
    expect(peer.connections).toHaveLength(1);
  });

  test('that exceeds its timeout, or whose client is closed, may have run', async () => {
    const peer = await startFakePeer({
      onCommand: ({ id, json }, { reply }) => {
        if (json.method === 'help') reply(id, '{"result":{}}');
      },
    });
    const client = clientOf(peer);
    await client.callText('help');
    expect(await errorOf(client.call('getinfo', {}, { timeoutMs: 100 }))).toMatchObject({
      code: 'timed_out',
      mayHaveRun: true,
    });
    const waiting = errorOf(client.call('getinfo'));
    client.close();
    expect(await waiting).toMatchObject({ code: 'cancelled' });
  });
});

test('2,000 calls at once work, with key rotations in both directions', async () => {
  const peer = await startEcho(({ json }) => JSON.stringify(json['params']));
  const client = clientOf(peer);
  const calls = Array.from({ length: 2_000 }, (_, n) => client.call<{ n: number }>('echo', { n }));
  expect((await Promise.all(calls)).every(({ n }, index) => n === index)).toBe(true);
  expect(peer.connections).toHaveLength(1);
  client.close();
});

test('a client that is closed during the handshake closes its connection', async () => {
  const connected = nextOf<Socket>();
  const address = await startRawPeer((socket) => connected.resolve(socket));
  const client = new CommandoClient({ address, rune: RUNE });
  const failing = errorOf(client.call('getinfo'));
  const socket = await connected.promise;
  await once(socket, 'data');
  client.close();
  expect(await failing).toMatchObject({ code: 'cancelled', mayHaveRun: false });
  await once(socket, 'close');
  expect(await errorOf(client.call('getinfo'))).toMatchObject({
    code: 'cancelled',
    mayHaveRun: false,
  });
});

describe('an error', () => {
  test.each([
    // The replies of lightningd v26.06.6 to commands that it did not run.
    [19537, 'Invalid rune: Not permitted: method is not equal to getinfo', 'rune_not_permitted'],
    [19537, 'Invalid rune: Not permitted: too soon', 'too_soon'],
    [19537, 'Invalid rune: Not authorized: Blacklisted rune', 'rune_blacklisted'],
    [19537, 'Invalid rune: Not authorized: Not derived from master', 'rune_not_authorized'],
    [19536, 'Invalid rune', 'rune_not_authorized'],
    [19536, 'Missing rune', 'rune_missing'],
    [19536, 'Invalid JSON', 'request_refused'],
  ])('%d %s is %s, and nothing ran', async (code, message, expected) => {
    const client = clientOf(await startReplying(JSON.stringify({ error: { code, message } })));
    expect(await errorOf(client.call('getinfo'))).toMatchObject({
      code: expected,
      nodeCode: code,
      message,
      mayHaveRun: false,
    });
  });

  test.each([
    [-32601, "Unknown command 'x'", 'unknown_command', false],
    [-32602, 'missing required parameter: amount_msat', 'command_failed', false],
    [206, 'Payment failed', 'command_failed', true],
    // A command that commands a third node: there it may have run.
    [19536, 'Invalid JSON', 'command_failed', true],
  ])('%d of a command: %s is %s', async (code, message, expected, mayHaveRun) => {
    const error = `{"code":${code},"message":${JSON.stringify(message)},"data":{"msat":9007199254740993}}`;
    const client = clientOf(await startReplying(`{"jsonrpc":"2.0","id":"a","error":${error}}`));
    expect(await errorOf(client.call('getinfo'))).toMatchObject({
      code: expected,
      message,
      mayHaveRun,
      data: { msat: 9007199254740993n },
    });
  });

  test('does not show the rune', async () => {
    const message = `should be base64 string: invalid token '${RUNE}'`;
    const client = clientOf(await startReplying(JSON.stringify({ error: { code: 1, message } })));
    const error = await errorOf(client.call('getinfo'));
    expect(inspect([error, client], { depth: 9 }) + JSON.stringify(client)).not.toContain(RUNE);
    expect(inspect(client) + JSON.stringify(client)).not.toContain(KEY);
  });

  test.each(['{}', '[]', '{"result":1', '{"error":{}}', 'null', '{"a":1}', '{"result":{}}x'])(
    'of a reply %s is malformed_answer',
    async (reply) => {
      const client = clientOf(await startReplying(reply));
      expect(await errorOf(client.call('getinfo'))).toMatchObject({
        code: 'malformed_answer',
        mayHaveRun: true,
      });
    },
  );
});

describe('a connection that breaks', () => {
  test('fails the calls, which may have run, and the next call connects again', async () => {
    let commands = 0;
    const peer = await startFakePeer({
      onCommand({ id }, connection) {
        if (++commands === 1) connection.socket.resetAndDestroy();
        else connection.reply(id, '{"result":{"second":true}}');
      },
    });
    const client = clientOf(peer);
    expect(await errorOf(client.call('getinfo'))).toMatchObject({
      code: 'connection_failed',
      mayHaveRun: true,
    });
    // Nothing was sent again.
    expect(commands).toBe(1);
    expect(await client.callText('getinfo')).toBe('{"second":true}');
    expect(peer.connections).toHaveLength(2);
  });

  test('while ten calls wait sends nothing twice', async () => {
    const received: string[] = [];
    const peer = await startFakePeer({
      onCommand({ id, json }, { socket, reply }) {
        received.push(json.method);
        if (received.length === 10) socket.destroy();
        else if (received.length > 10) reply(id, '{"jsonrpc":"2.0","id":1,"result":{}}');
      },
    });
    const client = clientOf(peer, { pace: true });
    const names = Array.from({ length: 10 }, (_, n) => `call${n}`);
    const errors = await Promise.all(names.map((name) => errorOf(client.call<object>(name))));
    for (const error of errors) {
      expect(error).toMatchObject({ code: 'connection_failed', mayHaveRun: true });
    }
    await Promise.all([client.call<object>('later'), client.call<object>('last')]);
    expect(received).toEqual([...names, 'later', 'last']);
    expect(peer.connections).toHaveLength(2);
    client.close();
  });

  test('in the middle of a reply ends items with an error', async () => {
    const peer = await startFakePeer({
      onCommand({ id }, { session, socket }) {
        const json = Buffer.from('{"result":{"list":[1,2,');
        const { type, payload } = writePiece({ kind: 'reply', isLast: false, id, json });
        session.send(type, payload);
        socket.end();
      },
    });
    const items: number[] = [];
    const read = async (): Promise<void> => {
      for await (const item of clientOf(peer).items<number>('big', 'list')) items.push(item);
    };
    expect(await errorOf(read())).toMatchObject({ code: 'connection_failed', mayHaveRun: true });
    expect(items).toEqual([1, 2]);
  });

  test('while the node restarts: calls fail without having run, then work again', async () => {
    const reply = (id: bigint, { reply }: FakeConnection) => reply(id, '{"result":{}}');
    const behaviour = { onCommand: ({ id }: FakeCommand, c: FakeConnection) => reply(id, c) };
    const peer = await startFakePeer(behaviour);
    const client = clientOf(peer);
    await client.call('getinfo');
    await peer.stop();
    // The end of the idle connection may arrive after the next call, which is then sent into it.
    const errors = [await errorOf(client.call('getinfo')), await errorOf(client.call('getinfo'))];
    expect(errors[1]).toMatchObject({ code: 'connection_failed', mayHaveRun: false });
    await startFakePeerAs(peer.keys, behaviour, peer.port);
    expect(await client.callText('getinfo')).toBe('{}');
  });

  test('is noticed when the node is silent, not even answering pings', async () => {
    const peer = await startFakePeer({
      onCommand: (_, { socket }) => void socket.pause(),
    });
    const client = clientOf(peer, { silenceMs: 100 });
    const error = await errorOf(client.call('getinfo'));
    expect(error).toMatchObject({ code: 'connection_failed', mayHaveRun: true });
    expect(error.message).toContain('sent nothing for 200 ms');
  });

  test('is not assumed while pings are answered', async () => {
    let pongs = 0;
    const peer = await startFakePeer({
      onCommand({ id }, { session, reply }) {
        const send = session.send.bind(session);
        session.send = (type, payload) => {
          send(type, payload);
          // After three pongs, more than twice `silenceMs` have passed.
          if (type === 19 && ++pongs === 3) reply(id, '{"result":{}}');
        };
      },
    });
    const client = clientOf(peer, { silenceMs: 300 });
    const waiting = client.callText('waitanyinvoice');
    expect(await waiting).toBe('{}');
  });
});

describe('a slow reader', () => {
  const RESULT = `{"list":[${Array.from({ length: 4_000 }, (_, n) => `{"n":${n},"text":"${'x'.repeat(3_000)}"}`).join()}]}`;

  test('makes the node wait, and other calls go on within the loop', async () => {
    const peer = await startEcho(({ json }) => (json.method === 'big' ? RESULT : '{"ok":true}'));
    const client = clientOf(peer);
    let count = 0;
    for await (const item of client.items<{ n: number }>('big', 'list')) {
      if (item.n === count) count++;
      // The connection is paused when enough has arrived, unless a call waits for its reply.
      if (count % 1_000 === 1) expect(await client.callText('small')).toBe('{"ok":true}');
    }
    expect(count).toBe(4_000);
  });

  test('that leaves the loop releases the connection', async () => {
    const peer = await startEcho(({ json }) => (json.method === 'big' ? RESULT : '{"ok":true}'));
    const client = clientOf(peer);
    for await (const { n } of client.items<{ n: number }>('big', 'list')) if (n === 3) break;
    expect(await client.callText('small')).toBe('{"ok":true}');
    expect(peer.connections).toHaveLength(1);
  });
});

test('the address and the key are checked', () => {
  const id = '02eec7245d6b7d2ccb30380bfbe2a3648cd7a942653f5aa340edcea1f283686619';
  for (const address of [
    '',
    id,
    `${id}@`,
    `${id.slice(1)}@host`,
    `05${id.slice(2)}@host`,
    `${id}@host:x`,
    `${id}@host/path`,
    `${id}@ws://`,
    `${id}@a b`,
  ]) {
    expect(() => new CommandoClient({ address })).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
  }
  expect(() => new CommandoClient({ address: `${id.slice(1)}@host` })).toThrow(
    'Invalid address of a node: the id before @ must have 66 hex digits, and has 65',
  );
  const address = `${id.toUpperCase()}@host`;
  for (const privateKey of ['', 'zz'.repeat(32), '00'.repeat(32), new Uint8Array(31)]) {
    expect(() => new CommandoClient({ address, privateKey })).toThrow('privateKey');
  }
  expect(new CommandoClient({ address }).nodeId).toMatch(/^0[23]/);
  expect(() => new CommandoClient({ address, silenceMs: -1 })).toThrow('silenceMs');
});
