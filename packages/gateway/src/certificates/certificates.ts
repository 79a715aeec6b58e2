import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type CertificateFile,
  makeDirectory,
  presentFiles,
  removeLeftovers,
  setAside,
  writeFiles,
} from './files.ts';
import { type Identity, readIdentity } from './identity.ts';
import type * as Issue from './issue.ts';
import { withLock } from './lock.ts';

/** The arguments of {@link prepareCertificates}. */
export interface CertificateRequest {
  /** The directory of the certificates. Created if it does not exist. */
  readonly directory: string;
  /** The host that the server listens on, as configured. */
  readonly host: string;
  readonly now: Date;
  /** Logs a sentence for the operator. */
  readonly log: (level: 'info' | 'unusual', message: string) => void;
}

/**
 * Returns the server's certificate, and issues missing certificates:
 * - An existing server pair is used and never changed.
 * - A directory with only a client pair (v23.08) serves the client pair.
 * - If the authority and its key exist, the authority issues the missing pairs, so clients keep their `ca.pem`.
 * - Otherwise all six files are issued.
 *
 * A replaced file is kept under a dated name. Plugins that start at the same time use one set. Throws an error with
 * a sentence if the directory or its files are not usable.
 */
export async function prepareCertificates(request: CertificateRequest): Promise<Identity> {
  const { directory, host, now, log } = request;
  await makeDirectory(directory);
  if (planFor(await presentFiles(directory)).action !== 'serve') {
    await withLock(directory, async () => {
      await removeLeftovers(directory);
      await issueMissing(request);
    });
  }
  const kind = hasPair(await presentFiles(directory), 'server') ? 'server' : 'client';
  const identity = await readIdentity(directory, kind, host, now);
  for (const warning of identity.warnings) log('unusual', warning);
  return identity;
}

type Leaf = 'server' | 'client';

type Plan =
  | { readonly action: 'serve' }
  | { readonly action: 'complete'; readonly leaves: readonly Leaf[] }
  | { readonly action: 'renew' };

/** Decides what to do in a directory with these files. */
function planFor(present: ReadonlySet<CertificateFile>): Plan {
  const missing = (['client', 'server'] as const).filter((leaf) => !hasPair(present, leaf));
  if (missing.length === 0) return { action: 'serve' };
  if (hasPair(present, 'ca')) return { action: 'complete', leaves: missing };
  if (hasPair(present, 'server')) return { action: 'serve' };
  if (hasPair(present, 'client') && present.size === 2) return { action: 'serve' };
  return { action: 'renew' };
}

function hasPair(present: ReadonlySet<CertificateFile>, kind: Leaf | 'ca'): boolean {
  return present.has(`${kind}.pem`) && present.has(`${kind}-key.pem`);
}

async function issueMissing(request: CertificateRequest): Promise<void> {
  const { directory, log } = request;
  // Another plugin can have issued certificates before this one acquired the lock.
  const present = await presentFiles(directory);
  const plan = planFor(present);
  switch (plan.action) {
    case 'serve':
      return;
    case 'complete': {
      const authority = await usableAuthority(request);
      if (authority !== undefined) {
        await issue(request, present, { authority, leaves: plan.leaves });
      } else if (plan.leaves.includes('server')) {
        await issue(request, present, undefined);
      }
      return;
    }
    case 'renew':
      log('info', `issuing certificates in ${directory}`);
      await issue(request, present, undefined);
  }
}

/** Loaded when it is needed: it is a good part of the program, and almost every start finds a whole set. */
function issuing(): Promise<typeof Issue> {
  return import('./issue.ts');
}

/** Returns the authority of the directory. If it cannot sign, logs the reason and returns `undefined`. */
async function usableAuthority(request: CertificateRequest): Promise<Issue.Authority | undefined> {
  const read = (name: CertificateFile) => readFile(join(request.directory, name), 'utf8');
  try {
    const pem = { certificate: await read('ca.pem'), key: await read('ca-key.pem') };
    const { readAuthority } = await issuing();
    return readAuthority(pem, request.now);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    request.log('unusual', `the authority in ${request.directory} cannot sign: ${reason}`);
    return undefined;
  }
}

/** Issues leaves by an authority; without an authority, issues all six files. */
async function issue(
  { directory, host, now, log }: CertificateRequest,
  present: ReadonlySet<CertificateFile>,
  signer: { readonly authority: Issue.Authority; readonly leaves: readonly Leaf[] } | undefined,
): Promise<void> {
  const { issueAuthority, issueLeaf } = await issuing();
  const contents: Partial<Record<CertificateFile, string>> = {};
  let authority = signer?.authority;
  if (authority === undefined) {
    const issued = await issueAuthority(now);
    contents['ca.pem'] = issued.certificate;
    contents['ca-key.pem'] = issued.key;
    authority = issued.authority;
  }
  for (const leaf of signer?.leaves ?? (['client', 'server'] as const)) {
    const issued = await issueLeaf(leaf, authority, host, now);
    contents[`${leaf}.pem`] = issued.certificate;
    contents[`${leaf}-key.pem`] = issued.key;
  }
  for (const name of present) {
    if (!(name in contents)) continue;
    const kept = await setAside(directory, name, now);
    log('unusual', `${name} is replaced. The old file is kept as ${kept}`);
  }
  await writeFiles(directory, contents);
}
