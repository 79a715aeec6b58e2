import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { SandboxError } from '../sandbox-error.ts';

/**
 * Creates a directory, and checks that this process can write it and the files in it that exist.
 *
 * @throws SandboxError `unusable_directory` with what to do
 */
export function ensureWritable(directory: string, files: readonly string[]): void {
  try {
    makeDirectory(directory);
    for (const path of [directory, ...files.filter((file) => existsSync(file))]) {
      accessSync(path, constants.R_OK | constants.W_OK);
    }
  } catch (cause) {
    throw unusable(directory, cause);
  }
}

/** Not `recursive`: with it, Node.js 20 never returns for a directory in which nothing can be created, such as /proc. */
function makeDirectory(directory: string): void {
  if (existsSync(directory)) return;
  const parent = dirname(directory);
  if (parent !== directory) makeDirectory(parent);
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    // Another sandbox can have created it.
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the device',
  ENOENT: 'nothing can be created there',
  ENOTDIR: 'a part of the path is not a directory',
};

function unusable(directory: string, cause: unknown): SandboxError {
  const code = codeOf(cause);
  const path = cause instanceof Error && 'path' in cause ? String(cause.path) : directory;
  const reason = REASONS[code] ?? (cause instanceof Error ? cause.message : String(cause));
  return new SandboxError(
    'unusable_directory',
    `cannot write ${path}: ${reason} (${code}). Choose another directory with --lightning-dir`,
    { cause },
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
