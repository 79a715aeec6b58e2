import { open, rename, rm } from 'node:fs/promises';

/** The mode of a plugin: lightningd starts only files that someone can execute. */
const EXECUTABLE = 0o755;
/** The mode of what lightningd must not start. */
const READABLE = 0o644;

/**
 * Replaces a plugin in one step, also while lightningd runs it: lightningd starts either the old or the new file, and the old
 * one keeps its contents for the processes that have it open. The unfinished file ends with `~`, because lightningd starts no
 * file whose name contains other punctuation than `-`, `_` and `.` (`plugin_fullpath` in lightningd/plugin.c).
 *
 * @param previous the contents of the old file, which stay in a file with `~`
 */
export async function replacePlugin(
  path: string,
  contents: Buffer,
  previous: Buffer | undefined,
): Promise<void> {
  if (previous !== undefined) await writeInOneStep(`${path}~`, previous, READABLE);
  await writeInOneStep(path, contents, EXECUTABLE);
}

async function writeInOneStep(path: string, contents: Buffer, mode: number): Promise<void> {
  const unfinished = `${path}.${process.pid}.new~`;
  try {
    await writeDurably(unfinished, contents, mode);
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Without the sync, a file can be empty after a loss of power: some file systems rename before they write. */
async function writeDurably(path: string, contents: Buffer, mode: number): Promise<void> {
  await using file = await open(path, 'w', mode);
  await file.writeFile(contents);
  // The umask applies to the mode of a new file.
  await file.chmod(mode);
  await file.sync();
}
