import { expect, test } from 'vitest';
import type { Item } from '../../fuzz/case.ts';
import { ResponseReader } from '../../fuzz/response-reader.ts';

const item = (line: string, status: number): Item => ({
  kind: 'test',
  head: [`${line} HTTP/1.1`],
  status: [status],
});
const response = (status: number, ...headers: readonly string[]): string =>
  [`HTTP/1.1 ${status} Words`, ...headers, '', ''].join('\r\n');

/** Reads byte by byte: where pieces end must not matter. */
function read(items: readonly Item[], text: string): ResponseReader {
  const reader = new ResponseReader(items, items.length);
  for (const byte of text) reader.read(byte);
  return reader;
}

test('accepts responses in the order of the requests, with any framing', () => {
  const reader = read(
    [item('GET /', 200), item('HEAD /', 200), item('OPTIONS /', 204), item('POST /', 201)],
    `${response(200, 'Content-Length: 3')}abc${response(200, 'Content-Length: 9')}${response(204)}${response(
      100,
    )}${response(201, 'Transfer-Encoding: chunked')}2\r\nab\r\n0\r\n\r\n`,
  );
  expect(reader).toMatchObject({ violation: undefined, statuses: [200, 200, 204, 201], whole: 4 });
});

test('rejects a response out of order', () => {
  const items = [item('GET /', 200), item('CONNECT x:1', 405)];
  const { violation } = read(items, response(405, 'Content-Length: 0'));
  expect(violation).toMatch(/^response 1 \(to GET \/ HTTP\/1.1\)/);
});

test('rejects more responses than requests', () => {
  const one = response(200, 'Content-Length: 0');
  expect(read([item('GET /', 200)], one + one).violation).toMatch('2 responses to 1 requests');
});

test('rejects bytes after the last response', () => {
  const items = [item('GET /', 200), item('GET /', 200)];
  const last = response(200, 'Content-Length: 0', 'Connection: close');
  expect(read(items, `${last}x`).violation).toMatch('bytes after the last response');
});

test('accepts frames in a websocket and rejects an HTTP response', () => {
  const open = response(101, 'Upgrade: websocket');
  const frames = '\x81\x02ab\x89\x00\x81\x7e\x00\x7f' + 'x'.repeat(127);
  const reader = read([item('GET /', 101)], open + frames);
  expect([reader.violation, reader.frames]).toEqual([undefined, 3]);
  const { violation } = read([item('GET /', 101)], open + frames + response(200));
  expect(violation).toMatch('invalid WebSocket frame');
});

test('rejects bytes after the close frame of a websocket', () => {
  const open = response(101, 'Upgrade: websocket');
  expect(read([item('GET /', 101)], `${open}\x88\x00\x81\x00`).violation).toMatch('close frame');
});

test('checks only the syntax of responses to input without a known response', () => {
  const items: Item[] = [{ kind: 'garbage', body: ['GET / HTTP/1.1\r\n'] }];
  expect(read(items, `${response(400, 'Content-Length: 1')}x`).violation).toBeUndefined();
  expect(read(items, 'garbage').violation).toMatch('invalid HTTP response');
});

test('accepts a TLS alert only from a server that speaks TLS', () => {
  const alert = '\x15\x03\x03\x00\x02\x02\x32';
  expect(read([], alert).violation).toMatch('invalid HTTP response');
  const reader = new ResponseReader([], 1, true);
  reader.read(alert);
  expect(reader.violation).toBeUndefined();
});
