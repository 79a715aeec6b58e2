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
import { rejectEncryptedKey } from './encrypted-key.ts';
import { type Identity, readIdentity } from './identity.ts';
import type * as Issue from './issue.ts';
import { withLock } from './lock.ts';
import type { CertificateNames } from './names.ts';
import { isRestorable, readOwn, renewalReason } from './own.ts';

/** The arguments of {@link prepareCertificates}. */
export interface CertificateRequest {
  /** The directory of the certificates. Created if it does not exist. */
  readonly directory: string;
  /** The names of the server. */
  readonly names: CertificateNames;
  readonly now: Date;
  /** Logs a sentence for the operator. */
  readonly log: (level: 'info' | 'unusual', message: string) => void;
}

/**
 * Returns the server's certificate, and issues certificates that are missing or due:
 * - An existing server pair is used. It is replaced only if the gateway issued it, and it lacks a name, expires soon or
 *   is valid for too long.
 * - A directory with only a client pair (v23.08) serves the client pair.
 * - If the authority and its key exist, the authority issues the missing pairs, so clients keep their `ca.pem`. A missing
 *   `ca.pem` is issued again from its key.
 * - Otherwise all six files are issued.
 *
 * A replaced file is kept under a dated name. Plugins that start at the same time use one set. Throws an error with
 * a sentence if the directory or its files are not usable.
 */
export async function prepareCertificates(request: CertificateRequest): Promise<Identity> {
  await issueDue(request);
  const identity = await loadIdentity(request);
  for (const warning of identity.warnings) request.log('unusual', warning);
  for (const notice of identity.notices) request.log('info', notice);
  return identity;
}

/** Reads the pair that the server uses. Throws an error with a sentence if it is not usable. */
export async function loadIdentity({
  directory,
  names,
  now,
}: Omit<CertificateRequest, 'log'>): Promise<Identity> {
  const present = await presentFiles(directory);
  // Beside other files, the client pair is for clients only: servers with it are not trusted.
  const kind = servesClientPair(present) ? 'client' : 'server';
  if (!hasPair(present, kind)) {
    throw new Error(
      'server.pem or server-key.pem is missing or empty; to issue another pair, send SIGHUP to the plugin, or restart it',
    );
  }
  return readIdentity(directory, kind, names.configured, now);
}

/** Issues certificates that are missing or due. If that fails and a server pair exists, only logs the reason. */
export async function issueDue(request: CertificateRequest): Promise<void> {
  const { directory, log } = request;
  await makeDirectory(directory);
  const present = await presentFiles(directory);
  if ((await planFor(request, present)).action === 'serve') return;
  try {
    await withLock(directory, async () => {
      await removeLeftovers(directory);
      await issueMissing(request);
    });
  } catch (error) {
    if (!hasPair(present, 'server')) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    log('unusual', `certificates in ${directory} are not issued, and the old ones stay: ${reason}`);
  }
}

type Leaf = 'server' | 'client';

/** Whether a directory has only the client pair of v23.08. */
function servesClientPair(present: ReadonlySet<CertificateFile>): boolean {
  return hasPair(present, 'client') && present.size === 2;
}

type Plan =
  | { readonly action: 'serve' }
  | {
      readonly action: 'complete';
      readonly leaves: readonly Leaf[];
      /** Why a server certificate of the gateway is replaced. */
      readonly reason?: string | undefined;
    }
  | { readonly action: 'renew' };

/** Decides what to do in a directory with these files. */
async function planFor(
  { directory, names, now }: CertificateRequest,
  present: ReadonlySet<CertificateFile>,
): Promise<Plan> {
  const missing = (['client', 'server'] as const).filter((leaf) => !hasPair(present, leaf));
  if (hasPair(present, 'ca')) {
    const own = missing.includes('server') ? undefined : await readOwn(directory, now);
    const reason = own && renewalReason(own, names, now);
    const leaves = reason === undefined ? missing : [...missing, 'server' as const];
    return leaves.length === 0 ? { action: 'serve' } : { action: 'complete', leaves, reason };
  }
  if (present.has('ca-key.pem') && !present.has('ca.pem')) {
    const signed = (['server.pem', 'client.pem'] as const).filter((name) => present.has(name));
    if (await isRestorable(directory, signed)) return { action: 'complete', leaves: missing };
  }
  if (hasPair(present, 'server')) return { action: 'serve' };
  if (servesClientPair(present)) return { action: 'serve' };
  return { action: 'renew' };
}

