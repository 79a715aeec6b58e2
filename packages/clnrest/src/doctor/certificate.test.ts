import { rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { AuthoritySource } from '../call/connection.ts';
import {
  type CertificateOptions,
  issueAuthority,
  issueCertificate,
  type IssuedCertificate,
} from './testing/certificates.ts';
import { findingCodes, runDoctor } from './testing/run-doctor.ts';
import { startGateway, RUNE } from './testing/gateway.ts';

const given = (...certificates: readonly IssuedCertificate[]): AuthoritySource => ({
  kind: 'link',
  pem: certificates.map(({ cert }) => cert).join(''),
});

const HEALTHY = {
  authority: 'authority_read',
  signature: 'signature_trusted',
  host: 'host_named',
  dates: 'dates_valid',
};

/** Returns the findings about the certificate, and the one that says whether the rune was sent. */
async function certificateFindings(url: string, source: AuthoritySource) {
  const all = await findingCodes(url, { authority: source, rune: RUNE });
  const { authority: read, signature, host, dates, node } = all;
  return { authority: read, signature, host, dates, node };
}

test.each<[string, CertificateOptions, object]>([
  ['valid', {}, {}],
  ['expired', { from: -10, until: -1 }, { dates: 'dates_over' }],
  ['not valid yet', { from: 1, until: 9 }, { dates: 'dates_not_begun' }],
  ['about to expire', { until: 29 }, { dates: 'dates_ending' }],
  ['for another host', { names: [{ type: 'dns', value: 'cln' }] }, { host: 'host_not_named' }],
  ['for clients', { purpose: 'clientAuth' }, { signature: 'purpose_wrong' }],
  [
    'wrong in two ways',
    { from: -10, until: -1, names: [{ type: 'dns', value: 'cln' }] },
    { host: 'host_not_named', dates: 'dates_over' },
  ],
])('a certificate that is %s', async (name, options, other) => {
  const ca = await issueAuthority();
  const { url, requests } = await startGateway({}, await issueCertificate(options, ca));
  const isValid = name === 'valid' || name === 'about to expire';
  const node = isValid ? 'rune_known' : 'left_out';
  expect(await certificateFindings(url, given(ca))).toEqual({ ...HEALTHY, node, ...other });
  expect(requests.some(({ rune }) => rune !== undefined)).toBe(isValid);
});

test('the finding lists the covered names and suggests a local one', async () => {
  const ca = await issueAuthority();
  const names = [
    { type: 'dns' as const, value: 'cln' },
    { type: 'dns' as const, value: 'localhost' },
    { type: 'ip' as const, value: '::1' },
    { type: 'ip' as const, value: '192.168.1.7' },
  ];
  const { url } = await startGateway({}, await issueCertificate({ names }, ca));
  const finding = (await runDoctor(url, { authority: given(ca) })).get('host');
  expect(finding?.found).toBe('covers cln, localhost, ::1, 192.168.1.7, but not 127.0.0.1');
  expect(finding?.remedy).toContain(`use ${url.replace('127.0.0.1', 'localhost')};`);
  expect(finding?.remedy).toContain(
    'add rest-names=127.0.0.1 (clnrest-names in the clnrest build) and restart',
  );
});

test('shortens a certificate with many names and escape sequences', async () => {
  const ca = await issueAuthority({ name: '\u001b[2Jevil\u202e' });
  const names = Array.from({ length: 60 }, (_, i) => ({
    type: 'dns' as const,
    value: `n${i}.${'x'.repeat(200)}`,
  }));
  const { url } = await startGateway({}, await issueCertificate({ names }, ca));
  const finding = (await runDoctor(url, { authority: given(ca) })).get('host');
  expect(finding?.found).toContain('and 48 more');
  expect(finding?.found.length).toBeLessThan(1_500);
});

describe('a certificate signed by', () => {
  test.each<[string, () => Promise<[IssuedCertificate, AuthoritySource]>, string]>([
    [
      'another authority of the same name',
      async () => [
        await issueCertificate({}, await issueAuthority()),
        given(await issueAuthority()),
      ],
      'authority_replaced',
    ],
    [
      'another authority',
      async () => [
        await issueCertificate({}, await issueAuthority({ name: 'other' })),
        given(await issueAuthority()),
      ],
      'authority_unknown',
    ],
    [
      'an authority, and none is given',
      async () => [await issueCertificate({}, await issueAuthority()), { kind: 'system' }],
      'authority_unknown',
    ],
    [
      'itself',
      async () => [await issueCertificate(), given(await issueAuthority())],
      'self_signed',
    ],
    [
      'itself, and none is given',
      async () => [await issueCertificate(), { kind: 'system' }],
      'self_signed',
    ],
  ])('%s', async (_, issue, code) => {
    const [served, source] = await issue();
    const { url, requests } = await startGateway({}, served);
    const found = await certificateFindings(url, source);
    expect([found.signature, found.host, found.node]).toEqual([code, 'host_named', 'left_out']);
    expect(requests.map(({ rune }) => rune).filter(Boolean)).toEqual([]);
    expect(requests.map(({ route }) => route)).toContain('GET /v1/list-methods');
  });

  test('itself is trusted if it is the given one', async () => {
    const served = await issueCertificate();
    const { url } = await startGateway({}, served);
    expect(await certificateFindings(url, given(served))).toEqual({
      ...HEALTHY,
      node: 'rune_known',
    });
  });

  test('an intermediate authority is trusted if the server sends its certificate', async () => {
    const root = await issueAuthority();
    const middle = await issueAuthority({ name: 'middle' }, root);
    const { cert, key } = await issueCertificate({}, middle);
    const whole = await startGateway({}, { cert: cert + middle.cert, key });
    expect(await certificateFindings(whole.url, given(root))).toEqual({
      ...HEALTHY,
      node: 'rune_known',
    });
    const alone = await startGateway({}, { cert, key });
    expect((await certificateFindings(alone.url, given(root))).signature).toBe('authority_unknown');
    const old = await issueAuthority({ name: 'middle', from: -9, until: -1 }, root);
    const below = await issueCertificate({}, old);
    const over = await startGateway({}, { cert: below.cert + old.cert, key: below.key });
    expect(await certificateFindings(over.url, given(root))).toEqual({
      ...HEALTHY,
      dates: 'dates_over',
      node: 'left_out',
    });
  });
});

describe('a CA file that', () => {
  async function directory(): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), 'clnrest-doctor-'));
    onTestFinished(() => rmSync(path, { recursive: true }));
    return path;
  }

  test.each<
    [string, (ca: IssuedCertificate, leaf: IssuedCertificate) => string | undefined, string, string]
  >([
    ['is missing', () => undefined, 'authority_missing', 'left_out'],
    ['is empty', () => '', 'authority_malformed', 'left_out'],
    ['contains only a key', ({ key }) => key, 'authority_malformed', 'left_out'],
    ['is truncated', ({ cert }) => cert.slice(0, 200), 'authority_malformed', 'left_out'],
    ['is corrupt', ({ cert }) => cert.replaceAll(/[a-z]/g, '!'), 'authority_malformed', 'left_out'],
    ['contains the server certificate', (_, { cert }) => cert, 'authority_is_none', 'left_out'],
    [
      'also contains a key',
      ({ cert, key }) => cert + key,
      'authority_with_key',
      'signature_trusted',
    ],
    [
      'also contains other certificates',
      ({ cert }, leaf) => leaf.cert + cert,
      'authority_read',
      'signature_trusted',
    ],
  ])('%s', async (_, text, code, signature) => {
    const ca = await issueAuthority();
    const leaf = await issueCertificate({}, ca);
    const path = join(await directory(), 'ca.pem');
    const content = text(ca, leaf);
    if (content !== undefined) writeFileSync(path, content);
    const { url, requests } = await startGateway({}, leaf);
    const found = await certificateFindings(url, { kind: 'file', path });
    expect([found.authority, found.signature]).toEqual([code, signature]);
    expect(requests.some(({ rune }) => rune !== undefined)).toBe(signature === 'signature_trusted');
  });

  test('is a directory', async () => {
    const { url } = await startGateway({}, await issueCertificate());
    const source: AuthoritySource = { kind: 'file', path: await directory() };
    const found = (await runDoctor(url, { authority: source })).get('authority');
    expect(found).toMatchObject({
      code: 'authority_unreadable',
      remedy: 'pass the path of the file in that directory, such as ca.pem',
    });
  });

  test('is endless', async () => {
    const { url } = await startGateway({}, await issueCertificate());
    const authority: AuthoritySource = { kind: 'file', path: '/dev/zero' };
    const found = (await runDoctor(url, { authority })).get('authority');
    expect(found?.code).toBe('authority_unreadable');
  });

  test('is checked even without a server', async () => {
    const authority: AuthoritySource = { kind: 'file', path: '/nowhere/ca.pem' };
    expect(await findingCodes('https://127.0.0.1:1', { authority })).toMatchObject({
      port: 'port_refused',
      authority: 'authority_missing',
      signature: 'left_out',
    });
  });

  test('contains an authority that is expired or not yet valid', async () => {
    for (const options of [
      { from: -10, until: -1 },
      { from: 1, until: 9 },
    ]) {
      const ca = await issueAuthority(options);
      const { url } = await startGateway({}, await issueCertificate({}, ca));
      const found = await certificateFindings(url, given(ca));
      expect(found).toMatchObject({ authority: 'authority_over', node: 'left_out' });
    }
  });
});
