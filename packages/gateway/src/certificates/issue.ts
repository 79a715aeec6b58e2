import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  X509Certificate,
} from 'node:crypto';
import { promisify } from 'node:util';
import type { TBSCertificate } from '@peculiar/asn1-x509';
import { CLOCK_SKEW_MS, SERVER_LIFETIME_MS, TEN_YEARS_MS } from './lifetime.ts';
import { isAddress } from './names.ts';
import { COMMON_NAMES } from './own.ts';
import {
  authorityExtensions,
  commonName,
  leafExtensions,
  parseCertificate,
  signCertificate,
} from './x509.ts';

/** A certificate and its private key, both in PEM. */
export interface Issued {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate authority and its private key. */
export interface Authority {
  readonly certificate: TBSCertificate;
  readonly signingKey: KeyObject;
}

/** Generates an authority's key and issues its self-signed certificate. */
export async function issueAuthority(now: Date): Promise<Issued & { authority: Authority }> {
  const { privateKey } = await generateKeys();
  return selfSigned(privateKey, now);
}

/** Issues a lost certificate of an authority again. Its name and key are the same, so clients can keep the lost one. */
export function restoreAuthority(key: string, now: Date): Issued & { authority: Authority } {
  return selfSigned(createPrivateKey(key), now);
}

function selfSigned(privateKey: KeyObject, now: Date): Issued & { authority: Authority } {
  const publicKey = createPublicKey(privateKey);
  const name = commonName(COMMON_NAMES.authority);
  const certificate = signCertificate(
    {
      subject: name,
      issuer: name,
      ...validity(now, now.getTime() + TEN_YEARS_MS),
      publicKey,
      extensions: authorityExtensions(publicKey),
    },
    privateKey,
  );
  const authority = { certificate: parsePem(certificate), signingKey: privateKey };
  return { certificate, key: keyPem(privateKey), authority };
}

/**
 * Reads an existing authority. Throws if it cannot sign our certificates: it is expired, the key does not
 * belong to the certificate, or the key is not ECDSA P-256.
 */
export function readAuthority(pem: Issued, now: Date): Authority {
  const signingKey = createPrivateKey(pem.key);
  if (!new X509Certificate(pem.certificate).checkPrivateKey(signingKey)) {
    throw new Error('ca-key.pem is not the key of ca.pem');
  }
  if (signingKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw new Error('ca-key.pem is not an ECDSA P-256 key');
  }
  const certificate = parsePem(pem.certificate);
  if (certificate.validity.notAfter.getTime() <= now) throw new Error('ca.pem is no longer valid');
  return { certificate, signingKey };
}

/** Generates a key and issues a certificate for it, with these DNS names and IP addresses. */
export async function issueLeaf(
  kind: 'server' | 'client',
  { certificate: issuer, signingKey }: Authority,
  alternatives: readonly string[],
  now: Date,
): Promise<Issued> {
  const { privateKey, publicKey } = await generateKeys();
  const authorityEnds = issuer.validity.notAfter.getTime().getTime();
  const lifetimeMs = kind === 'server' ? SERVER_LIFETIME_MS - CLOCK_SKEW_MS : TEN_YEARS_MS;
  const certificate = signCertificate(
    {
      subject: commonName(COMMON_NAMES[kind]),
      // Some verifiers compare the encoded names.
      issuer: issuer.subject,
      ...validity(now, Math.min(now.getTime() + lifetimeMs, authorityEnds)),
      publicKey,
      extensions: leafExtensions(kind, publicKey, issuer, {
        names: alternatives.filter((name) => !isAddress(name)),
        addresses: alternatives.filter(isAddress),
      }),
    },
    signingKey,
  );
  return { certificate, key: keyPem(privateKey) };
}

function generateKeys(): Promise<{ privateKey: KeyObject; publicKey: KeyObject }> {
  return promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
}

function keyPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function parsePem(certificate: string): TBSCertificate {
  return parseCertificate(new X509Certificate(certificate).raw);
}

function validity(now: Date, notAfterMs: number): { notBefore: Date; notAfter: Date } {
  const wholeSeconds = (ms: number) => new Date(ms - (ms % 1_000));
  return {
    notBefore: wholeSeconds(now.getTime() - CLOCK_SKEW_MS),
    notAfter: wholeSeconds(notAfterMs),
  };
}
