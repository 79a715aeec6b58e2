import { parsePairingLink } from '@clnrest/runes';
import { expect, test } from 'vitest';
import { handOutOf } from './hand-out.ts';

const RUNE = 'OSqc7ixY6F-gjcigBfxtzKUI54uzgFSA6YfBQoWGDV89MA==';

test('a rune is handed out with a call, a link and a code', () => {
  const out = handOutOf(
    RUNE,
    { address: 'node.local:3010', isHere: true },
    'pay',
    '{"bolt11":"x"}',
    true,
  );
  expect(out).toMatchObject({ rune: RUNE, warning: undefined, addressProblem: undefined });
  expect(out.link).toBe(`clnrest+https://node.local:3010?rune=${RUNE}`);
  expect(out.curl).toContain('/v1/pay');
  expect(out.curl).toContain('--data \'{"bolt11":"x"}\'');
  expect(out.qr).toHaveProperty('density', 'plain');
});

test('the call is one that needs no parameters, if none was asked about', () => {
  const out = handOutOf(
    RUNE,
    { address: 'https://node.local:3010', isHere: true },
    '',
    '{"bolt11":"x"}',
    false,
  );
  expect(out.curl).toContain('/v1/getinfo');
  expect(out.curl).not.toContain('--data');
  expect(out.qr).toBeUndefined();
});

test('behind a path there is no link, and without an address nothing but the rune', () => {
  const behind = handOutOf(
    RUNE,
    { address: 'https://node.local/behind', isHere: true },
    '',
    undefined,
    true,
  );
  expect(behind.curl).toContain('https://node.local/behind/v1/getinfo');
  expect(behind).toMatchObject({ link: undefined, qr: undefined });
  expect(behind.linkProblem).toContain('a host and a port, and no path');
  const nowhere = handOutOf(RUNE, { address: 'no where', isHere: true }, '', undefined, true);
  expect(nowhere).toMatchObject({ rune: RUNE, curl: undefined, link: undefined, isHttps: false });
  expect(nowhere.addressProblem).toContain('This is no address');
});

test('a link that brought a certificate authority brings it on', () => {
  const ca = '-----BEGIN CERTIFICATE-----\nY2E=\n-----END CERTIFICATE-----';
  const { link = '' } = handOutOf(
    RUNE,
    { address: 'https://a:1', ca, isHere: false },
    '',
    undefined,
    false,
  );
  expect(parsePairingLink(link)).toEqual({ url: 'https://a:1', rune: RUNE, ca });
});

test('what is too long for REST or for a code is told', () => {
  const long = handOutOf(
    'A'.repeat(16_000),
    { address: 'https://node.local:3010', isHere: true },
    '',
    undefined,
    true,
  );
  expect(long.warning).toContain('With 16000 characters this rune is too long for REST');
  expect(long.qr).toBe('too long');
});
