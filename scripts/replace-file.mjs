import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

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

/** Removes the unfinished files of processes that have ended, for example by Ctrl-C. */
export async function removeLeftovers(folder) {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const id = /\.(\d+)\.new$/.exec(name)?.[1];
    if (id !== undefined && !isRunning(Number(id))) await rm(join(folder, name), { force: true });
  }
}

function isRunning(id) {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    // A process of another user.
    return error.code === 'EPERM';
  }
}
