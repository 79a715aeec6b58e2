import { lstat, open, readFile } from 'node:fs/promises';

/** Both are in the launcher of the plugin, which is a shell script of a few kilobytes. */
const LAUNCHER_BYTES = 65_536;
const MARKS = ["clnrest_manifest='", '"rest-port"'];

/** The last line of the plugin, which the bundler writes. */
const VERSION_LINE = /\n\/\/ clnrest (\S+)\n$/;
const VERSION_BYTES = 256;

/** What is at the path where the plugin belongs. */
export type Found =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'plugin'; readonly version: string | undefined; readonly contents: Buffer }
  | { readonly kind: 'other' };

/** Returns what is at a path. A symbolic link to the plugin counts as the plugin. */
export async function findPlugin(path: string): Promise<Found> {
  try {
    await lstat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { kind: 'nothing' };
    throw error;
  }
  if (!(await isPlugin(path))) return { kind: 'other' };
  const contents = await readFile(path);
  return { kind: 'plugin', version: pluginVersion(contents), contents };
}

/** Returns the version of a plugin's file, or undefined for a file that does not state its version. */
export function pluginVersion(contents: Buffer): string | undefined {
  return VERSION_LINE.exec(contents.subarray(-VERSION_BYTES).toString('latin1'))?.[1];
}

async function isPlugin(path: string): Promise<boolean> {
  try {
    await using file = await open(path, 'r');
    if (!(await file.stat()).isFile()) return false;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LAUNCHER_BYTES), 0, LAUNCHER_BYTES);
    const start = buffer.toString('latin1', 0, bytesRead);
    return MARKS.every((mark) => start.includes(mark));
  } catch {
    // For example a dangling link, or a file of another user.
    return false;
  }
}
