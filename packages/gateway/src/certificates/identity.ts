import { createPrivateKey, type X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { authorityWarnings } from './authority-warnings.ts';
import { parseChain } from './chain.ts';
import { rejectEncryptedKey } from './encrypted-key.ts';
import { presentFiles } from './files.ts';
import { RENEWAL_MS } from './lifetime.ts';
import { isNamed, namesOf } from './names.ts';

/** The server's certificate and private key. */
export interface Identity {
  /** The certificate and its intermediates, in PEM. */
  readonly cert: string;
  /** The private key, in PEM. Must never be logged. */
  readonly key: string;
  /** The end of the certificate's validity. */
  readonly expires: Date;
  /** Problems that clients will have, as sentences for the log. */
  readonly warnings: readonly string[];
  /** The names in the certificate and other facts, as sentences for the log. */
  readonly notices: readonly string[];
}

/**
 * Reads the server's pair and checks the certificate as a client does. Throws if the pair is not usable.
 *
 * @param names - the names that the certificate should have
 */
export async function readIdentity(
  directory: string,
  kind: 'server' | 'client',
  names: readonly string[],
  now: Date,
): Promise<Identity> {
  const path = join(directory, `${kind}.pem`);
  const keyPath = join(directory, `${kind}-key.pem`);
  const cert = await readFile(path, 'utf8');
  const key = await readFile(keyPath, 'utf8');
  rejectEncryptedKey(key, keyPath);
  const chain = parse(cert, path);
  const [certificate] = chain;
  if (!matches(certificate, key, keyPath)) {
    throw new Error(`${keyPath} is not the key of ${path}`);
  }
  const missing = names.filter((name) => !isNamed(certificate, name));
  const authority = await authorityWarnings({ directory, kind, chain, now });
  return {
    cert,
    key,
    expires: new Date(certificate.validTo),
    warnings: [
      ...dateWarnings(certificate, path, now),
      ...(missing.length === 0
        ? []
        : [`${path} does not name ${missing.join(', ')}. ${await advice(directory, kind)}`]),
      ...(await modeWarnings(keyPath)),
      ...authority.warnings,
    ],
    notices: [...authority.notices, description(certificate, path)],
  };
}

function description(certificate: X509Certificate, path: string): string {
  const names = namesOf(certificate);
  const list = names.length === 0 ? 'no names' : names.join(', ');
  return `the certificate ${path} names ${list}, and is valid until ${certificate.validTo}`;
}

function dateWarnings(certificate: X509Certificate, path: string, now: Date): string[] {
  const ends = new Date(certificate.validTo);
  if (ends <= now) return [`${path} has expired: it was valid until ${certificate.validTo}`];
  if (new Date(certificate.validFrom) > now) {
    return [`${path} is not valid yet: it is valid from ${certificate.validFrom}`];
  }
  const isEnding = ends.getTime() - now.getTime() < RENEWAL_MS;
  return isEnding ? [`${path} expires soon: it is valid until ${certificate.validTo}`] : [];
}

async function modeWarnings(keyPath: string): Promise<string[]> {
  const { mode } = await stat(keyPath);
  return (mode & 0o077) === 0 ? [] : [`${keyPath} is readable by other users: run chmod 600 on it`];
}

/** Returns instructions for getting a certificate with other names. */
async function advice(directory: string, kind: 'server' | 'client'): Promise<string> {
  const present = await presentFiles(directory);
  return kind === 'server' && present.has('ca.pem') && present.has('ca-key.pem')
    ? 'To get a new server certificate from the same ca.pem, remove server.pem and server-key.pem'
    : `To get a new set, move every .pem file out of ${directory}. Clients must then trust the new ca.pem`;
}

function parse(pem: string, path: string): ReturnType<typeof parseChain> {
  try {
    return parseChain(pem);
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
