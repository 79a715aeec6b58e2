import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { prepareCertificates } from '../certificates/certificates.ts';
import type { Identity } from '../certificates/identity.ts';
import { certificateNames } from '../certificates/names.ts';
import {
  commonName,
  leafExtensions,
  parseCertificate,
  signCertificate,
} from '../certificates/x509.ts';

/** The time at which tests issue certificates. */
export const NOW = new Date('2026-11-20T17:15:00.123Z');

/** The names of a machine. */
const MACHINE = ['node', '192.0.2.7', 'fd00::7'];

/** The result of {@link prepare}. */
export interface Prepared extends Identity {
  readonly log: readonly string[];
}

export async function prepare(
  directory: string,
  hosts: string | readonly string[] = '127.0.0.1',
  now = NOW,
  extra: readonly string[] = [],
): Promise<Prepared> {
  const log: string[] = [];
  const identity = await prepareCertificates({
    directory,
    names: certificateNames([hosts].flat(), extra, () => MACHINE),
    now,
    log: (level, message) => log.push(`${level}: ${message}`),
  });
  return { ...identity, log };
}

export function contents(directory: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(directory)
      .toSorted()
      .map((name) => [name, readFileSync(join(directory, name), 'utf8')]),
  );
}

export function remove(directory: string, ...names: readonly string[]): void {
  for (const name of names) unlinkSync(join(directory, name));
}

export function certificate(directory: string, name: string): X509Certificate {
  return new X509Certificate(readFileSync(join(directory, name)));
}

/** Expects that the authority signed every leaf, and that every key belongs to its certificate. */
export function expectConsistent(directory: string): void {
  const authority = certificate(directory, 'ca.pem');
  for (const kind of ['ca', 'client', 'server']) {
    const leaf = certificate(directory, `${kind}.pem`);
    expect(leaf.verify(authority.publicKey)).toBe(true);
    expect(leaf.checkIssued(authority)).toBe(true);
  }
}

/** Replaces the server's pair by one of the same authority, with the form of the gateway's and these dates. */
export function issueServerPair(
  directory: string,
  from: Date,
  until: Date,
  subject = 'cln rest server',
  names: readonly string[] = ['cln', 'localhost'],
): void {
  const authority = parseCertificate(certificate(directory, 'ca.pem').raw);
  const signingKey = createPrivateKey(readFileSync(join(directory, 'ca-key.pem')));
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = signCertificate(
    {
      subject: commonName(subject),
      issuer: authority.subject,
      notBefore: from,
      notAfter: until,
      publicKey,
      extensions: leafExtensions('server', publicKey, authority, {
        names,
        addresses: ['127.0.0.1', '::1'],
      }),
    },
    signingKey,
  );
  writeFileSync(join(directory, 'server.pem'), pem);
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(join(directory, 'server-key.pem'), key, { mode: 0o600 });
}
