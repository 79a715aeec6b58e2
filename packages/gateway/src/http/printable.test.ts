import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printablePath } from './printable.ts';

/** The bytes of a rune: at least as many as these, uniformly distributed. */
const runes = fc.tuple(fc.nat(), fc.nat(60)).map(([seed, more]) => {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  const bytes = Buffer.concat([hash(`${seed}`), hash(`${seed} a`), hash(`${seed} b`)]);
  return bytes.subarray(0, 32 + (more % 64));
});
const written = fc
  .tuple(runes, fc.constantFrom('base64url' as const, 'base64' as const, 'hex' as const))
  .map(([bytes, encoding]) => bytes.toString(encoding));

/** The text between two characters: mostly none. */
const separators = fc.oneof(
  fc.constantFrom('.', '/', '-', '_', '~', ':', ';', ',', '%', '+', '=', '@', "'", '//', '/../'),
  fc.constantFrom('%20', '%2E', '%2f', '%00', '\u00e9', '%c3%a9', ' ', '\t'),
);

const alphanumeric = (text: string): string => text.replaceAll(/[^A-Za-z0-9]/g, '');

describe('the path in the log', () => {
  test('never shows 24 letters and digits of a rune, whatever separates them', () => {
    fc.assert(
      fc.property(
        written,
        fc.constantFrom('', '/', '/v1/', '/v1/pay/', '/v1/some-command/', '/socket.io/', '/v1/a2/'),
        fc.integer({ min: 1, max: 20 }),
        fc.array(separators, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        (rune, prefix, every, between, isEscaped) => {
          const parts = rune.match(new RegExp(`.{1,${every}}`, 'g')) ?? [];
          const escaped = (part: string): string =>
            isEscaped
              ? part.replace(/[A-Za-z0-9]/, (one) => `%${one.charCodeAt(0).toString(16)}`)
              : part;
          const path =
            prefix +
            parts.map((part, i) => escaped(part) + (between[i % between.length] ?? '')).join('');
          // Escaped letters and digits count as the characters they encode.
          const shown = printablePath(path).replaceAll(/%([3-7][0-9a-f])/gi, (_, hex: string) =>
            String.fromCharCode(Number.parseInt(hex, 16)),
          );
          const known = alphanumeric(shown.replaceAll(/%[0-9a-f]{2}/gi, ''));
          const secret = alphanumeric(rune);
          for (let at = 0; at + 24 <= secret.length; at++) {
            const part = secret.slice(at, at + 24);
            if (known.includes(part)) expect(known).not.toContain(part);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test.each([
    '/v1/getinfo',
    '/v1/commando-listrunes',
    '/v1/bkpr-listaccountevents',
    '/v1/bkpr-editdescriptionbypaymentid',
    `/v1/${'a-name-of-forty-chars-'.padEnd(40, 'x')}`,
    '/v1/fetchbip353',
    '/v1/lsps-lsps2-policy-getpolicy',
    '/v1/list_peers',
    '/v1/listFunds',
    '/v1/orders/17',
    '/socket.io/',
    '/pages/swagger-ui-bundle.js',
    '/.well-known/security.txt',
    '/openapi.json',
    '*',
    '',
  ])('shows %s', (path) => {
    expect(printablePath(path)).toBe(path);
  });

  test.each([
    ['/v1/C7BXgV6n.Eq_W2VLx.vn5OQ21N.Ic1xrRE1.v2538JLC.Y9NTA', '/v1/(hidden)'],
    ['/v1/C7BX/gV6n/Eq_W/2VLx/vn5O', '/v1/(hidden)'],
    ['/v1/pay/C7BXgV6n.Eq_W2VLx.vn5OQ21N', '/v1/pay/(hidden)'],
    ['/v1/orders/C.7.B.X.g.V.6.n.E.q.W.2.V.L.x', '/v1/orders/(hidden)'],
    [`/v1/${'a'.repeat(41)}`, '/v1/(hidden)'],
    [`/${'a/'.repeat(400)}`, `/${'a/'.repeat(149)}a...`],
    ['/v1/users/3fa85f64-5717-4562-b3fc-2c963f66afa6', '/v1/users/(hidden)'],
    ['/%43%37%42%58%67%56%36%6e%45%71', '/(hidden)'],
  ])('hides what may be of a rune: %s', (path, shown) => {
    expect(printablePath(path)).toBe(shown);
  });
});
