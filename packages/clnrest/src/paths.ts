import { expandTilde, homeDirectory, TildeError } from '@clnrest/lightningd';
import { UsageError } from './usage-error.ts';

/** Expands `~`, which shells leave unchanged in quotes and after `--option=`. @throws {UsageError} */
export function expandPath(path: string, env?: NodeJS.ProcessEnv): string {
  try {
    return expandTilde(path, homeDirectory(env));
  } catch (cause) {
    if (!(cause instanceof TildeError)) throw cause;
    throw new UsageError(cause.message, { cause });
  }
}

/** Returns the home directory. @throws {UsageError} if it is not known */
export function requireHome(): string {
  const home = homeDirectory();
  if (home !== undefined) return home;
  throw new UsageError(
    'the home directory is not known: set HOME, or choose a directory with --lightning-dir',
  );
}
