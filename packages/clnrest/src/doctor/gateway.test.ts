import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { envelope, respondWith, serveRaw } from '@clnrest/testing/serve';
import type { FindingCode } from './findings.ts';
import { findingCodes, runDoctor } from './testing/run-doctor.ts';
import { LIST, RUNE, startGateway } from './testing/gateway.ts';

const HTML = { 'content-type': 'text/html' };
const page = (status: number) =>
  respondWith(status, '<html>nginx</html>', { ...HTML, server: 'nginx/1.2' });

test.each<[string, ReturnType<typeof respondWith>, FindingCode]>([
  ['with a list of commands', respondWith(200, LIST), 'gateway_answers'],
  ['with a page that lists commands', respondWith(200, '<p>getinfo</p>', HTML), 'gateway_differs'],
  [
    'with the error that the path is unknown',
    respondWith(404, envelope(-32601, 'x')),
    'gateway_differs',
  ],
  ['with a page', page(200), 'not_gateway'],
  ['with another list', respondWith(200, '{"help":[{"command":"help"}]}'), 'not_gateway'],
  ['with a wrong list', respondWith(200, '[]'), 'not_gateway'],
  ['with malformed JSON', respondWith(200, '{"help":['), 'not_gateway'],
  ['with a page for an unknown path', page(404), 'not_gateway'],
  ['with a redirect', respondWith(302, '', { location: 'https://x/' }), 'redirected'],
  ['with a request to authenticate', page(401), 'guarded'],
  ['that access is forbidden', page(403), 'guarded'],
  ['that the node is not reachable', respondWith(502, envelope(-32000, 'x')), 'node_away'],
  ['that it is busy', respondWith(503, envelope(-32001, 'x')), 'busy'],
  ['that the node does not respond', respondWith(504, envelope(-32002, 'x')), 'node_silent'],
  ['as a proxy that its gateway is not reachable', page(502), 'gateway_unreached'],
  ['as a proxy that it is overloaded', page(503), 'gateway_unreached'],
  ['as a proxy that its gateway does not respond', page(504), 'gateway_unreached'],
  ['that it failed', respondWith(500, envelope(-32603, 'x')), 'request_refused'],
  ['that the URL is too long', respondWith(414, envelope(-32600, 'x')), 'request_refused'],
  ['with a truncated body', (_, response) => truncate(response), 'broken_off'],
  ['with an endless body', (_, response) => sendEndless(response), 'too_large'],
])('a server that answers %s', async (_, handler, code) => {
  const { url } = await startGateway({ 'GET /v1/list-methods': handler });
  const found = await findingCodes(url, { rune: RUNE });
  expect(found.gateway).toBe(code);
  const isGateway = code.startsWith('gateway_') && code !== 'gateway_unreached';
  expect(found.node).toBe(isGateway ? 'rune_known' : 'left_out');
});

function truncate(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
  response.write('{');
  setImmediate(() => response.destroy());
}

function sendEndless(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  const more = (): void => {
    while (!response.destroyed && response.write('x'.repeat(65_536)));
  };
  response.on('drain', more);
  more();
}

test.each<[string, string]>([
  ['nothing', ''],
  ['only interim responses', 'HTTP/1.1 102 Processing\r\n\r\n'],
  ['unfinished headers', 'HTTP/1.1 200 OK\r\nA'],
  ['headers without a body', 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n'],
])('a server that sends %s times out', async (_, text) => {
  let count = 0;
  const port = await serveRaw((socket) => {
    // The first request is that of the protocol check.
    socket.once('data', () => void socket.write(count++ === 0 ? 'HTTP/1.1 200 OK\r\n\r\n' : text));
  });
  const found = await runDoctor(`http://127.0.0.1:${port}`, { timeoutMs: 800 });
  expect(found.get('gateway')).toMatchObject({
    code: 'timed_out',
    found: 'no response within 0.8 seconds',
  });
});

test('shows the redirect and the server software', async () => {
  const headers = { location: `https://x/${RUNE}`, server: 'nginx/1.2' };
  const { url } = await startGateway({ 'GET /v1/list-methods': respondWith(301, '', headers) });
  expect((await runDoctor(url)).get('gateway')).toMatchObject({
    code: 'redirected',
    found: 'the server redirects to https://x/(hidden) (status 301)',
    details: ['server software: nginx/1.2'],
  });
});

test('does not count implausible command names', async () => {
  const help = ['getinfo', '\u001b[2J', 'x'.repeat(1_000), '<b>', ''].map((command) => ({
    command,
  }));
  const { url } = await startGateway({
    'GET /v1/list-methods': respondWith(200, JSON.stringify({ help })),
  });
  expect((await runDoctor(url)).get('gateway')?.found).toBe('lists 1 commands');
});
