import { parsePairingLink } from '@clnrest/runes';
import { expect, test } from 'vitest';
import { shareModel } from './share.ts';

const RUNE = 'OSqc7ixY6F-gjcigBfxtzKUI54uzgFSA6YfBQoWGDV89MA==';

test('a rune is shared with a call, a link and a QR code', () => {
  const out = shareModel(
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

test('the call defaults to getinfo', () => {
  const out = shareModel(
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

test('an address with a path has no link, and without an address only the rune is shown', () => {
  const withPath = shareModel(
    RUNE,
    { address: 'https://node.local/behind', isHere: true },
    '',
    undefined,
    true,
  );
  expect(withPath.curl).toContain('https://node.local/behind/v1/getinfo');
  expect(withPath).toMatchObject({ link: undefined, qr: undefined });
  expect(withPath.linkProblem).toContain('a host and a port, and no path');
  const nowhere = shareModel(RUNE, { address: 'no where', isHere: true }, '', undefined, true);
  expect(nowhere).toMatchObject({ rune: RUNE, curl: undefined, link: undefined, isHttps: false });
  expect(nowhere.addressProblem).toContain('Invalid address');
});

test.each(['0.0.0.0:3010', 'https://[::]:3010'])(
  '%s, to which no program connects, has no link',
  (address) => {
    const out = shareModel(RUNE, { address, isHere: false }, '', undefined, true);
    expect(out).toMatchObject({ rune: RUNE, curl: undefined, link: undefined, qr: undefined });
    expect(out.addressProblem).toMatch(
      /^Programs cannot connect to (?:0\.0\.0\.0|\[::\])\. Enter /,
    );
  },
);

test('the certificate authority of a pasted link is kept', () => {
  const ca = '-----BEGIN CERTIFICATE-----\nY2E=\n-----END CERTIFICATE-----';
  const { link = '' } = shareModel(
    RUNE,
    { address: 'https://a:1', ca, isHere: false },
    '',
    undefined,
    false,
  );
  expect(parsePairingLink(link)).toEqual({ url: 'https://a:1', rune: RUNE, ca });
});

test('a rune that is too long for REST or a QR code is reported', () => {
  const long = shareModel(
    'A'.repeat(16_000),
    { address: 'https://node.local:3010', isHere: true },
    '',
    undefined,
    true,
  );
  expect(long.warning).toContain('This rune is too long for REST: it has 16000 characters');
  expect(long.qr).toBe('too long');
});
