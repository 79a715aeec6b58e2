import { describe, expect, test } from 'vitest';
import { RUNE } from '@clnrest/testing';
import { FakeNode } from '@clnrest/testing/fake-node';
import { RawClient } from '@clnrest/testing/http-client';
import { testGateway, type TestGateway } from '../testing/gateway.ts';

async function answering(): Promise<TestGateway> {
  const node = await FakeNode.start({ getinfo: (each) => each.result('{"id":"02aa"}') });
  return testGateway({ node });
}

/** Sends raw bytes and returns the whole response. */
async function raw(port: number, text: string): Promise<string> {
  const client = await RawClient.connect(port);
  client.write(text);
  return client.all();
}

const RUNE_LINE = `Rune: ${RUNE}\r\n`;
const POST = `POST /v1/getinfo HTTP/1.1\r\nHost: x\r\n${RUNE_LINE}`;
const CHUNKED = '\r\n2\r\n{}\r\n0\r\n\r\n';

describe('an ambiguous or malformed head', () => {
  const version = 'the version must be HTTP/1.0 or HTTP/1.1';
  const method = 'it does not begin with a known HTTP method';
  const coding = 'the transfer-encoding must be chunked';
  test.each([
    [`POST /v1/getinfo HTTP/2.0\r\nHost: x\r\n${RUNE_LINE}\r\n`, version],
    [`POST /v1/getinfo HTTP/0.9\r\nHost: x\r\n${RUNE_LINE}\r\n`, version],
    [`POST /v1/getinfo HTTP/1.2\r\nHost: x\r\n${RUNE_LINE}\r\n`, version],
    ['GET /v1/list-methods\r\n\r\n', version],
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', version],
    ['FOO /v1/getinfo HTTP/1.1\r\nHost: x\r\n\r\n', method],
    ['get /v1/list-methods HTTP/1.1\r\nHost: x\r\n\r\n', method],
    [`${POST}Transfer-Encoding: gzip, chunked\r\n${CHUNKED}`, coding],
    [`${POST}Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n${CHUNKED}`, coding],
    [`${POST}Transfer-Encoding:\r\n\r\n`, coding],
    [
      `POST /v1/getinfo HTTP/1.0\r\n${RUNE_LINE}Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n${CHUNKED}`,
      'HTTP/1.0 has no transfer-encoding',
    ],
    [
      `${POST}Content-Type: application/json\r\ncontent-type: text/plain\r\nContent-Length: 2\r\n\r\n{}`,
      'there is more than one Content-Type header',
    ],
    [`POST /v1/getinfo HTTP/1.1\r\n${RUNE_LINE}\r\n`, 'the host header is missing'],
    [`${POST}host: y\r\n\r\n`, 'there is more than one Host header'],
  ])('%j is 400, and the end of its connection', async (text, detail) => {
    const { port, node, log } = await answering();
    const answer = await raw(port, text);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toMatch(/\r\nConnection: close\r\n/);
    expect(answer).toContain(
      `\r\n\r\n{"code":-32600,"message":"Malformed HTTP request: ${detail}","error":{`,
    );
    expect(node.calls).toEqual([]);
    expect(log).toHaveLength(1);
  });

  test('chunked is accepted in any spelling', async () => {
    const { port } = await answering();
    const text = `${POST}Transfer-Encoding: Chunked\r\nConnection: close\r\n${CHUNKED}`;
    expect(await raw(port, text)).toMatch(/^HTTP\/1\.1 201 /);
  });
});

describe('HTTP methods', () => {
  test.each(['/v1/getinfo', 'example.com:443'])(
    'CONNECT %s is refused: the server is not a proxy',
    async (target) => {
      const { port, log } = await answering();
      const answer = await raw(port, `CONNECT ${target} HTTP/1.1\r\nHost: x\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 405 /);
      expect(answer).toContain('\r\nAllow: GET, HEAD, POST, OPTIONS\r\n');
      expect(answer).toContain('"CONNECT is not supported: this server is not a proxy"');
      expect(log[0]).toContain('405 not_proxy');
    },
  );
});
