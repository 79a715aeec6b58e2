import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';

/** Texts by path, relative to the package. */
export type Files = ReadonlyMap<string, string>;

export const PACKAGE_DIRECTORY = join(import.meta.dirname, '..');

/** Formats each file as `npm run format` does, so that the formatter leaves the generated files alone. */
export async function formatFiles(files: Files): Promise<Files> {
  const config = await resolveConfig(join(PACKAGE_DIRECTORY, 'package.json'));
  const formatted = new Map<string, string>();
  for (const [path, text] of files) {
    formatted.set(path, await format(text, { ...config, filepath: path }));
  }
  return formatted;
}

/** Returns the paths whose text on disk differs, including files of these folders that must not exist. */
export function staleFiles(files: Files, folders: readonly string[]): string[] {
  const changed = [...files.keys()].filter((path) => readText(path) !== files.get(path));
  return [...changed, ...unexpectedFiles(files, folders)];
}

/** Writes the files, and removes the other files of the folders. */
export function writeFiles(files: Files, folders: readonly string[]): void {
  for (const path of unexpectedFiles(files, folders)) rmSync(join(PACKAGE_DIRECTORY, path));
  for (const [path, text] of files) {
    const file = join(PACKAGE_DIRECTORY, path);
    mkdirSync(dirname(file), { recursive: true });
    if (readText(path) !== text) writeFileSync(file, text);
  }
}

function unexpectedFiles(files: Files, folders: readonly string[]): string[] {
  return folders
    .flatMap((folder) => filesIn(folder).map((file) => `${folder}/${file}`))
    .filter((path) => !files.has(path));
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(join(PACKAGE_DIRECTORY, folder));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(join(PACKAGE_DIRECTORY, path), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
