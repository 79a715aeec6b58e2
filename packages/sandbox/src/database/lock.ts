import Libsql from 'libsql';
import { SandboxError } from '../sandbox-error.ts';

/** The right to be the one process that uses a directory. */
interface DirectoryLock {
  release(): void;
}

/**
 * Takes the lock, which is a lock that the operating system keeps for SQLite on a file of its own:
 * it goes when its process goes, however that dies, so that nothing stale is left behind. Two
 * sandboxes in one process exclude each other, too.
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
      // Closing is not enough: libsql keeps the file open until statements are collected.
      connection.exec('ROLLBACK');
      connection.close();
    },
  };
}
