import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { presentFiles } from './files.ts';

/** The server's certificate and private key. */
export interface Identity {
  /** The certificate, in PEM. */
  readonly cert: string;
  /** The private key, in PEM. Must never be logged. */
  readonly key: string;
  /** Problems that clients will have, as sentences for the log. */
  readonly warnings: readonly string[];
}

/**
 * Reads the server's pair and checks the certificate as a client does. Throws if the pair is not usable.
 */
export async function readIdentity(
  directory: string,
  kind: 'server' | 'client',
  host: string,
  now: Date,
): Promise<Identity> {
  const path = join(directory, `${kind}.pem`);
  const keyPath = join(directory, `${kind}-key.pem`);
  const cert = await readFile(path, 'utf8');
  const key = await readFile(keyPath, 'utf8');
  const certificate = parse(cert, path);
  if (!matches(certificate, key, keyPath)) {
    throw new Error(`${keyPath} is not the key of ${path}`);
  }
  const warnings: string[] = [];
  if (new Date(certificate.validTo) <= now) {
    warnings.push(`${path} has expired: it was valid until ${certificate.validTo}`);
  }
  if (new Date(certificate.validFrom) > now) {
    warnings.push(`${path} is not valid yet: it is valid from ${certificate.validFrom}`);
  }
  if (!names(certificate, host)) {
    warnings.push(`${path} does not name ${host}. ${await advice(directory, kind)}`);
  }
  const { mode } = await stat(keyPath);
  if ((mode & 0o077) !== 0)
    warnings.push(`${keyPath} is readable by other users: run chmod 600 on it`);
  warnings.push(...(await authorityWarnings(directory, certificate, now)));
  return { cert, key, warnings };
}

/** Returns instructions for getting a certificate that names another host. */
async function advice(directory: string, kind: 'server' | 'client'): Promise<string> {
  const present = await presentFiles(directory);
  return kind === 'server' && present.has('ca.pem') && present.has('ca-key.pem')
    ? 'To get a new server certificate from the same ca.pem, remove server.pem and server-key.pem'
    : `To get a new set, move every .pem file out of ${directory}. Clients must then trust the new ca.pem`;
}

function parse(pem: string, path: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new Error(`${path} is not a certificate in PEM`, { cause });
  }
}

function matches(certificate: X509Certificate, key: string, keyPath: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key));
  } catch (cause) {
    throw new Error(`${keyPath} is not a private key in PEM`, { cause });
  }
}

/** Whether the certificate names the host. True for the addresses `0.0.0.0` and `::`, which are not names. */
function names(certificate: X509Certificate, host: string): boolean {
  if (host === '0.0.0.0' || host === '::') return true;
  const address = host.replace(/%.*$/, '');
  return isIP(address) === 0
    ? certificate.checkHost(host) !== undefined
    : certificate.checkIP(address) !== undefined;
}

async function authorityWarnings(
  directory: string,
  certificate: X509Certificate,
  now: Date,
): Promise<string[]> {
  const path = join(directory, 'ca.pem');
  let authority: X509Certificate;
  try {
    authority = new X509Certificate(await readFile(path));
  } catch {
    // The operator's own pair does not need an authority in this directory.
    return [];
  }
  const warnings: string[] = [];
  if (!certificate.verify(authority.publicKey)) {
    warnings.push(`the server's certificate is not signed by ${path}`);
  }
  if (new Date(authority.validTo) <= now) {
    warnings.push(`${path} has expired: it was valid until ${authority.validTo}`);
  }
  return warnings;
}
