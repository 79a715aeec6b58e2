import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { responseToRecorded } from './wire.ts';

test('sends the recorded request byte for byte', async () => {
  const received: string[] = [];
  const server = createServer((socket) => {
    socket.on('data', (bytes) => {
      received.push(bytes.toString());
      if (received.join('').endsWith('{}')) {
        socket.end('HTTP/1.1 201 Created\r\nContent-Type: text/x\r\nContent-Length: 2\r\n\r\nok');
      }
    });
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const head = `
Host: <host>
content-type: application/json
RUNE: <rune>
Content-Length: <length>
connection: Keep-Alive
`;
  const recorded = { method: 'getinfo', head, rune: 'abc=', body: '{}' };
  expect(await responseToRecorded({ url: `http://${host}`, caFile: '' }, recorded)).toEqual({
    status: 201,
    contentType: 'text/x',
    text: 'ok',
  });
  expect(received.join('')).toBe(
    `POST /v1/getinfo HTTP/1.1\r\nHost: ${host}\r\ncontent-type: application/json\r\n` +
      'RUNE: abc=\r\nContent-Length: 2\r\nconnection: Keep-Alive\r\n\r\n{}',
  );
});
