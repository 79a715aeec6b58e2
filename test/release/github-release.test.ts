import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '@clnrest/testing';
import { expect, test } from 'vitest';

const ROOT = new URL('../..', import.meta.url).pathname;
const SCRIPT = join(ROOT, 'scripts/release/github-release.mjs');

/** A program `gh` that keeps one release in a folder. Like GitHub, it does not create a release twice. */
const GH = `#!/bin/sh
set -e
cd "$GH_STATE"
command="$2"; shift 3
if [ -e unreachable ]; then echo 'error connecting to api.github.com' >&2; exit 1; fi
case "$command" in
  view) [ -e release ] || { echo 'release not found' >&2; exit 1; } ;;
  create)
    if [ -e release ]; then echo 'a release with the same tag name already exists' >&2; exit 1; fi
    echo draft > release ;;
  upload)
    shift
    for file; do
      if [ -e full ] && [ "$(ls assets | wc -l)" -ge 1 ]; then echo 'HTTP 502' >&2; exit 1; fi
      cp "$file" assets/
    done ;;
  edit) [ "$1" = --draft=false ] && echo published > release ;;
esac
`;

function fakeGitHub() {
  const directory = temporaryDirectory();
  const [state, files] = [join(directory, 'state'), join(directory, 'files')];
  mkdirSync(join(state, 'assets'), { recursive: true });
  mkdirSync(files);
  for (const name of ['rest', 'clnrest', 'SHA256SUMS']) writeFileSync(join(files, name), name);
  writeFileSync(join(directory, 'gh'), GH, { mode: 0o755 });
  return {
    publish: () =>
      spawnSync(process.execPath, [SCRIPT, 'v1.2.3', files], {
        cwd: ROOT,
        encoding: 'utf8',
        env: { ...process.env, PATH: `${directory}:${process.env['PATH']}`, GH_STATE: state },
      }),
    set: (fault: string) => writeFileSync(join(state, fault), ''),
    clear: (fault: string) => rmSync(join(state, fault)),
    release: () =>
      existsSync(join(state, 'release'))
        ? readFileSync(join(state, 'release'), 'utf8').trim()
        : undefined,
    assets: () => readdirSync(join(state, 'assets')).toSorted(),
  };
}

const ALL = ['SHA256SUMS', 'clnrest', 'rest'];

test('is published when it has all files, and a second run changes nothing', () => {
  const gitHub = fakeGitHub();
  for (let run = 0; run < 2; run++) {
    expect(gitHub.publish()).toMatchObject({ status: 0, stderr: '' });
    expect([gitHub.release(), gitHub.assets()]).toEqual(['published', ALL]);
  }
});

test('stays a draft if a file cannot be attached, and the next run publishes it', () => {
  const gitHub = fakeGitHub();
  gitHub.set('full');
  expect(gitHub.publish()).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('HTTP 502'),
  });
  expect([gitHub.release(), gitHub.assets().length]).toEqual(['draft', 1]);
  gitHub.clear('full');
  expect(gitHub.publish().status).toBe(0);
  expect([gitHub.release(), gitHub.assets()]).toEqual(['published', ALL]);
});

test('is not created if GitHub cannot be reached', () => {
  const gitHub = fakeGitHub();
  gitHub.set('unreachable');
  expect(gitHub.publish()).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('error connecting'),
  });
  expect(gitHub.release()).toBeUndefined();
});
