import { createPrivateKey, generateKeyPair, type KeyObject, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import type { TBSCertificate } from '@peculiar/asn1-x509';
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

const TEN_YEARS_MS = 3_652 * 86_400_000;
/** Clocks differ: a certificate is valid from an hour before it is issued. */
const CLOCK_SKEW_MS = 3_600_000;

/** Generates an authority's key and issues its self-signed certificate. */
export async function issueAuthority(now: Date): Promise<Issued & { authority: Authority }> {
  const { privateKey, publicKey } = await generateKeys();
  const name = commonName('cln Root REST CA');
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

/** Generates a key and issues a certificate for it. `host` is the host that the server listens on. */
export async function issueLeaf(
  kind: 'server' | 'client',
  { certificate: issuer, signingKey }: Authority,
  host: string,
  now: Date,
): Promise<Issued> {
  const { privateKey, publicKey } = await generateKeys();
  const authorityEnds = issuer.validity.notAfter.getTime().getTime();
  const certificate = signCertificate(
    {
      subject: commonName(`cln rest ${kind}`),
      // Some verifiers compare the encoded names.
      issuer: issuer.subject,
      ...validity(now, Math.min(now.getTime() + TEN_YEARS_MS, authorityEnds)),
      publicKey,
      extensions: leafExtensions(kind, publicKey, issuer, alternativeNames(host)),
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

/** The names by which clients on this machine, or at the host's address, reach the server. */
function alternativeNames(host: string): { names: Set<string>; addresses: Set<string> } {
  // A zone (`fe80::1%eth0`) is meaningful only on its own machine.
  const address = host.replace(/%.*$/, '');
  const isAddress = isIP(address) !== 0;
  return {
    names: new Set(['cln', 'localhost', ...(isAddress ? [] : [host])]),
    addresses: new Set(['127.0.0.1', '::1', ...(isAddress ? [address] : [])]),
  };
}
