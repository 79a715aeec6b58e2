import { Rune } from '@clnrest/runes';
import { expect, test } from 'vitest';
import type { FindingCode } from './findings.ts';
import { codes, examined } from './testing/examined.ts';
import { answering, envelope, gateway, RUNE } from './testing/gateway.ts';

const refusing = (code: number, message: string, status = 401) =>
  answering(status, envelope(code, message));

test.each<[string, ReturnType<typeof answering>, FindingCode]>([
  ['yes', refusing(1502, 'Not permitted: method is not equal to clnrest-doctor'), 'rune_known'],
  ['not for this', refusing(1502, 'Not permitted: method is not equal to invoice'), 'rune_known'],
  ['not yet', refusing(1502, 'Not permitted: too soon'), 'rune_too_soon'],
  ['of another node', refusing(1501, 'Not authorized: Not derived from master'), 'rune_foreign'],
  ['of a version', refusing(1501, 'Not authorized: Version mismatch'), 'rune_of_other_version'],
  ['taken back', refusing(1503, 'Not authorized: Blacklisted rune'), 'rune_blacklisted'],
  ['unreadable', refusing(-32602, 'rune: should be base64 string'), 'rune_malformed'],
  ['not there', refusing(1501, 'Not authorized: Missing rune', 403), 'rune_lost'],
  ['never asked for', answering(201, '{"id":"02aa"}'), 'rune_ignored'],
  ['not to be judged', refusing(-32000, 'The node cannot check runes', 502), 'node_away'],
  ['stopped by a proxy', answering(401, 'x', { 'content-type': 'text/html' }), 'guarded'],
])('a rune that the node says is %s', async (_, answer, code) => {
  const { url } = await gateway({ 'POST /v1/getinfo': answer });
  const found = await codes(url, { rune: RUNE });
  expect(found.node).toBe(code);
  const isTaken = code === 'rune_known' || code === 'rune_too_soon';
  expect(found.events).toBe(isTaken ? 'listening' : 'left_out');
});

test('what is asked with allows nothing, and the rune itself is kept until it is known', async () => {
  const { url, asked } = await gateway({ 'POST /v1/getinfo': refusing(1501, 'Not authorized: x') });
  await codes(url, { rune: RUNE });
  const shown = asked.flatMap(({ rune }) => (rune === undefined ? [] : [rune]));
  expect(shown).toHaveLength(1);
  expect(Rune.fromBase64(shown[0] ?? '').encodedRestrictions()).toEqual([
    '=0',
    'method=clnrest-doctor',
  ]);
});

test('a server that says the rune back is not listened to', async () => {
  const { url } = await gateway({
    'POST /v1/getinfo': (request, response) => {
      refusing(1502, `Not permitted: ${RUNE} ${String(request.headers['rune'])} \u001b[31m`)(
        request,
        response,
      );
    },
  });
  const found = (await examined(url, { rune: RUNE })).get('node');
  expect(found?.code).toBe('rune_known');
  expect(found?.found).toContain('(hidden)');
  expect(found?.found).not.toContain(RUNE.slice(0, 20));
});

test('a rune with a restriction that nothing satisfies is not asked about', async () => {
  const rune = Rune.fromBase64(RUNE).toString();
  const { url, asked } = await gateway();
  const never = Rune.fromString(`${rune}&`).toBase64();
  expect(await codes(url, { rune: never })).toMatchObject({
    rune: 'rune_useless',
    node: 'left_out',
  });
  expect(asked.some((one) => one.rune !== undefined)).toBe(false);
});
