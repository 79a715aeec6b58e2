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

/** What to prepare certificates for. */
export interface CertificateRequest {
  /** Where they are, or are to be. Made if it is missing. */
  readonly directory: string;
  /** The host that the server listens on, as configured. */
  readonly host: string;
  readonly now: Date;
  /** Takes sentences for the operator. */
  readonly log: (level: 'info' | 'unusual', message: string) => void;
}

/**
 * Finds the certificate to serve with, and issues what is missing:
 * - a server's pair that is there is used, and never touched;
 * - a directory with nothing but a client's pair (v23.08) serves that;
 * - what is missing is signed by the authority that is there, if its key is there too, so that
 *   clients need not be told of a new one;
 * - else a whole new set is made.
 *
 * Files that are replaced stay beside their successors under dated names. Two plugins that start at
 * once agree on one set. Throws with a sentence where the directory or the files can't be used.
 */
export async function prepareCertificates(request: CertificateRequest): Promise<Identity> {
  const { directory, host, now, log } = request;
  await makeDirectory(directory);
  if (plan(await presentFiles(directory)).action !== 'serve') {
    await withLock(directory, async () => {
      await removeLeftovers(directory);
      await issueMissing(request);
    });
  }
  const serve = isWhole(await presentFiles(directory), 'server') ? 'server' : 'client';
  const identity = await readIdentity(directory, serve, host, now);
  for (const warning of identity.warnings) log('unusual', warning);
  return identity;
}

type Leaf = 'server' | 'client';

type Plan =
  | { readonly action: 'serve' }
  | { readonly action: 'complete'; readonly leaves: readonly Leaf[] }
  | { readonly action: 'renew' };

/** What is to be done with a directory in which these files are. */
function plan(present: ReadonlySet<CertificateFile>): Plan {
  const missing = (['client', 'server'] as const).filter((leaf) => !isWhole(present, leaf));
  if (missing.length === 0) return { action: 'serve' };
  if (isWhole(present, 'ca')) return { action: 'complete', leaves: missing };
  if (isWhole(present, 'server')) return { action: 'serve' };
  if (isWhole(present, 'client') && present.size === 2) return { action: 'serve' };
  return { action: 'renew' };
}

function isWhole(present: ReadonlySet<CertificateFile>, kind: Leaf | 'ca'): boolean {
  return present.has(`${kind}.pem`) && present.has(`${kind}-key.pem`);
}

async function issueMissing(request: CertificateRequest): Promise<void> {
  const { directory, log } = request;
  // Another plugin may have done it while we waited for the lock.
  const present = await presentFiles(directory);
  const planned = plan(present);
  switch (planned.action) {
    case 'serve':
      return;
    case 'complete': {
      const authority = await usableAuthority(request);
      if (authority !== undefined) {
        await issue(request, present, { authority, leaves: planned.leaves });
      } else if (planned.leaves.includes('server')) {
        await issue(request, present, undefined);
      }
      return;
    }
    case 'renew':
      log('info', `making certificates in ${directory}`);
      await issue(request, present, undefined);
  }
}

/** Loaded when it is needed: it is a good part of the program, and almost every start finds a whole set. */
function issuing(): Promise<typeof Issue> {
  return import('./issue.ts');
}

/** The authority of the directory; `undefined`, and a word in the log, if it can't sign. */
async function usableAuthority(request: CertificateRequest): Promise<Issue.Authority | undefined> {
  const read = (name: CertificateFile) => readFile(join(request.directory, name), 'utf8');
  try {
    const pem = { certificate: await read('ca.pem'), key: await read('ca-key.pem') };
    const { readAuthority } = await issuing();
    return readAuthority(pem, request.now);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    request.log('unusual', `the authority in ${request.directory} can't sign: ${reason}`);
    return undefined;
  }
}

/** Issues the leaves by the authority; without one, a whole new set. */
async function issue(
  { directory, host, now, log }: CertificateRequest,
  present: ReadonlySet<CertificateFile>,
  by: { readonly authority: Issue.Authority; readonly leaves: readonly Leaf[] } | undefined,
): Promise<void> {
  const { issueAuthority, issueLeaf } = await issuing();
  const contents: Partial<Record<CertificateFile, string>> = {};
  let authority = by?.authority;
  if (authority === undefined) {
    const made = await issueAuthority(now);
    contents['ca.pem'] = made.certificate;
    contents['ca-key.pem'] = made.key;
    authority = made.authority;
  }
  for (const leaf of by?.leaves ?? (['client', 'server'] as const)) {
    const made = await issueLeaf(leaf, authority, host, now);
    contents[`${leaf}.pem`] = made.certificate;
    contents[`${leaf}-key.pem`] = made.key;
  }
  for (const name of present) {
    if (!(name in contents)) continue;
    log('unusual', `${name} is replaced, and kept as ${await setAside(directory, name, now)}`);
  }
  await writeFiles(directory, contents);
}
