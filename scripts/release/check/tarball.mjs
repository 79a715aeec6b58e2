// What each tarball must contain.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { linkedPaths } from '../published-readme.mjs';
import { publishedPackages, root } from '../published-packages.mjs';
import { installProblems } from './install-lines.mjs';

const run = promisify(execFile);

/**
 * Returns the problems of a tarball.
 *
 * @param packed a result of `packPackages`
 * @param unpacked the folder of its files
 */
export async function tarballProblems(packed, unpacked) {
  const manifest = JSON.parse(await readFile(join(unpacked, 'package.json'), 'utf8'));
  return [
    ...missingParts(packed, manifest),
    ...missingTargets(packed, manifest),
    ...needlessFiles(packed),
    ...(await readmeProblems(packed, unpacked)),
    ...(await sourceMapProblems(packed, unpacked)),
    ...(await publintProblems(unpacked)),
    ...(await typeProblems(packed)),
  ];
}

function missingParts({ files }, manifest) {
  const fields = [
    'description',
    'license',
    'repository',
    'homepage',
    'bugs',
    'keywords',
    'engines',
  ];
  return [
    ...['LICENSE', 'README.md'].filter((file) => !files.includes(file)),
    ...fields.filter((field) => manifest[field] === undefined),
  ].map((name) => `${name} is missing`);
}

/** `exports`, `imports` and `bin` must name files of the tarball, under each condition. */
function missingTargets({ files }, manifest) {
  const targets = [manifest.exports, manifest.imports, manifest.bin].flatMap(strings);
  return targets
    .map((target) => target.replace(/^\.\//, ''))
    .filter((target) => {
      const [start, end] = target.split('*');
      return !files.some((file) => file.startsWith(start) && file.endsWith(end ?? start));
    })
    .map((target) => `package.json names ${target}, which is not in the tarball`);
}

function strings(value) {
  if (typeof value === 'string') return [value];
  return Object.values(value ?? {}).flatMap(strings);
}

function needlessFiles({ files }) {
  const needless = files.filter((file) => /\.test\.|\.tsbuildinfo$|(?:^|\/)testing\//.test(file));
  return needless.map((file) => `${file} is not needed`);
}

async function readmeProblems({ name, folder }, unpacked) {
  const source = await readFile(join(root, folder, 'README.md'), 'utf8');
  const dead = linkedPaths(source, folder).filter((path) => !existsSync(join(root, path)));
  const published = await readFile(join(unpacked, 'README.md'), 'utf8');
  const manifests = (await publishedPackages()).map(({ manifest }) => manifest);
  return [
    ...installProblems(source, name, manifests),
    ...dead.map((path) => `README.md links to ${path}, which does not exist`),
    ...linkedPaths(published, '').map((path) => `README.md has a relative link to ${path}`),
  ];
}

/** A source map must contain its sources, because the tarball does not. */
async function sourceMapProblems({ files }, unpacked) {
  const problems = [];
  for (const file of files.filter((name) => name.endsWith('.map'))) {
    const { sources, sourcesContent } = JSON.parse(await readFile(join(unpacked, file), 'utf8'));
    if (sources.length !== sourcesContent?.filter((text) => typeof text === 'string').length)
      problems.push(`${file} does not contain its sources`);
  }
  return problems;
}

async function publintProblems(unpacked) {
  const { messages, pkg } = await publint({ pkgDir: unpacked, pack: false, strict: true });
  return messages.map((message) => `publint: ${formatMessage(message, pkg, { color: false })}`);
}

/**
 * The packages are ES modules only, which `esm-only` expects: all supported versions of Node can `require` them. The command
 * has no types.
 */
async function typeProblems({ name, tarball }) {
  if (name === 'clnrest') return [];
  const attw = join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js');
  const options = [tarball, '--profile=esm-only', '--no-color', '--no-emoji', '--format=ascii'];
  try {
    await run(process.execPath, [attw, ...options], { maxBuffer: 1 << 26 });
    return [];
  } catch (error) {
    return [`@arethetypeswrong/cli: ${error.stdout}${error.stderr}`];
  }
}
