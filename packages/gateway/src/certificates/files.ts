import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** The files of a set, with the names that the built-in plugin and cln-grpc use. */
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
 * Creates the directory and its parents with mode 0700, unless they exist. Does not use `recursive`: with it,
 * node:fs retries forever if a parent exists and cannot contain directories (observed on Node 20 with /proc).
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

/** Returns the files of a set that exist. */
export async function presentFiles(directory: string): Promise<ReadonlySet<CertificateFile>> {
  const names = new Set(await readdir(directory));
  return new Set(FILES.filter((name) => names.has(name)));
}

/** Removes the temporary files of writers that were killed. The caller must hold the directory's lock. */
export async function removeLeftovers(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (TEMPORARY.test(name)) await unlink(join(directory, name));
  }
}

const TEMPORARY = /^\.(?:ca|server|client)(?:-key)?\.pem\.[0-9a-f]{12}$/;

/** The suffix of a replaced file: `20261120T171500Z`. */
function stamp(now: Date): string {
  return now.toISOString().replace(/\.\d+/, '').replaceAll(/[-:]/g, '');
}

/** Renames a file that is to be replaced. Returns the new, dated name. */
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
 * Writes the files of a set in order, each atomically: writes a temporary file, flushes it to the disk and renames
 * it. If the process is killed, the set lacks its last files. No file is incomplete, and no server certificate
 * exists without the authority that signed it.
 */
export async function writeFiles(
  directory: string,
  contents: Readonly<Partial<Record<CertificateFile, string>>>,
): Promise<void> {
  for (const name of FILES) {
    const content = contents[name];
    if (content !== undefined) await writeAtomically(join(directory, name), content);
  }
  await sync(directory);
}

async function writeAtomically(path: string, content: string): Promise<void> {
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
    // Otherwise each attempt would leave a file on a full disk. The first error is more useful than one of `unlink`.
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

/** Whether an error is a system error with this code. */
export function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
