import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { root } from './published-packages.mjs';

const run = promisify(execFile);

/** A heading of the licences at the end of a plugin: name and version of a package. */
const BUNDLED = /^(@?[\w./-]+) (\d+\.\d+\.\d+\S*)$/gm;

/** Returns the packages in a plugin's file, as `name@version`. */
export function bundledPackages(plugin) {
  const licences = plugin.slice(plugin.lastIndexOf('\n/*\n'));
  return Array.from(licences.matchAll(BUNDLED), ([, name, version]) => `${name}@${version}`);
}

/** Returns what `npm sbom` reports about all packages of the lock file. */
export async function npmSbom() {
  const options = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'];
  const { stdout } = await run('npm', options, { cwd: root, maxBuffer: 1 << 26 });
  return JSON.parse(stdout);
}

/**
 * Returns the part of an SBOM (CycloneDX) that describes the plugins. `npm sbom` lists development tools, too, and with
 * `--omit=dev` it leaves out packages that are in the plugins.
 *
 * @param packages as `name@version`
 * @param time of the build, because an SBOM of the same build must have the same bytes
 */
export function pluginSbom(sbom, packages, { version, time }) {
  const wanted = new Set(packages);
  const components = sbom.components.filter((component) => wanted.has(component['bom-ref']));
  const missing = packages.filter((name) => !components.some((one) => one['bom-ref'] === name));
  if (missing.length > 0) throw new Error(`npm sbom does not know ${missing.join(', ')}`);
  const plugin = {
    'bom-ref': `clnrest@${version}`,
    type: 'application',
    name: 'clnrest',
    version,
    purl: `pkg:npm/clnrest@${version}`,
    licenses: [{ license: { id: 'MIT' } }],
  };
  const dependencies = sbom.dependencies
    .filter(({ ref }) => wanted.has(ref))
    .map(({ ref, dependsOn = [] }) => ({
      ref,
      dependsOn: dependsOn.filter((to) => wanted.has(to)),
    }));
  const serialNumber = `urn:uuid:${uuidOf(JSON.stringify([version, packages]))}`;
  return {
    ...sbom,
    serialNumber,
    metadata: { ...sbom.metadata, timestamp: time, component: plugin },
    components,
    dependencies: [{ ref: plugin['bom-ref'], dependsOn: packages.toSorted() }, ...dependencies],
  };
}

/** A UUID of version 8 (RFC 9562, section 5.8), from a hash. */
function uuidOf(text) {
  const hex = createHash('sha256').update(text).digest('hex');
  const variant = ((parseInt(hex[16], 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
