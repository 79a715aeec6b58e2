import type { RequestListener } from 'node:http';
import { expect, test } from 'vitest';
import type { FindingCode } from './findings.ts';
import { codes, examined } from './testing/examined.ts';
import { answering, gateway } from './testing/gateway.ts';

const ORIGIN = 'https://localhost:5500';

const allowing = (origin: string, headers: string, status = 204): RequestListener =>
  answering(status, '', {
    'access-control-allow-origin': origin,
    'access-control-allow-headers': headers,
  });

test.each<[string, RequestListener, FindingCode]>([
  ['all', allowing('*', 'content-type,rune'), 'origin_allowed'],
  ['that one', allowing(ORIGIN, 'Rune, Content-Type'), 'origin_allowed'],
  ['another', allowing('https://else', 'rune'), 'origin_refused'],
  ['none', answering(204, '', {}), 'origin_refused'],
  ['that one without a rune', allowing(ORIGIN, 'content-type'), 'origin_refused'],
  ['that one, and answers with an error', allowing(ORIGIN, 'rune', 405), 'origin_refused'],
  ['nobody who waits', (_, response) => void response.destroy(), 'broken_off'],
])('a server that allows %s', async (_, answer, code) => {
  const { url, asked } = await gateway({ 'OPTIONS /v1/getinfo': answer });
  expect((await codes(url, { origin: ORIGIN })).origin).toBe(code);
  expect(asked.at(-1)).toEqual({ what: 'OPTIONS /v1/getinfo', rune: undefined });
});

test('nobody is asked about pages unless somebody wants to know', async () => {
  const { url } = await gateway();
  expect((await examined(url)).has('origin')).toBe(false);
});
