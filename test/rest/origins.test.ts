import { expect, test } from 'vitest';
import { ask } from '../support/http.ts';
import { useNode } from '../support/use-node.ts';

// The manual's own example.
const PORTS = '([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])';
const node = useNode(
  '--rest-protocol=http',
  '--rest-cors-origins=https://localhost:5500',
  '--rest-cors-origins=http://192.168.1.50:3030',
  `--rest-cors-origins=https?://127.0.0.1:${PORTS}`,
  "--rest-csp=default-src 'self'; font-src 'self'; img-src 'self'; frame-src 'self'; style-src 'self'; script-src 'self';",
);

test.each([
  ['https://localhost:5500', true],
  ['http://192.168.1.50:3030', true],
  ['http://127.0.0.1:8080', true],
  ['https://127.0.0.1:65535', true],
  ['https://127.0.0.1:65536', false],
  ['https://127.0.0.1:80.evil.example', false],
  ['https://evil.example/https://127.0.0.1:80', false],
  ['https://localhost:5501', false],
  ['http://localhost:5500', false],
  ['null', false],
])('%s: %s', async (origin, allowed) => {
  const preflight = await ask(node(), '/v1/getinfo', {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST' },
  });
  const plain = await ask(node(), '/v1/list-methods', { method: 'GET', headers: { origin } });
  for (const { headers } of [preflight, plain]) {
    expect(headers['access-control-allow-origin']).toBe(allowed ? origin : undefined);
    expect(headers['vary']?.toLowerCase()).toContain('origin');
    expect(headers['content-security-policy']).toContain("img-src 'self'; frame-src");
  }
});