function hasPair(present: ReadonlySet<CertificateFile>, kind: Leaf | 'ca'): boolean {
  return present.has(`${kind}.pem`) && present.has(`${kind}-key.pem`);
}

async function issueMissing(request: CertificateRequest): Promise<void> {
  const { directory, log } = request;
  // Another plugin can have issued certificates before this one acquired the lock.
  const present = await presentFiles(directory);
  const plan = await planFor(request, present);
  switch (plan.action) {
    case 'serve':
      return;
    case 'complete': {
      const authority = await usableAuthority(request, present);
      if (authority !== undefined) {
        if (plan.reason !== undefined) {
          log('info', `server.pem ${plan.reason}: the same authority issues another one`);
        }
        await issue(request, present, { ...authority, leaves: plan.leaves });
      } else if (plan.leaves.includes('server') && plan.reason === undefined) {
        await issueAll(request, present);
      }
      return;
    }
    case 'renew':
      await issueAll(request, present);
  }
}

async function issueAll(
  request: CertificateRequest,
  present: ReadonlySet<CertificateFile>,
): Promise<void> {
  const { directory, now, log } = request;
  log('info', `issuing certificates in ${directory}`);
  if (present.has('ca.pem') || present.has('server.pem') || present.has('client.pem')) {
    log(
      'unusual',
      `no authority in ${directory} can sign, so a new one is issued. Copy the new ca.pem to all clients`,
    );
  }
  const { issueAuthority } = await issuing();
  const { authority, certificate, key } = await issueAuthority(now);
  const contents = { 'ca.pem': certificate, 'ca-key.pem': key };
  await issue(request, present, { authority, contents, leaves: ['client', 'server'] });
}

/** Loaded when it is needed: it is a good part of the program, and almost every start finds a whole set. */
function issuing(): Promise<typeof Issue> {
  return import('./issue.ts');
}

/** An authority, and its files if they are to be written. */
interface Signer {
  readonly authority: Issue.Authority;
  readonly contents?: Partial<Record<CertificateFile, string>>;
}

/** Returns the authority of the directory. If it cannot sign, logs the reason and returns `undefined`. */
async function usableAuthority(
  { directory, now, log }: CertificateRequest,
  present: ReadonlySet<CertificateFile>,
): Promise<Signer | undefined> {
  const read = (name: CertificateFile) => readFile(join(directory, name), 'utf8');
  try {
    const { readAuthority, restoreAuthority } = await issuing();
    const key = await read('ca-key.pem');
    rejectEncryptedKey(key, join(directory, 'ca-key.pem'));
    if (present.has('ca.pem')) {
      return { authority: readAuthority({ certificate: await read('ca.pem'), key }, now) };
    }
    const { authority, certificate } = restoreAuthority(key, now);
    log(
      'unusual',
      'ca.pem was missing or empty, so it is issued again from ca-key.pem. Clients can keep their ca.pem',
    );
    return { authority, contents: { 'ca.pem': certificate } };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log('unusual', `the authority in ${directory} cannot sign: ${reason}`);
    return undefined;
  }
}

/** Issues leaves, and writes them with the files of the authority. */
async function issue(
  { directory, names, now, log }: CertificateRequest,
  present: ReadonlySet<CertificateFile>,
  signer: Signer & { readonly leaves: readonly Leaf[] },
): Promise<void> {
  const { issueLeaf } = await issuing();
  const contents: Partial<Record<CertificateFile, string>> = { ...signer.contents };
  for (const leaf of signer.leaves) {
    const issued = await issueLeaf(leaf, signer.authority, names.all, now);
    contents[`${leaf}.pem`] = issued.certificate;
    contents[`${leaf}-key.pem`] = issued.key;
  }
  await writeFiles(directory, contents, async (name) => {
    if (!present.has(name)) return;
    const kept = await setAside(directory, name, now);
    log('unusual', `${name} is replaced. The old file is kept as ${kept}`);
  });
}
