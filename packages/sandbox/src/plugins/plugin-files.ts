import { createHash } from 'node:crypto';
import { accessSync, constants, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, join, sep } from 'node:path';

/** The path of a file with all links resolved; undefined if the file does not exist. */
export function canonicalPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Whether a path or a file name refers to the plugin at this path. */
export function pathsMatch(path: string, name: string): boolean {
  return name.includes(sep)
    ? path === name || canonicalPath(path) === canonicalPath(name)
    : basename(path) === name;
}

/** Whether `--disable-plugin` names the plugin at this path. */
export function isDisabled(path: string, disabled: readonly string[]): boolean {
  return disabled.some((name) => pathsMatch(path, name));
}

/** lightningd's log message about a plugin that it does not start. */
export function disabledMessage(path: string): string {
  return `${path}: disabled via disable-plugin`;
}

/** A checksum of a file; undefined if it cannot be read. */
export function fileChecksum(path: string): string | undefined {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch {
    return undefined;
  }
}

/** Punctuation that excludes a file: backups and temporary files of editors contain it. */
const BACKUP_PUNCTUATION = /[!-,/:-@[-^`{-~]/;

/**
 * The plugins in a directory: its executable files, except backups.
 *
 * @returns undefined if the directory does not exist
 */
export function pluginsIn(directory: string): string[] | undefined {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    return undefined;
  }
  return names
    .filter((name) => !BACKUP_PUNCTUATION.test(name) && name !== 'README.md')
    .map((name) => join(directory, name))
    .filter(isExecutable);
}

/** The plugins in lightningd's default directory and in its direct subdirectories. */
export function pluginsInDefault(directory: string): string[] {
  const beneath = readNames(directory).flatMap((name) => pluginsIn(join(directory, name)) ?? []);
  return [...(pluginsIn(directory) ?? []), ...beneath];
}

function readNames(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
