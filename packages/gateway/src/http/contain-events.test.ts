import { EventEmitter, once } from 'node:events';
import { expect, test, vi } from 'vitest';
import { FakeNode } from '@clnrest/testing/fake-node';
import { call, RawClient } from '@clnrest/testing/http-client';
import { EngineConnection } from '../notifications/engine-connection.ts';
import { testGateway } from '../testing/gateway.ts';
import { containEvents } from './contain-events.ts';

test('an exception in a listener is reported, and the emitter continues', () => {
  const emitter = new EventEmitter();
  const faults: unknown[] = [];
  containEvents(emitter, (fault) => faults.push(fault));
  const received: unknown[] = [];
  emitter.on('data', (value) => received.push(value));
  emitter.on('broken', () => {
    throw new Error('a fault');
  });
  expect(emitter.emit('data', 1)).toBe(true);
  expect(emitter.emit('broken')).toBe(true);
  expect(emitter.emit('data', 2)).toBe(true);
  expect(emitter.emit('nothing')).toBe(false);
  expect(received).toEqual([1, 2]);
  expect(faults).toEqual([new Error('a fault')]);
});

test('an exception in a websocket closes only that websocket, and is logged once with its stack', async () => {
  const node = await FakeNode.start({ getinfo: ({ result }) => result('{"id":"02aa"}') });
  const { port, url, log } = await testGateway({ node });
  const client = await RawClient.connect(port);
  client.write(
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n',
  );
  await client.until(/0\{"sid"/);
  const fault = vi.spyOn(EngineConnection.prototype, 'disconnect').mockImplementation(() => {
    throw new RangeError('a fault of ours');
  });
  try {
    const closed = once(client.socket, 'close');
    // `42[]`, masked with zeros: an event before authentication.
    client.write('\x81\x84\0\0\0\x0042[]');
    await closed;
  } finally {
    fault.mockRestore();
  }
  expect((await call(url, 'getinfo')).status).toBe(201);
  expect(log).toEqual([expect.stringMatching(/^broken: connection: 500 internal.*RangeError at /)]);
});
