import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

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

/** Returns the files of a set that exist and are not {@link isBlank blank}. */
export async function presentFiles(directory: string): Promise<ReadonlySet<CertificateFile>> {
  const names = new Set(await readdir(directory));
  const present = new Set<CertificateFile>();
  for (const name of FILES) {
    if (names.has(name) && !(await isBlank(join(directory, name)))) present.add(name);
  }
  return present;
}

/** Whether a file has no content: after a power cut a new file can be empty, or contain only zeros. */
async function isBlank(path: string): Promise<boolean> {
  try {
    const { size } = await stat(path);
    if (size === 0 || size > MAX_BYTES) return size === 0;
    return /^[\0\s]*$/.test(await readFile(path, 'latin1'));
  } catch (error) {
    // A symbolic link without a target. A file that cannot be read has content.
    return isSystemError(error, 'ENOENT');
  }
}

/** Longer than any usual certificate file. */
const MAX_BYTES = 1024 * 1024;

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
 * Writes the files of a set in order, each atomically: writes temporary files, flushes them to the disk and then renames
 * them. If this fails, for example on a full disk, the existing files stay. If the process is killed, the set lacks its
 * last files. No file is incomplete, and no server certificate exists without the authority that signed it.
 *
 * @param makeRoom - called for each name before the first file is renamed
 */
export async function writeFiles(
  directory: string,
  contents: Readonly<Partial<Record<CertificateFile, string>>>,
  makeRoom: (name: CertificateFile) => Promise<void> = async () => undefined,
): Promise<void> {
  const written = new Map<CertificateFile, string>();
  try {
    for (const name of FILES) {
      const content = contents[name];
      if (content === undefined) continue;
      const temporary = join(directory, `.${name}.${randomBytes(6).toString('hex')}`);
      written.set(name, temporary);
      await writeTemporary(temporary, name.endsWith('-key.pem') ? 0o600 : 0o644, content);
    }
    for (const name of written.keys()) await makeRoom(name);
    for (const [name, temporary] of written) await rename(temporary, join(directory, name));
  } catch (error) {
    // Otherwise each attempt would leave files on a full disk. The first error is more useful than one of `unlink`.
    for (const temporary of written.values()) await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await sync(directory);
}

async function writeTemporary(path: string, mode: number, content: string): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
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
