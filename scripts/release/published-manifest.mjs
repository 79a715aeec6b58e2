/** The condition under which packages export their TypeScript inside this repository. */
const SOURCE = '@clnrest/source';

/** Fields that have no meaning outside this repository. */
const INTERNAL = new Set(['devDependencies', 'scripts', 'private']);

/**
 * Returns the package.json of a tarball: with links, and without what is not in the tarball.
 *
 * @param manifest the package.json in the repository
 * @param folder of the package, from the repository
 * @param address of the repository
 */
export function publishedManifest(manifest, folder, address) {
  const kept = Object.entries(manifest).filter(([field]) => !INTERNAL.has(field));
  return {
    ...withoutSource(Object.fromEntries(kept)),
    repository: { type: 'git', url: `git+${address}.git`, directory: folder },
    homepage: `${address}/tree/v${manifest.version}/${folder}#readme`,
    bugs: { url: `${address}/issues` },
  };
}

/** Removes the condition, and what exists only under it. */
function withoutSource(value) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const members = Object.entries(value).filter(
    ([name, member]) => name !== SOURCE && !isOnlySource(member),
  );
  return Object.fromEntries(members.map(([name, member]) => [name, withoutSource(member)]));
}

function isOnlySource(value) {
  if (typeof value !== 'object' || value === null) return false;
  const names = Object.keys(value);
  return names.length === 1 && names[0] === SOURCE;
}
