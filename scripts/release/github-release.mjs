// Publishes the files of a folder as the release of a tag on GitHub: node scripts/release/github-release.mjs v0.1.0 dist/release.
// Until all files are attached, the release is a draft. If a run has failed in the middle, the next one continues.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const [tag, folder] = process.argv.slice(2);
if (tag === undefined || folder === undefined)
  throw new Error('usage: node scripts/release/github-release.mjs TAG FOLDER');
const files = readdirSync(folder).map((name) => join(folder, name));

try {
  if (!exists()) {
    const text = ['--title', tag, '--notes-file', 'CHANGELOG.md'];
    gh('create', tag, '--draft', '--verify-tag', ...text);
  }
  // The files of an earlier run have the same bytes.
  gh('upload', tag, '--clobber', ...files);
  gh('edit', tag, '--draft=false');
  console.log(`Published ${files.length} files of ${tag}.`);
} catch (error) {
  console.error(error.stderr || error.message);
  process.exitCode = 1;
}

/** Throws unless GitHub answers, so that an unreachable GitHub is not mistaken for a missing release. */
function exists() {
  try {
    gh('view', tag);
    return true;
  } catch (error) {
    if (/release not found/.test(error.stderr)) return false;
    throw error;
  }
}

function gh(...args) {
  return execFileSync('gh', ['release', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
