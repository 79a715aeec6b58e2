import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { presentFiles } from './files.ts';

/** What the server shows to its clients. */
export interface Identity {
  /** The certificate, in PEM. */
  readonly cert: string;
  /** Its private key, in PEM. Never to be logged. */
  readonly key: string;
  /** What the operator should know: sentences for the log. */
  readonly warnings: readonly string[];
}

/**
 * Reads the pair that the server serves with, and looks at it as a client would. Throws where the pair
 * can't be used at all.
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
    warnings.push(`${path} is no longer valid: it ended ${certificate.validTo}`);
  }
  if (new Date(certificate.validFrom) > now) {
    warnings.push(`${path} is not valid yet: it begins ${certificate.validFrom}`);
  }
  if (!names(certificate, host)) {
    warnings.push(`${path} does not name ${host}. ${await advice(directory, kind)}`);
  }
  const { mode } = await stat(keyPath);
  if ((mode & 0o077) !== 0) warnings.push(`${keyPath} can be read by others: chmod 600 it`);
  warnings.push(...(await authorityWarnings(directory, certificate, now)));
  return { cert, key, warnings };
}

/** How to come by a certificate for another host, with what is in the directory. */
async function advice(directory: string, kind: 'server' | 'client'): Promise<string> {
  const present = await presentFiles(directory);
  return kind === 'server' && present.has('ca.pem') && present.has('ca-key.pem')
    ? 'Remove server.pem and server-key.pem to have them issued anew by the same ca.pem'
    : `Move every .pem file out of ${directory} to have a whole new set made, with a new ca.pem for clients to trust`;
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

/** Whether a client that connects to the host finds its name. An address for "any" names none. */
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
    // There may be none: a pair from elsewhere has its authority elsewhere.
    return [];
  }
  const warnings: string[] = [];
  if (!certificate.verify(authority.publicKey)) {
    warnings.push(`the certificate that is served was not signed by ${path}`);
  }
  if (new Date(authority.validTo) <= now) {
    warnings.push(`${path} is no longer valid: it ended ${authority.validTo}`);
  }
  return warnings;
}
