import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** The files of a set, as the built-in plugin and cln-grpc name them. */
export type CertificateFile =
  'ca.pem' | 'ca-key.pem' | 'server.pem' | 'server-key.pem' | 'client.pem' | 'client-key.pem';

const FILES: readonly CertificateFile[] = [
  'ca-key.pem',
  'ca.pem',
  'client-key.pem',
  'client.pem',
  'server-key.pem',
  'server.pem',
];

/**
 * Makes the directory, for its owner's eyes only, unless it is there; and those above it. Not by
 * `recursive`: node:fs then tries for ever where a parent is there and takes no children (observed
 * on Node 20 with /proc).
 */
export async function makeDirectory(directory: string): Promise<void> {
  try {
    await makeOne(directory);
  } catch (error) {
    const parent = dirname(directory);
    if (!isSystemError(error, 'ENOENT') || parent === directory) throw error;
    await makeDirectory(parent);
    await makeOne(directory);
  }
}

async function makeOne(directory: string): Promise<void> {
  try {
    await mkdir(directory, { mode: 0o700 });
  } catch (error) {
    if (!isSystemError(error, 'EEXIST') || !(await stat(directory)).isDirectory()) throw error;
  }
}

/** Which files of a set are there. */
export async function presentFiles(directory: string): Promise<ReadonlySet<CertificateFile>> {
  const names = new Set(await readdir(directory));
  return new Set(FILES.filter((name) => names.has(name)));
}

/** Removes what writers left behind that were killed. Only for who holds the directory's lock. */
export async function removeLeftovers(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (TEMPORARY.test(name)) await unlink(join(directory, name));
  }
}

const TEMPORARY = /^\.(?:ca|server|client)(?:-key)?\.pem\.[0-9a-f]{12}$/;

/** The suffix that `setAside` gives: `20261120T171500Z`. */
function stamp(now: Date): string {
  return now.toISOString().replace(/\.\d+/, '').replaceAll(/[-:]/g, '');
}

/** Keeps a file that is about to be replaced under a dated name beside it. Gives that name. */
export async function setAside(
  directory: string,
  name: CertificateFile,
  now: Date,
): Promise<string> {
  const taken = new Set(await readdir(directory));
  const dated = `${name}.${stamp(now)}`;
  let kept = dated;
  for (let attempt = 1; taken.has(kept); attempt++) kept = `${dated}-${attempt}`;
  await rename(join(directory, name), join(directory, kept));
  return kept;
}

/**
 * Writes the files of a set one after the other, each whole or not at all: a temporary file, its
 * bytes on the disk, then its name. Whoever is killed on the way leaves a set that lacks its last
 * files, never half a file, and never a server certificate without the authority that signed it.
 */
export async function writeFiles(
  directory: string,
  contents: Readonly<Partial<Record<CertificateFile, string>>>,
): Promise<void> {
  for (const name of FILES) {
    const content = contents[name];
    if (content !== undefined) await writeWhole(join(directory, name), content);
  }
  await sync(directory);
}

async function writeWhole(path: string, content: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  const mode = path.endsWith('-key.pem') ? 0o600 : 0o644;
  const file = await open(temporary, 'wx', mode);
  try {
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    // On a full disk each try would leave a file. Why it can't be removed says less than the error.
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}

async function sync(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Whether it is an error of the operating system with this code. */
export function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
