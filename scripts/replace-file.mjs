import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Writes a file so that other processes see either the old or the new one: a node can run the old file, and another
 * `npm start` can load it at this moment. A file that would not change is not written.
 */
export async function replaceFile(path, contents, mode = 0o644) {
  await mkdir(dirname(path), { recursive: true });
  const bytes = Buffer.from(contents);
  if ((await readFile(path).catch(() => undefined))?.equals(bytes)) return chmod(path, mode);
  const next = `${path}.${process.pid}.new`;
  await writeFile(next, bytes);
  await chmod(next, mode);
  await rename(next, path);
}
