import Libsql from 'libsql';
import { SandboxError } from '../sandbox-error.ts';

/** Exclusive use of a directory. */
interface DirectoryLock {
  release(): void;
}

/**
 * Acquires the lock: SQLite's lock on a separate file. The operating system releases it when the process ends, so it is
 * never stale. It also excludes a second sandbox in the same process.
 *
 * @throws SandboxError `already_running`
 */
export function lockDirectory(path: string, directory: string): DirectoryLock {
  const connection = new Libsql(path);
  try {
    connection.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    connection.close();
    throw new SandboxError('already_running', `A sandbox is already running in ${directory}.`, {
      cause: error,
    });
  }
  return {
    release() {
      // Closing is not enough: libsql keeps the file open until the statements are garbage-collected.
      connection.exec('ROLLBACK');
      connection.close();
    },
  };
}
