import type { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseChain, trustedPath } from './chain.ts';
import { presentFiles } from './files.ts';
import { RENEWAL_MS } from './lifetime.ts';
import { COMMON_NAMES } from './own.ts';

/** What {@link authorityWarnings} compares. */
interface Comparison {
  readonly directory: string;
  readonly kind: 'server' | 'client';
  /** The certificates that the server sends, the leaf first. */
  readonly chain: readonly [X509Certificate, ...X509Certificate[]];
  readonly now: Date;
}

/** Sentences for the log. */
interface Findings {
  readonly warnings: readonly string[];
  readonly notices: readonly string[];
}

/** Checks that clients that trust `ca.pem` accept the certificates that the server sends. */
export async function authorityWarnings(comparison: Comparison): Promise<Findings> {
  const { directory, kind, chain, now } = comparison;
  const path = join(directory, 'ca.pem');
  if (!(await presentFiles(directory)).has('ca.pem')) {
    // A directory of v23.08 never had an authority.
    return kind === 'client' ? { warnings: [], notices: [] } : missingAuthority(directory, chain);
  }
  let authorities: readonly X509Certificate[];
  try {
    authorities = parseChain(await readFile(path, 'utf8'));
  } catch (error) {
    return { warnings: [await unreadable(directory, error)], notices: [] };
  }
  const trusted = trustedPath(chain, authorities);
  const warnings =
    trusted === undefined
      ? [`the server's certificate is not signed by ${path}, and clients that trust it are refused`]
      : trusted
          .slice(1)
          .flatMap((each) => dateWarnings(each, `${oneLine(each.subject)} in ${kind}.pem`, now));
  return {
    warnings: [
      ...warnings,
      ...authorities.slice(0, 1).flatMap((each) => dateWarnings(each, path, now)),
    ],
    notices: [],
  };
}

function dateWarnings(certificate: X509Certificate, name: string, now: Date): string[] {
  const { validTo } = certificate;
  const ends = new Date(validTo);
  if (ends <= now) return [`${name} has expired: it was valid until ${validTo}`];
  if (ends.getTime() - now.getTime() >= RENEWAL_MS) return [];
  return [
    `${name} expires soon: it is valid until ${validTo}. Replace it, and copy the new one to all clients`,
  ];
}

/** Formats a distinguished name, which has line breaks. */
function oneLine(name: string): string {
  return name.replaceAll(/[^\x20-\x7e]+/g, ', ');
}

async function missingAuthority(directory: string, [leaf]: Comparison['chain']): Promise<Findings> {
  const path = join(directory, 'ca.pem');
  // Clients trust a self-signed certificate itself.
  if (leaf.issuer === leaf.subject) return { warnings: [], notices: [] };
  if (leaf.issuer !== `CN=${COMMON_NAMES.authority}`) {
    const notice = `${path} is missing or empty: clients must already trust the issuer of server.pem (${oneLine(leaf.issuer)})`;
    return { warnings: [], notices: [notice] };
  }
  return {
    warnings: [
      `${path} is missing or empty, and new clients have no authority to trust. ${await remedy(directory)}`,
    ],
    notices: [],
  };
}

async function unreadable(directory: string, error: unknown): Promise<string> {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = /^E[A-Z]+$/.test(code)
    ? `cannot be read (${code})`
    : 'is not a certificate in PEM';
  return `${join(directory, 'ca.pem')} ${reason}, and new clients have no authority to trust. ${await remedy(directory)}`;
}

/** Returns instructions for getting an authority back. */
async function remedy(directory: string): Promise<string> {
  const copy = 'Copy it from a client or a backup';
  const present = await presentFiles(directory);
  if (present.has('ca-key.pem')) {
    return `${copy}, or move it elsewhere and restart the plugin, which then issues it again from ca-key.pem`;
  }
  return `${copy}. Because ca-key.pem is missing too, server.pem cannot be renewed: to get a new set, move every .pem file out of ${directory}, restart the plugin and copy the new ca.pem to all clients`;
}
