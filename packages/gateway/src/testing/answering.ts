import { expect } from 'vitest';
import { FakeNode } from '@clnrest/testing/fake-node';
import { RawClient } from '@clnrest/testing/http-client';
import { OPTIONS } from '../options/declarations.ts';
import { testGateway, type TestGateway, type TestOptions } from './gateway.ts';

/** Starts a gateway on a node with the commands `getinfo` and `help`. */
export async function answering(options: TestOptions = {}): Promise<TestGateway> {
  const node = await FakeNode.start({
    getinfo: (call) => call.result('{"id":"02aa"}'),
    help: (call) => call.result('{"help":[{"command":"getinfo "}]}'),
  });
  return testGateway({ node, ...options });
}

/** Sends raw bytes. Resolves with the whole response when the server has closed the connection. */
export async function raw(port: number, text: string): Promise<string> {
  const client = await RawClient.connect(port);
  client.write(text);
  return client.all();
}

/** Expects the headers that every response has. */
export function expectBaseHeaders(text: string): void {
  expect(text).toContain(`Content-Security-Policy: ${OPTIONS.csp.default}\r\n`);
  expect(text).toContain('X-Content-Type-Options: nosniff\r\n');
  expect(text).toMatch(/\r\n\{"code":-?\d+,"message":.*"error":\{.*\}\}$/);
}

/** The head of a call, without the empty line at its end. */
export const POST =
  'POST /v1/getinfo HTTP/1.1\r\nHost: x\r\nRune: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA9MA==\r\n';
export const CLOSE = 'Connection: close\r\n';
