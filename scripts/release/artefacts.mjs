// Writes what a release consists of, apart from the packages: node scripts/release/artefacts.mjs FOLDER. `npm run bundle`
// must run first.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { replaceFile } from '../replace-file.mjs';
import { root } from './published-packages.mjs';
import { bundledPackages, npmSbom, pluginSbom } from './sbom.mjs';

const run = promisify(execFile);
const EXECUTABLE = 0o755;
const PLUGINS = ['rest', 'clnrest'];

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node scripts/release/artefacts.mjs FOLDER');

const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const files = new Map();
for (const name of PLUGINS) files.set(name, await readFile(join(root, 'dist', name)));

const packages = [...files.values()].flatMap((plugin) =>
  bundledPackages(plugin.toString('latin1')),
);
const sbom = pluginSbom(await npmSbom(), [...new Set(packages)], {
  version,
  time: await commitTime(),
});
files.set('sbom.cdx.json', Buffer.from(`${JSON.stringify(sbom, undefined, 2)}\n`));

// The format of sha256sum.
const sums = [...files].map(([name, bytes]) => `${sha256(bytes)}  ${name}\n`);
files.set('SHA256SUMS', Buffer.from(sums.join('')));
for (const [name, bytes] of files) {
  await replaceFile(
    join(resolve(folder), name),
    bytes,
    PLUGINS.includes(name) ? EXECUTABLE : 0o644,
  );
}
process.stdout.write(sums.join(''));

function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The time of the build is that of its commit, or `SOURCE_DATE_EPOCH` in a directory without git. */
async function commitTime() {
  const epoch = process.env['SOURCE_DATE_EPOCH'];
  if (epoch !== undefined) return new Date(Number(epoch) * 1000).toISOString();
  const { stdout } = await run('git', ['log', '-1', '--format=%ct'], { cwd: root });
  return new Date(Number(stdout) * 1000).toISOString();
}
