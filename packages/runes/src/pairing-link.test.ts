import { base64 } from '@scure/base';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesFromText, encodePairingLink, parsePairingLink, RuneSyntaxError } from './index.ts';

const RUNE = 'OSqc7ixY6F-gjcigBfxtzKUI54uzgFSA6YfBQoWGDV89MA==';
const NODE = 'https://node.local:3010';

const pem = (name: string, kind = 'CERTIFICATE'): string =>
  `-----BEGIN ${kind}-----\n${name}\n-----END ${kind}-----`;
const certs = (text: string): string => encodeURIComponent(base64.encode(bytesFromText(text)));
const read = (link: string) => parsePairingLink(link);

describe('encodePairingLink', () => {
  test.each([
    [NODE, `clnrest+https://node.local:3010?rune=${RUNE}`],
    [`${NODE}/`, `clnrest+https://node.local:3010?rune=${RUNE}`],
    ['http://127.0.0.1:3010', `clnrest+http://127.0.0.1:3010?rune=${RUNE}`],
    ['https://[2001:db8::1]:3010', `clnrest+https://[2001:db8::1]:3010?rune=${RUNE}`],
    ['https://node.example', `clnrest+https://node.example:443?rune=${RUNE}`],
    ['http://node.example', `clnrest+http://node.example:80?rune=${RUNE}`],
    ['HTTPS://Nöde.example:1', `clnrest+https://xn--nde-sna.example:1?rune=${RUNE}`],
  ])('to %s', (url, link) => {
    expect(encodePairingLink({ url, rune: RUNE })).toBe(link);
    expect(encodePairingLink({ url: new URL(url), rune: RUNE })).toBe(link);
  });

  test('adds only the certificate authority from its file', () => {
    const ca = `${pem('Y2E=')}\n${pem('a2V5', 'PRIVATE KEY')}\n`;
    const link = encodePairingLink({ url: NODE, rune: RUNE, ca });
    const written = /&certs=(.*)$/.exec(link)?.[1] ?? '';
    expect(Buffer.from(decodeURIComponent(written), 'base64').toString()).toBe(
      `ca_cert: ${pem('Y2E=')}\n`,
    );
    expect(read(link).ca).toBe(pem('Y2E='));
  });

  test('escapes characters of the rune that have a meaning in URLs', () => {
    const rune = 'a&certs=x?#%/';
    expect(read(encodePairingLink({ url: NODE, rune }))).toEqual({
      url: NODE,
      rune,
      ca: undefined,
    });
  });

  test.each([
    { url: 'https://node.local:3010/behind', rune: RUNE },
    { url: 'https://node.local:3010?x=1', rune: RUNE },
    { url: 'https://node.local:3010#x', rune: RUNE },
    { url: 'https://user:pw@node.local:3010', rune: RUNE },
    { url: 'ftp://node.local:3010', rune: RUNE },
    { url: 'node.local', rune: RUNE },
    { url: '', rune: RUNE },
    { url: NODE, rune: '' },
    { url: NODE, rune: 'two words' },
    { url: NODE, rune: RUNE, ca: 'no certificate' },
    { url: NODE, rune: RUNE, ca: pem('a2V5', 'PRIVATE KEY') },
  ])('rejects $url, $rune, $ca', (link) => {
    expect(() => encodePairingLink(link)).toThrow(RuneSyntaxError);
  });
});

