// Packs the published packages, to install them without a registry: node scripts/release/pack.mjs FOLDER.
// `npm run build` must run first.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { publicAddress, UNPUBLISHED_ADDRESS } from './public-address.mjs';
import { publishedManifest } from './published-manifest.mjs';
import { publishedPackages, root } from './published-packages.mjs';
import { publishedReadme } from './published-readme.mjs';

const run = promisify(execFile);

/**
 * Packs all published packages, and returns their names, folders, manifests and tarballs.
 *
 * @param outputFolder for the tarballs
 * @param address of the repository
 */
export async function packPackages(outputFolder, address) {
  await mkdir(outputFolder, { recursive: true });
  const packed = [];
  for (const { folder, manifest } of await publishedPackages()) {
    const staged = await mkdtemp(join(tmpdir(), 'clnrest-pack-'));
    try {
      await stage(folder, manifest, staged, address);
      const options = ['pack', '--json', '--ignore-scripts', '--pack-destination', outputFolder];
      const { stdout } = await run('npm', options, { cwd: staged });
      const [{ filename, files }] = Object.values(JSON.parse(stdout));
      const tarball = join(outputFolder, basename(filename));
      packed.push({ name: manifest.name, folder, tarball, files: files.map(({ path }) => path) });
    } finally {
      await rm(staged, { recursive: true, force: true });
    }
  }
  return packed;
}

/** Copies what a tarball contains: the manifest and the README differ from those in the repository. */
async function stage(folder, manifest, staged, address) {
  const at = (name) => join(root, folder, name);
  const published = publishedManifest(manifest, folder, address);
  await writeFile(join(staged, 'package.json'), `${JSON.stringify(published, undefined, 2)}\n`);
  const readme = await readFile(at('README.md'), 'utf8');
  const { version } = manifest;
  await writeFile(join(staged, 'README.md'), publishedReadme(readme, folder, { address, version }));
  await cp(join(root, 'LICENSE'), join(staged, 'LICENSE'));
  for (const name of manifest.files) {
    await cp(at(name), join(staged, name), { recursive: true, filter: isPublished });
  }
}

function isPublished(path) {
  return !path.endsWith('.tsbuildinfo') && !/\.\d+\.new$/.test(path);
}

if (resolve(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error('usage: node scripts/release/pack.mjs FOLDER');
  const packed = await packPackages(resolve(folder), publicAddress() ?? UNPUBLISHED_ADDRESS);
  for (const { tarball } of packed) process.stdout.write(`${tarball}\n`);
}
