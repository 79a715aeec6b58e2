// The packages that a release publishes. Run as a program, this file prints their names.
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Returns the folders and manifests of the packages that are not private, each after those that it needs. */
export async function publishedPackages() {
  const packages = [];
  for (const name of (await readdir(join(root, 'packages'))).toSorted()) {
    const folder = join('packages', name);
    const manifest = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
    if (manifest.private !== true) packages.push({ folder, manifest });
  }
  return inOrder(packages);
}

function inOrder(packages) {
  const ordered = [];
  const names = new Set(packages.map(({ manifest }) => manifest.name));
  while (ordered.length < packages.length) {
    const next = packages.find((candidate) => {
      if (ordered.includes(candidate)) return false;
      const needed = Object.keys(candidate.manifest.dependencies ?? {});
      return needed.every(
        (name) => !names.has(name) || ordered.some(({ manifest }) => manifest.name === name),
      );
    });
    if (next === undefined) throw new Error('published packages depend on each other in a circle');
    ordered.push(next);
  }
  return ordered;
}

if (resolve(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) {
  for (const { manifest } of await publishedPackages()) console.log(manifest.name);
}
