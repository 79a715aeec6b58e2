import type { RequestListener } from 'node:http';
import { expect, test } from 'vitest';
import { respondWith } from '@clnrest/testing/serve';
import type { FindingCode } from './findings.ts';
import { findingCodes, runDoctor } from './testing/run-doctor.ts';
import { startGateway } from './testing/gateway.ts';

const ORIGIN = 'https://localhost:5500';

const allowing = (origin: string, headers: string, status = 204): RequestListener =>
  respondWith(status, '', {
    'access-control-allow-origin': origin,
    'access-control-allow-headers': headers,
  });

test.each<[string, RequestListener, FindingCode]>([
  ['all origins', allowing('*', 'content-type,rune'), 'origin_allowed'],
  ['the origin', allowing(ORIGIN, 'Rune, Content-Type'), 'origin_allowed'],
  ['another origin', allowing('https://else', 'rune'), 'origin_refused'],
  ['no origin', respondWith(204, '', {}), 'origin_refused'],
  ['the origin without the Rune header', allowing(ORIGIN, 'content-type'), 'origin_refused'],
  ['the origin, with an error status', allowing(ORIGIN, 'rune', 405), 'origin_refused'],
  ['nothing, and closes the connection', (_, response) => void response.destroy(), 'broken_off'],
])('a server that allows %s', async (_, handler, code) => {
  const { url, requests } = await startGateway({ 'OPTIONS /v1/getinfo': handler });
  expect((await findingCodes(url, { origin: ORIGIN })).origin).toBe(code);
  expect(requests.at(-1)).toEqual({ route: 'OPTIONS /v1/getinfo', rune: undefined });
});

test('is not checked without an origin', async () => {
  const { url } = await startGateway();
  expect((await runDoctor(url)).has('origin')).toBe(false);
});
