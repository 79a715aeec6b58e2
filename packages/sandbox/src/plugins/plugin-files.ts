import { accessSync, constants, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, join, sep } from 'node:path';

/** The one path of a file that may have several; undefined if there is no such file. */
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

/** Does what somebody calls a plugin by, a path or a file's name, mean this one? */
export function pathsMatch(path: string, name: string): boolean {
  return name.includes(sep)
    ? path === name || canonicalPath(path) === canonicalPath(name)
    : basename(path) === name;
}

/** Punctuation that a plugin's file name can't have: editors leave such files about. */
const ODD = /[!-,/:-@[-^`{-~]/;

/**
 * The plugins in a directory: files that can be executed, and are not called like a left-over.
 *
 * @returns undefined if there is no such directory
 */
export function pluginsIn(directory: string): string[] | undefined {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    return undefined;
  }
  return names
    .filter((name) => !ODD.test(name) && name !== 'README.md')
    .map((name) => join(directory, name))
    .filter(isExecutable);
}

/** The plugins in lightningd's own place for them, one level of directories deep. */
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
