import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import type { FindingCode } from './findings.ts';
import { codes, examined } from './testing/examined.ts';
import { answering, envelope, gateway, LIST, RUNE } from './testing/gateway.ts';
import { serveRaw } from './testing/serve.ts';

const HTML = { 'content-type': 'text/html' };
const page = (status: number) =>
  answering(status, '<html>nginx</html>', { ...HTML, server: 'nginx/1.2' });

test.each<[string, ReturnType<typeof answering>, FindingCode]>([
  ['a list of commands', answering(200, LIST), 'gateway_answers'],
  ['a page that lists them', answering(200, '<p>getinfo</p>', HTML), 'gateway_differs'],
  ['that there is no such path', answering(404, envelope(-32601, 'x')), 'gateway_differs'],
  ['a page', page(200), 'not_gateway'],
  ['another list', answering(200, '{"help":[{"command":"help"}]}'), 'not_gateway'],
  ['no list', answering(200, '[]'), 'not_gateway'],
  ['broken JSON', answering(200, '{"help":['), 'not_gateway'],
  ['that there is no such page', page(404), 'not_gateway'],
  ['to go elsewhere', answering(302, '', { location: 'https://x/' }), 'redirected'],
  ['that it wants to know who asks', page(401), 'guarded'],
  ['that nobody may', page(403), 'guarded'],
  ['that the node is away', answering(502, envelope(-32000, 'x')), 'node_away'],
  ['that it is busy', answering(503, envelope(-32001, 'x')), 'busy'],
  ['that the node is silent', answering(504, envelope(-32002, 'x')), 'node_silent'],
  ['as a proxy that its gateway is away', page(502), 'gateway_unreached'],
  ['as a proxy that it is overloaded', page(503), 'gateway_unreached'],
  ['as a proxy that its gateway is silent', page(504), 'gateway_unreached'],
  ['that it failed', answering(500, envelope(-32603, 'x')), 'request_refused'],
  ['that the URL is too long', answering(414, envelope(-32600, 'x')), 'request_refused'],
  ['less than it promised', (_, response) => cut(response), 'broken_off'],
  ['without an end', (_, response) => endless(response), 'too_large'],
])('a server that answers %s', async (_, answer, code) => {
  const { url } = await gateway({ 'GET /v1/list-methods': answer });
  const found = await codes(url, { rune: RUNE });
  expect(found.gateway).toBe(code);
  const isGateway = code.startsWith('gateway_') && code !== 'gateway_unreached';
  expect(found.node).toBe(isGateway ? 'rune_known' : 'left_out');
});

function cut(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
  response.write('{');
  setImmediate(() => response.destroy());
}

function endless(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  const more = (): void => {
    while (!response.destroyed && response.write('x'.repeat(65_536)));
  };
  response.on('drain', more);
  more();
}

test.each<[string, string]>([
  ['nothing', ''],
  ['interim answers for ever', 'HTTP/1.1 102 Processing\r\n\r\n'],
  ['a head that does not end', 'HTTP/1.1 200 OK\r\nA'],
  ['a body that does not come', 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n'],
])('a server that sends %s has its time', async (_, text) => {
  let asked = 0;
  const port = await serveRaw((socket) => {
    // The protocol is found out before.
    socket.once('data', () => void socket.write(asked++ === 0 ? 'HTTP/1.1 200 OK\r\n\r\n' : text));
  });
  const found = await examined(`http://127.0.0.1:${port}`, { timeoutMs: 800 });
  expect(found.get('gateway')).toMatchObject({
    code: 'timed_out',
    found: 'no answer within 0.8 seconds',
  });
});

test('what a server says of itself is told', async () => {
  const headers = { location: `https://x/${RUNE}`, server: 'nginx/1.2' };
  const { url } = await gateway({ 'GET /v1/list-methods': answering(301, '', headers) });
  expect((await examined(url)).get('gateway')).toMatchObject({
    code: 'redirected',
    found: 'the server sends us to https://x/(hidden) (301)',
    details: ['it calls itself nginx/1.2'],
  });
});

test('names that no command has are not counted', async () => {
  const help = ['getinfo', '\u001b[2J', 'x'.repeat(1_000), '<b>', ''].map((command) => ({
    command,
  }));
  const { url } = await gateway({
    'GET /v1/list-methods': answering(200, JSON.stringify({ help })),
  });
  expect((await examined(url)).get('gateway')?.found).toBe('tells 1 commands of its node');
});
