import type { IncomingMessage } from 'node:http';
import { RUNE } from '@clnrest/testing';
import { ask, RawClient } from '@clnrest/testing/http-client';
import { expect, test } from 'vitest';
import { TrustedProxies } from '../options/trusted-proxies.ts';
import { testGateway } from '../testing/gateway.ts';
import { RefusalLog } from './refusal-log.ts';
import { Refusal } from '../refusals.ts';
import { RequestIds } from './request-ids.ts';

const request = (id: string | undefined, remoteAddress = '127.0.0.1') =>
  ({
    headers: { 'x-request-id': id },
    socket: { remoteAddress },
    method: 'GET',
    url: '/x',
  }) as unknown as IncomingMessage;

test('every response has an id of its own: results, refusals, pages and malformed input', async () => {
  const { url, port } = await testGateway();
  const ids = [
    await ask(`${url}/v1/getinfo`, { method: 'POST', headers: { Rune: RUNE } }),
    await ask(`${url}/v1/getinfo`, { method: 'POST' }),
    await ask(`${url}/`),
    await ask(`${url}/none`, { method: 'OPTIONS' }),
  ].map(({ headers }) => String(headers['x-request-id']));
  const raw = await RawClient.connect(port);
  raw.write('nonsense\r\n\r\n');
  ids.push(/\r\nX-Request-Id: (.*)\r\n/.exec(await raw.all())?.[1] ?? '');
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{6}-[0-9a-z]+$/);
  expect(new Set(ids).size).toBe(ids.length);
});

test('only a trusted proxy can set the id of a request', () => {
  const ids = new RequestIds(TrustedProxies.of(['loopback']));
  expect(ids.of(request('a.B-1_2'))).toBe('a.B-1_2');
  for (const invalid of ['', 'a b', 'a'.repeat(65), 'ä', 'a\n']) {
    expect(ids.of(request(invalid))).toMatch(/^[0-9a-f]{6}-/);
  }
  expect(ids.of(request('mine', '192.0.2.1'))).toMatch(/^[0-9a-f]{6}-/);
  const same = request(undefined);
  expect(ids.of(same)).toBe(ids.of(same));
});

test('log lines about a request end with its id', () => {
  const requestIds = new RequestIds(TrustedProxies.of(['loopback']));
  const lines: string[] = [];
  const log = new RefusalLog((_level, message) => lines.push(message), { requestIds });
  log.refused(Refusal.of('path_not_found'), request('abc'));
  log.refused(Refusal.of('busy'), undefined);
  expect(lines[0]).toMatch(/^127\.0\.0\.1 GET \/x: 404 path_not_found\..* \(request abc\)$/);
  expect(lines[1]).not.toContain('(request');
});
