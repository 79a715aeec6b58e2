import { Rune } from '@clnrest/runes';
import { expect, test } from 'vitest';
import { envelope, respondWith } from '@clnrest/testing/serve';
import type { FindingCode } from './findings.ts';
import { findingCodes, runDoctor } from './testing/run-doctor.ts';
import { RUNE, startGateway } from './testing/gateway.ts';

const refuseWith = (code: number, message: string, status = 401) =>
  respondWith(status, envelope(code, message));

test.each<[string, ReturnType<typeof respondWith>, FindingCode]>([
  [
    'allowed',
    refuseWith(1502, 'Not permitted: method is not equal to clnrest-doctor'),
    'rune_known',
  ],
  [
    'allowed, but not for getinfo',
    refuseWith(1502, 'Not permitted: method is not equal to invoice'),
    'rune_known',
  ],
  ['used too soon', refuseWith(1502, 'Not permitted: too soon'), 'rune_too_soon'],
  [
    'from another node',
    refuseWith(1501, 'Not authorized: Not derived from master'),
    'rune_foreign',
  ],
  [
    'of another version',
    refuseWith(1501, 'Not authorized: Version mismatch'),
    'rune_of_other_version',
  ],
  ['blacklisted', refuseWith(1503, 'Not authorized: Blacklisted rune'), 'rune_blacklisted'],
  ['malformed', refuseWith(-32602, 'rune: should be base64 string'), 'rune_malformed'],
  ['missing', refuseWith(1501, 'Not authorized: Missing rune', 403), 'rune_lost'],
  ['not required', respondWith(201, '{"id":"02aa"}'), 'rune_ignored'],
  ['impossible to check', refuseWith(-32000, 'The node cannot check runes', 502), 'node_away'],
  ['rejected by a proxy', respondWith(401, 'x', { 'content-type': 'text/html' }), 'guarded'],
])('a rune that is %s', async (_, handler, code) => {
  const { url } = await startGateway({ 'POST /v1/getinfo': handler });
  const found = await findingCodes(url, { rune: RUNE });
  expect(found.node).toBe(code);
  const isAccepted = code === 'rune_known' || code === 'rune_too_soon';
  expect(found.events).toBe(isAccepted ? 'listening' : 'left_out');
});

test('sends a dry run, and withholds the rune itself until the node accepts it', async () => {
  const { url, requests } = await startGateway({
    'POST /v1/getinfo': refuseWith(1501, 'Not authorized: x'),
  });
  await findingCodes(url, { rune: RUNE });
  const sent = requests.flatMap(({ rune }) => (rune === undefined ? [] : [rune]));
  expect(sent).toHaveLength(1);
  expect(Rune.fromBase64(sent[0] ?? '').encodedRestrictions()).toEqual([
    '=0',
    'method=clnrest-doctor',
  ]);
});

test('hides runes that the server repeats', async () => {
  const { url } = await startGateway({
    'POST /v1/getinfo': (request, response) => {
      refuseWith(1502, `Not permitted: ${RUNE} ${String(request.headers['rune'])} \u001b[31m`)(
        request,
        response,
      );
    },
  });
  const found = (await runDoctor(url, { rune: RUNE })).get('node');
  expect(found?.code).toBe('rune_known');
  expect(found?.found).toContain('(hidden)');
  expect(found?.found).not.toContain(RUNE.slice(0, 20));
});

test('does not send a rune that nothing satisfies', async () => {
  const rune = Rune.fromBase64(RUNE).toString();
  const { url, requests } = await startGateway();
  const never = Rune.fromString(`${rune}&`).toBase64();
  expect(await findingCodes(url, { rune: never })).toMatchObject({
    rune: 'rune_useless',
    node: 'left_out',
  });
  expect(requests.some((one) => one.rune !== undefined)).toBe(false);
});
