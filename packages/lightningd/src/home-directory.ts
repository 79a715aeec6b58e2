import { userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * Returns the user's home directory: `HOME` if it is an absolute path, otherwise the directory in the system's list of users.
 * Returns undefined if neither exists. An empty `HOME` is not the working directory, as it would be for `os.homedir()`.
 *
 * @example
 * ```ts
 * import { homeDirectory } from '@clnrest/lightningd';
 *
 * homeDirectory({ HOME: '/home/me' }); // => '/home/me'
 * homeDirectory({ HOME: '' }) === homeDirectory({}); // => true
 * ```
 */
export function homeDirectory(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const home = env['HOME'];
  if (home !== undefined && isAbsolute(home)) return home;
  try {
    const { homedir } = userInfo();
    return isAbsolute(homedir) ? homedir : undefined;
  } catch {
    // The system does not list this user, for example in a container.
    return undefined;
  }
}

/**
 * A path begins with a `~` that cannot be expanded. The message is a sentence for the user.
 *
 * @example
 * ```ts
 * import { expandTilde, TildeError } from '@clnrest/lightningd';
 *
 * const isTilde = (path: string): boolean => {
 *   try {
 *     return expandTilde(path) === '';
 *   } catch (error) {
 *     return error instanceof TildeError;
 *   }
 * };
 * isTilde('~alice/certs'); // => true
 * ```
 */
export class TildeError extends Error {
  override readonly name = 'TildeError';
}

/**
 * Expands `~` at the start of a path. Shells do not expand it in quotes, nor after `--option=`, and configuration files have no
 * shell: without this, a directory named `~` would be created.
 *
 * @param path - a path, which can be relative
 * @param home - the home directory, by default that of {@link homeDirectory}
 * @throws TildeError for `~user`, and if the home directory is not known
 *
 * @example
 * ```ts
 * import { expandTilde } from '@clnrest/lightningd';
 *
 * expandTilde('~/certs', '/home/me'); // => '/home/me/certs'
 * expandTilde('certs/~'); // => 'certs/~'
 * ```
 */
export function expandTilde(path: string, home: string | undefined = homeDirectory()): string {
  if (!path.startsWith('~')) return path;
  if (!/^~(?:\/|$)/.test(path)) {
    throw new TildeError(
      `${path} begins with ~: write the whole path, or ./${path} for a file of this name`,
    );
  }
  if (home === undefined) {
    throw new TildeError(`~ in ${path} is not known: set HOME, or write the whole path`);
  }
  return join(home, path.slice(1));
}
