// The lines with which a README installs its package: from the registry, and from a clone before the first release.

/**
 * Returns what is missing in a README.
 *
 * @param readme its text
 * @param name of the package
 * @param manifests of all published packages
 */
export function installProblems(readme, name, manifests) {
  const { version } = manifests.find((one) => one.name === name);
  const lines = readme.split('\n');
  const problems = [];
  if (!lines.some((line) => installedNames(line).includes(name)))
    problems.push(`README.md has no line "npm install ${name}"`);
  if (!lines.includes('npm ci && npm run release:pack'))
    problems.push('README.md does not explain how to pack the package in a clone');
  // The published README is that of the commit before the publication, and npm shows it for as long as the version exists.
  if (/registry yet/.test(readme))
    problems.push(
      'README.md says that the package is not in the registry yet, which its publication makes false',
    );
  const needed = [...neededPackages(name, manifests)].map((one) => tarballOf(one, version));
  const named = lines.flatMap(installedTarballs);
  if (needed.toSorted().join() !== named.toSorted().join())
    problems.push(`README.md installs ${named.join(', ')} instead of ${needed.join(', ')}`);
  return problems;
}

function installedNames(line) {
  const [, words = ''] = /^npm install ((?:--[\w-]+ )*\S+)$/.exec(line) ?? [];
  return words.split(' ');
}

/** Expands the braces of a shell: `a-{b,c}.tgz` → `a-b.tgz`, `a-c.tgz`. */
function installedTarballs(line) {
  const [, path] = /npm install .*dist\/packages\/(\S+\.tgz)$/.exec(line) ?? [];
  if (path === undefined) return [];
  const [, start, names, end] = /^(.*)\{(.*)\}(.*)$/.exec(path) ?? [undefined, path, '', ''];
  return names.split(',').map((name) => `${start}${name}${end}`);
}

/** The package, and those of this repository that it needs: the registry does not have them yet. */
function neededPackages(name, manifests, found = new Set()) {
  const manifest = manifests.find((one) => one.name === name);
  if (manifest === undefined || found.has(name)) return found;
  found.add(name);
  for (const needed of Object.keys(manifest.dependencies ?? {}))
    neededPackages(needed, manifests, found);
  return found;
}

/** The name that `npm pack` gives. */
function tarballOf(name, version) {
  return `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
}
