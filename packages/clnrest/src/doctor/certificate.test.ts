import { rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { AuthoritySource } from './authority.ts';
import { authority, certify, type CertificateWish, type Made } from './testing/certificates.ts';
import { codes, examined } from './testing/examined.ts';
import { gateway, RUNE } from './testing/gateway.ts';

const given = (...made: readonly Made[]): AuthoritySource => ({
  kind: 'link',
  pem: made.map(({ cert }) => cert).join(''),
});

const WELL = {
  authority: 'authority_read',
  signature: 'signature_trusted',
  host: 'host_named',
  dates: 'dates_valid',
};

/** What is found out about the certificate, and whether the rune was shown. */
async function looked(url: string, source: AuthoritySource) {
  const all = await codes(url, { authority: source, rune: RUNE });
  const { authority: read, signature, host, dates, node } = all;
  return { authority: read, signature, host, dates, node };
}

test.each<[string, CertificateWish, object]>([
  ['good', {}, {}],
  ['over', { from: -10, until: -1 }, { dates: 'dates_over' }],
  ['not valid yet', { from: 1, until: 9 }, { dates: 'dates_not_begun' }],
  ['over soon', { until: 29 }, { dates: 'dates_ending' }],
  ["another host's", { names: [{ type: 'dns', value: 'cln' }] }, { host: 'host_not_named' }],
  ['for clients', { purpose: 'clientAuth' }, { signature: 'purpose_wrong' }],
  [
    'wrong in more than one way',
    { from: -10, until: -1, names: [{ type: 'dns', value: 'cln' }] },
    { host: 'host_not_named', dates: 'dates_over' },
  ],
])('a certificate that is %s', async (what, wish, other) => {
  const ca = await authority();
  const { url, asked } = await gateway({}, await certify(wish, ca));
  const isGood = what === 'good' || what === 'over soon';
  const node = isGood ? 'rune_known' : 'left_out';
  expect(await looked(url, given(ca))).toEqual({ ...WELL, node, ...other });
  expect(asked.some(({ rune }) => rune !== undefined)).toBe(isGood);
});

test('the names that it has are told, and which of them leads here', async () => {
  const ca = await authority();
  const names = [
    { type: 'dns' as const, value: 'cln' },
    { type: 'dns' as const, value: 'localhost' },
    { type: 'ip' as const, value: '::1' },
    { type: 'ip' as const, value: '192.168.1.7' },
  ];
  const { url } = await gateway({}, await certify({ names }, ca));
  const finding = (await examined(url, { authority: given(ca) })).get('host');
  expect(finding?.found).toBe('names cln, localhost, ::1, 192.168.1.7, and not 127.0.0.1');
  expect(finding?.remedy).toContain(`write ${url.replace('127.0.0.1', 'localhost')};`);
  expect(finding?.remedy).toContain('rest-host=127.0.0.1');
});

test('a certificate of very many names, with what commands terminals, is cut short', async () => {
  const ca = await authority({ name: '\u001b[2Jevil\u202e' });
  const names = Array.from({ length: 60 }, (_, i) => ({
    type: 'dns' as const,
    value: `n${i}.${'x'.repeat(200)}`,
  }));
  const { url } = await gateway({}, await certify({ names }, ca));
  const finding = (await examined(url, { authority: given(ca) })).get('host');
  expect(finding?.found).toContain('and 48 more');
  expect(finding?.found.length).toBeLessThan(1_500);
});

describe('who signed it', () => {
  test.each<[string, () => Promise<[Made, AuthoritySource]>, string]>([
    [
      'an authority of the same name, made anew',
      async () => [await certify({}, await authority()), given(await authority())],
      'authority_replaced',
    ],
    [
      'another authority',
      async () => [await certify({}, await authority({ name: 'other' })), given(await authority())],
      'authority_unknown',
    ],
    [
      'an authority, where none was given',
      async () => [await certify({}, await authority()), { kind: 'system' }],
      'authority_unknown',
    ],
    ['itself', async () => [await certify(), given(await authority())], 'self_signed'],
    [
      'itself, where none was given',
      async () => [await certify(), { kind: 'system' }],
      'self_signed',
    ],
  ])('%s', async (_, make, code) => {
    const [served, source] = await make();
    const { url, asked } = await gateway({}, served);
    const found = await looked(url, source);
    expect([found.signature, found.host, found.node]).toEqual([code, 'host_named', 'left_out']);
    expect(asked.map(({ rune }) => rune).filter(Boolean)).toEqual([]);
    expect(asked.map(({ what }) => what)).toContain('GET /v1/list-methods');
  });

  test('itself, and it is the one that is trusted', async () => {
    const served = await certify();
    const { url } = await gateway({}, served);
    expect(await looked(url, given(served))).toEqual({ ...WELL, node: 'rune_known' });
  });

  test('an authority below the one that is trusted, and it is sent along or not', async () => {
    const root = await authority();
    const middle = await authority({ name: 'middle' }, root);
    const { cert, key } = await certify({}, middle);
    const whole = await gateway({}, { cert: cert + middle.cert, key });
    expect(await looked(whole.url, given(root))).toEqual({ ...WELL, node: 'rune_known' });
    const alone = await gateway({}, { cert, key });
    expect((await looked(alone.url, given(root))).signature).toBe('authority_unknown');
    const old = await authority({ name: 'middle', from: -9, until: -1 }, root);
    const below = await certify({}, old);
    const over = await gateway({}, { cert: below.cert + old.cert, key: below.key });
    expect(await looked(over.url, given(root))).toEqual({
      ...WELL,
      dates: 'dates_over',
      node: 'left_out',
    });
  });
});

describe('the file of the authority', () => {
  async function directory(): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), 'clnrest-doctor-'));
    onTestFinished(() => rmSync(path, { recursive: true }));
    return path;
  }

  test.each<[string, (ca: Made, leaf: Made) => string | undefined, string, string]>([
    ['is missing', () => undefined, 'authority_missing', 'left_out'],
    ['is empty', () => '', 'authority_malformed', 'left_out'],
    ['is a key', ({ key }) => key, 'authority_malformed', 'left_out'],
    ['is cut', ({ cert }) => cert.slice(0, 200), 'authority_malformed', 'left_out'],
    ['is rubbish', ({ cert }) => cert.replaceAll(/[a-z]/g, '!'), 'authority_malformed', 'left_out'],
    ["is the server's", (_, { cert }) => cert, 'authority_is_none', 'left_out'],
    ['holds a key, too', ({ cert, key }) => cert + key, 'authority_with_key', 'signature_trusted'],
    [
      'holds others, too',
      ({ cert }, leaf) => leaf.cert + cert,
      'authority_read',
      'signature_trusted',
    ],
  ])('%s', async (_, text, code, signature) => {
    const ca = await authority();
    const leaf = await certify({}, ca);
    const path = join(await directory(), 'ca.pem');
    const content = text(ca, leaf);
    if (content !== undefined) writeFileSync(path, content);
    const { url, asked } = await gateway({}, leaf);
    const found = await looked(url, { kind: 'file', path });
    expect([found.authority, found.signature]).toEqual([code, signature]);
    expect(asked.some(({ rune }) => rune !== undefined)).toBe(signature === 'signature_trusted');
  });

  test('is a directory', async () => {
    const { url } = await gateway({}, await certify());
    const source: AuthoritySource = { kind: 'file', path: await directory() };
    const found = (await examined(url, { authority: source })).get('authority');
    expect(found).toMatchObject({
      code: 'authority_unreadable',
      remedy: 'name the file in it: ca.pem',
    });
  });

  test('has no end', async () => {
    const { url } = await gateway({}, await certify());
    const authority: AuthoritySource = { kind: 'file', path: '/dev/zero' };
    const found = (await examined(url, { authority })).get('authority');
    expect(found?.code).toBe('authority_unreadable');
  });

  test('is looked at where there is no server, too', async () => {
    const authority: AuthoritySource = { kind: 'file', path: '/nowhere/ca.pem' };
    expect(await codes('https://127.0.0.1:1', { authority })).toMatchObject({
      port: 'port_refused',
      authority: 'authority_missing',
      signature: 'left_out',
    });
  });

  test('is of an authority that is over, or not valid yet', async () => {
    for (const wish of [
      { from: -10, until: -1 },
      { from: 1, until: 9 },
    ]) {
      const ca = await authority(wish);
      const { url } = await gateway({}, await certify({}, ca));
      const found = await looked(url, given(ca));
      expect(found).toMatchObject({ authority: 'authority_over', node: 'left_out' });
    }
  });
});