describe('parsePairingLink reads a link', () => {
  test.each([
    ['in the current form', `clnrest+https://node.local:3010?rune=${RUNE}`],
    ['percent-encoded', `clnrest+https://node.local:3010?rune=${encodeURIComponent(RUNE)}`],
    ['with space around it', ` clnrest+https://node.local:3010?rune=${RUNE}\n`],
    ['in capitals', `CLNREST+HTTPS://NODE.LOCAL:3010?rune=${RUNE}`],
    ['with a slash', `clnrest+https://node.local:3010/?rune=${RUNE}`],
    [
      'with other parameters',
      `clnrest+https://node.local:3010?&name=x&rune=${RUNE}&protocol=http#x`,
    ],
    ["in cln-application's first form", `clnrest://https://node.local:3010?rune=${RUNE}`],
    ['without a protocol', `clnrest://node.local:3010?rune=${RUNE}`],
  ])('%s', (_how, link) => {
    expect(read(link)).toEqual({ url: NODE, rune: RUNE, ca: undefined });
  });

  test.each([
    [`clnrest+http://x.onion:3010?rune=${RUNE}`, 'http://x.onion:3010'],
    [`clnrest://http://x.onion:3010?rune=${RUNE}`, 'http://x.onion:3010'],
    [`clnrest+https://[::1]:3010?rune=${RUNE}`, 'https://[::1]:3010'],
    [`clnrest+https://node.example:443?rune=${RUNE}`, 'https://node.example'],
    [`clnrest+https://node.example:1/behind/?rune=${RUNE}`, 'https://node.example:1/behind'],
  ])('%s leads to %s', (link, url) => {
    expect(read(link).url).toBe(url);
  });

  test.each([
    [
      "cln-application's",
      `client_key: ${pem('a2V5', 'PRIVATE KEY')}\nclient_cert: ${pem('Y2xpZW50')}\nca_cert: ${pem('Y2E=')}`,
    ],
    ['without labels', pem('a2V5', 'PRIVATE KEY') + pem('Y2xpZW50') + pem('Y2E=')],
    ['of the authority only', pem('Y2E=')],
  ])('with certificates %s', (_how, text) => {
    const link = `clnrest+https://node.local:3010?rune=${RUNE}&certs=${certs(text)}`;
    expect(read(link).ca).toBe(pem('Y2E='));
    const bare = base64.encode(bytesFromText(text));
    for (const spelt of [bare, bare.replace(/=+$/, ''), bare.replace(/.{64}/g, '$&%0A')]) {
      expect(read(`clnrest+https://node.local:3010?certs=${spelt}&rune=${RUNE}`).ca).toBe(
        pem('Y2E='),
      );
    }
  });

  test.each([
    `client_key: \nclient_cert: ${pem('Y2xpZW50')}\nca_cert: `,
    '-----BEGIN CERTIFICATE-----',
    '-----END CERTIFICATE----------BEGIN CERTIFICATE-----',
    '-----BEGIN PRIVATE KEY--',
    '',
    '\xff\0',
  ])('without an authority in %j', (text) => {
    expect(
      read(`clnrest+https://node.local:3010?rune=${RUNE}&certs=${certs(text)}`).ca,
    ).toBeUndefined();
  });

  test.each([
    '',
    'clnrest',
    'clnrest+https://',
    'clnrest+https://node.local:3010',
    'clnrest+https://node.local:3010?rune=',
    'clnrest+https://node.local:3010?rune=%20',
    'clnrest+https://node.local:3010?rune=%zz',
    'clnrest+https://node.local:3010?rune=a%0d%0ab',
    'clnrest+https://node.local:3010?Rune=a',
    'clnrest+https://node.local:3010?rune=a&rune=b',
    'clnrest+https://node.local:3010?rune=a&certs=*',
    'clnrest+https://node.local?rune=a',
    'clnrest+https://node.local:?rune=a',
    'clnrest+https://node.local:65536?rune=a',
    'clnrest+https://:3010?rune=a',
    'clnrest+https://?rune=a',
    'clnrest+https://user@node.local:3010?rune=a',
    'clnrest+https://http://x.onion:3010?rune=a',
    'clnrest+ftp://node.local:3010?rune=a',
    'clnrest+https:node.local:3010?rune=a',
    'https://node.local:3010?rune=a',
    'lnlink:02aa@node.local:9735?token=a',
    `x clnrest+https://node.local:3010?rune=a`,
  ])('but rejects %j', (link) => {
    expect(() => read(link)).toThrow(expect.objectContaining({ code: 'bad_link' }));
  });

  test('without quoting it in errors', () => {
    const secret = 'c2VjcmV0';
    for (const link of [
      `clnrest+https://x?rune=${secret}`,
      `clnrest+https://a:1?rune=%${secret}`,
    ]) {
      expect(() => read(link)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining(secret) }),
      );
    }
  });
});

test('a link survives a round trip', () => {
  const letters = fc.string({ unit: fc.constantFrom(...'aZ09-_=+&%?#/~!'), minLength: 1 });
  fc.assert(
    fc.property(letters, fc.webAuthority(), fc.boolean(), (rune, authority, secure) => {
      const { origin } = new URL(`${secure ? 'https' : 'http'}://${authority}`);
      const link = encodePairingLink({ url: origin, rune });
      expect(read(link)).toEqual({ url: origin, rune, ca: undefined });
    }),
  );
});

test('any text is parsed or rejected in linear time', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      for (const link of [text, `clnrest+https://${text}`, `clnrest+http://a:1?rune=a&${text}`]) {
        try {
          read(link);
        } catch (error) {
          expect(error).toBeInstanceOf(RuneSyntaxError);
        }
      }
    }),
  );
  for (const text of ['=', '1:', '-----BEGIN CERTIFICATE-----', 'ca_cert:', '%0A', '&certs=']) {
    const long = text.repeat(200_000);
    expect(() => read(`clnrest+https://${long}`)).toThrow(RuneSyntaxError);
    try {
      read(`clnrest+https://a:1?rune=a&certs=${base64.encode(bytesFromText(long))}`);
    } catch (error) {
      expect(error).toBeInstanceOf(RuneSyntaxError);
    }
  }
});
