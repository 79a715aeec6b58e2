import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from './replace-file.mjs';

/**
 * Replaces the scripts of a folder, so that the program works at every moment, also after Ctrl-C: first the files that the entry
 * loads, then the entry, and at last the removal of old ones. The names of the files differ if their contents do.
 *
 * @param files contents by name
 */
export async function publish(folder, files, entry, write = replaceFile) {
  const others = Object.keys(files).filter((name) => name !== entry);
  for (const name of [...others, entry]) await write(join(folder, name), files[name]);
  for (const name of await readdir(folder)) {
    if (name.endsWith('.js') && !Object.hasOwn(files, name))
      await rm(join(folder, name), { force: true });
  }
}
