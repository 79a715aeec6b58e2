// Builds the repository again in another directory, and compares all bytes. `npm run bundle` must run first.
import { execFile } from 'node:child_process';
import { cp, mkdtemp, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './published-packages.mjs';

const run = promisify(execFile);
/** What users get of a bundle: plugins, the command, the scripts of the pages. */
const OUTPUTS = ['dist', 'packages/clnrest/dist', 'packages/pages/dist'];

const folder = await mkdtemp(join(tmpdir(), 'clnrest-build-in-another-directory-'));
try {
  await copyRepository(folder);
  // Other hours, another language and another user's files.
  const env = { ...process.env, TZ: 'Pacific/Apia', LC_ALL: 'C', HOME: folder };
  await run(process.execPath, ['scripts/bundle.mjs'], { cwd: folder, env });
  const differences = await compare(folder);
  if (differences.length > 0) throw new Error(`another build differs: ${differences.join(', ')}`);
  console.log('A build in another directory has the same bytes.');
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Copies the files that the Dockerfile's build receives, and the installed packages. */
async function copyRepository(target) {
  const ignore = await readFile(join(root, '.dockerignore'), 'utf8');
  const received = Array.from(ignore.matchAll(/^!(.+)$/gm), ([, name]) => name);
  const options = ['ls-files', '-z', '--', ...received];
  const { stdout } = await run('git', options, { cwd: root, maxBuffer: 1 << 26 });
  for (const file of stdout.split('\0').filter((name) => name !== '')) {
    await mkdir(dirname(join(target, file)), { recursive: true });
    await cp(join(root, file), join(target, file));
  }
  for (const modules of ['node_modules', 'packages/testing/node_modules']) {
    if (!(await exists(join(root, modules)))) continue;
    await cp(join(root, modules), join(target, modules), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !path.includes('node_modules/.'),
    });
  }
}

function exists(path) {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function compare(other) {
  const differences = [];
  for (const output of OUTPUTS) {
    for (const file of await filesOf(join(other, output))) {
      const path = join(output, file);
      const [ours, theirs] = await Promise.all([
        readFile(join(root, path)).catch(() => undefined),
        readFile(join(other, path)),
      ]);
      if (ours?.equals(theirs) !== true) differences.push(path);
    }
  }
  return differences;
}

async function filesOf(directory) {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1));
}
