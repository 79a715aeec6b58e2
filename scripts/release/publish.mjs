// Publishes the packages of a tag, with npm's provenance: node scripts/release/publish.mjs v0.1.0. `npm run build` must run
// first. If a run has failed in the middle, the next one continues.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packPackages } from './pack.mjs';
import { requirePublicAddress } from './public-address.mjs';
import { requireReady } from './ready.mjs';

const run = promisify(execFile);

const [tag] = process.argv.slice(2);
if (tag === undefined) throw new Error('usage: node scripts/release/publish.mjs TAG');

const folder = await mkdtemp(join(tmpdir(), 'clnrest-publish-'));
try {
  await requireReady(tag);
  const version = tag.replace(/^v/, '');
  for (const { name, tarball } of await packPackages(folder, requirePublicAddress())) {
    if (await isPublished(`${name}@${version}`)) {
      console.log(`${name} ${version} is published already.`);
      continue;
    }
    await run('npm', ['publish', tarball, '--provenance', '--access=public', '--ignore-scripts']);
    console.log(`Published ${name} ${version}.`);
  }
} catch (error) {
  console.error(error.stderr ?? error.message);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Rejects unless the registry answers, so that an unreachable registry is not mistaken for a missing version. */
async function isPublished(specification) {
  try {
    const { stdout } = await run('npm', ['view', specification, 'version']);
    return stdout.trim() !== '';
  } catch (error) {
    if (/\bE404\b/.test(error.stderr)) return false;
    throw error;
  }
}
