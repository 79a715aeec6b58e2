import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { splitPem } from './chain.ts';
import { type CertificateFile } from './files.ts';
import { CLOCK_SKEW_MS, RENEWAL_MS, SERVER_LIFETIME_MS, TEN_YEARS_MS } from './lifetime.ts';
import { type CertificateNames, isNamed } from './names.ts';

/** The common names in certificates of the gateway. The built-in plugin uses the same ones. */
export const COMMON_NAMES = {
  authority: 'cln Root REST CA',
  server: 'cln rest server',
  client: 'cln rest client',
} as const;

/** id-kp-serverAuth (RFC 5280, 4.2.1.12). */
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';

/** A server certificate that the gateway issued, and the authority that can replace it. */
export interface OwnCertificate {
  readonly certificate: X509Certificate;
  readonly authority: X509Certificate;
}

/**
 * Returns the directory's server certificate if the gateway issued it and its authority can issue another one.
 * The subject alone does not suffice, because the built-in plugin uses the same one.
 */
export async function readOwn(directory: string, now: Date): Promise<OwnCertificate | undefined> {
  const read = (name: CertificateFile) => readFile(join(directory, name), 'utf8');
  try {
    const [pem, ...more] = splitPem(await read('server.pem'));
    if (pem === undefined || more.length > 0) return undefined;
    const certificate = new X509Certificate(pem);
    const authority = new X509Certificate(await read('ca.pem'));
    const key = createPrivateKey(await read('ca-key.pem'));
    const canSign =
      new Date(authority.validTo) > now &&
      key.asymmetricKeyDetails?.namedCurve === 'prime256v1' &&
      authority.checkPrivateKey(key);
    const isIssued = certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
    return canSign && isIssued && isOurs(certificate) ? { certificate, authority } : undefined;
  } catch {
    // A file that is missing or not readable: the gateway cannot replace the certificate.
    return undefined;
  }
}

/** Whether a certificate has the form of the gateway's server certificates. */
function isOurs(certificate: X509Certificate): boolean {
  const { subject, keyUsage, serialNumber } = certificate;
  return (
    subject === `CN=${COMMON_NAMES.server}` &&
    // The extended key usages, although Node names them differently.
    keyUsage.join() === SERVER_AUTH &&
    /^[4-7][0-9A-F]{31}$/.test(serialNumber) &&
    lifetimeOf(certificate) <= TEN_YEARS_MS + CLOCK_SKEW_MS
  );
}

function lifetimeOf({ validFrom, validTo }: X509Certificate): number {
  return Date.parse(validTo) - Date.parse(validFrom);
}

/** Returns why the gateway replaces its certificate, as the end of a sentence; `undefined` if it does not. */
export function renewalReason(
  { certificate, authority }: OwnCertificate,
  names: CertificateNames,
  now: Date,
): string | undefined {
  const ends = Date.parse(certificate.validTo);
  const later = Math.min(now.getTime() + SERVER_LIFETIME_MS, Date.parse(authority.validTo));
  if (lifetimeOf(certificate) > SERVER_LIFETIME_MS) return 'is valid for more than 397 days';
  // If the authority ends as early, another certificate would not last longer.
  if (ends - now.getTime() < RENEWAL_MS && later > ends) return `expires on ${certificate.validTo}`;
  const missing = names.all.filter((name) => !isNamed(certificate, name));
  return missing.length === 0 ? undefined : `does not name ${missing.join(', ')}`;
}

/**
 * Whether a lost `ca.pem` can be issued again from `ca-key.pem`, so that it and clients' copies of the lost one trust the
 * same certificates. This requires that the gateway issued the lost one.
 *
 * @param leaves - the certificates in the directory that the authority must have signed
 */
export async function isRestorable(
  directory: string,
  leaves: readonly CertificateFile[],
): Promise<boolean> {
  const read = (name: CertificateFile) => readFile(join(directory, name), 'utf8');
  try {
    const key = createPrivateKey(await read('ca-key.pem'));
    if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return false;
    const publicKey = createPublicKey(key);
    for (const leaf of leaves) {
      const certificate = new X509Certificate(await read(leaf));
      const isSigned = certificate.verify(publicKey);
      if (!isSigned || certificate.issuer !== `CN=${COMMON_NAMES.authority}`) return false;
    }
    return true;
  } catch {
    return false;
  }
}
