import { EventEmitter } from 'node:events';
import type { Socket } from 'socket.io';
import { expect, test } from 'vitest';
import type { EngineConnection } from './engine-connection.ts';
import { Metrics } from '../metrics/metrics.ts';
import type { Message } from './message.ts';
import { SocketIoEncoder } from './socket-io-encoder.ts';
import { SocketIoRoom, type SocketIoRoomParts } from './socket-io-room.ts';

/** A room whose sockets record what is written to them. */
function roomWith(subscriberBytes = 1_000) {
  const refused: unknown[] = [];
  const room = new SocketIoRoom({
    encoder: new SocketIoEncoder('message'),
    limits: { subscriberBytes },
    log: { refused: (refusal: unknown) => refused.push(refusal) },
    metrics: new Metrics(),
    hub: { unsubscribe: () => undefined },
    onEmpty: () => undefined,
  } as unknown as SocketIoRoomParts);
  const add = (connected = true, unreadBytes = 0) => {
    const written: { data: string }[] = [];
    const state = { isCut: false };
    const socket = Object.assign(new EventEmitter(), { connected, conn: new EventEmitter() });
    const connection = {
      unreadBytes,
      write: (batch: { data: string }) => written.push(batch),
      disconnect: () => (state.isCut = true),
    };
    room.add(socket as unknown as Socket, connection as unknown as EngineConnection);
    return { written, state, socket };
  };
  return { room, add, refused };
}

const messages = (count: number): Message[] =>
  Array.from({ length: count }, (_, sequence) => ({
    sequence,
    topic: 't',
    text: `{"n":${sequence}}`,
  }));

test('a batch of 1,000 messages is one write for each client, of the same bytes', () => {
  const { room, add } = roomWith();
  const clients = Array.from({ length: 190 }, () => add());
  room.deliver(messages(1_000));
  expect(clients.map(({ written }) => written.length)).toEqual(clients.map(() => 1));
  const [first] = clients[0]?.written ?? [];
  expect(first?.data.split('\x1e')).toHaveLength(1_000);
  expect(clients.every(({ written }) => written[0] === first)).toBe(true);
});

test('a client that has not connected yet, or has disconnected, receives nothing', () => {
  const { room, add } = roomWith();
  const connecting = add(false);
  const gone = add();
  gone.socket.emit('disconnect');
  room.deliver(messages(1));
  expect([connecting.written, gone.written]).toEqual([[], []]);
});

test('a client that does not read is disconnected, and others receive the messages', () => {
  const { room, add, refused } = roomWith();
  const slow = add(true, 1_001);
  const other = add(true, 1_000);
  room.deliver(messages(2));
  expect([slow.written.length, slow.state.isCut, other.written.length]).toEqual([0, true, 1]);
  expect(refused).toHaveLength(1);
});
