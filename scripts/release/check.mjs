// Checks what would be published: packs all packages, checks the tarballs, installs them in an empty project and uses them
// from there. `npm run release:check` builds first.
import { execFile } from 'node:child_process';
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packPackages } from './pack.mjs';
import { publicAddress, UNPUBLISHED_ADDRESS } from './public-address.mjs';
import { root } from './published-packages.mjs';
import {
  bundleForBrowsers,
  checkTypes,
  createProject,
  loadFromNode,
  RESOLUTIONS,
  startNodes,
} from './check/consumer.mjs';
import { importCommand, installGlobally, querySandbox, runCommand } from './check/command.mjs';
import { exportedModules } from './check/exported-modules.mjs';
import { tarballProblems } from './check/tarball.mjs';

const run = promisify(execFile);

/** The newest TypeScript, and the newest one that is written in JavaScript, which is several times slower. */
const TYPESCRIPT = join(root, 'node_modules/typescript/bin/tsc');
const TYPESCRIPT_5 = join(root, 'packages/testing/node_modules/typescript/bin/tsc');

const folder = await mkdtemp(join(tmpdir(), 'clnrest-release-'));
try {
  const packed = await packPackages(
    join(folder, 'tarballs'),
    publicAddress() ?? UNPUBLISHED_ADDRESS,
  );
  const problems = await step('tarballs', () => allProblems(packed));
  if (problems.length > 0) throw new Error(problems.join('\n'));

  const project = join(folder, 'project');
  const tarballs = packed.map(({ tarball }) => tarball);
  await step('installation in an empty project', () => createProject(project, tarballs));
  const modules = await exportedModules(project, packed);
  await step('import and require', () => loadFromNode(project, modules));
  await step('nodes of @clnrest/sandbox', () => startNodes(project));
  await step('types: node16, nodenext, bundler', () => checkTypes(project, modules, TYPESCRIPT));
  await step('types with TypeScript 5', () =>
    checkTypes(project, modules, TYPESCRIPT_5, RESOLUTIONS.slice(0, 1)),
  );
  await step('bundle for browsers', () => bundleForBrowsers(project, modules));
  await step('the command', () => runCommand(project));
  await step('a query of the sandbox', () => querySandbox(project, folder));
  await step('import of the command', () => importCommand(project));
  const { tarball } = packed.find(({ name }) => name === 'clnrest');
  await step('npm install --global, and the plugin', () => installGlobally(folder, tarball));
  if (publicAddress() === undefined)
    console.log(
      'The packages were not made to publish: only the release workflow knows the public address.',
    );
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function step(name, work) {
  const start = performance.now();
  const result = await work();
  console.log(`${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return result;
}

async function allProblems(packages) {
  const problems = [];
  for (const one of packages) {
    const unpacked = join(folder, 'unpacked', one.name);
    await mkdir(unpacked, { recursive: true });
    await run('tar', ['-xzf', one.tarball, '-C', unpacked, '--strip-components=1']);
    const found = await tarballProblems(one, unpacked);
    problems.push(...found.map((problem) => `${one.name}: ${problem}`));
  }
  return problems;
}
