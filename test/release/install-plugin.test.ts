import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '@clnrest/testing';
import { describe, expect, onTestFinished, test } from 'vitest';

const ROOT = new URL('../..', import.meta.url).pathname;
const COMMAND = join(ROOT, 'packages/clnrest/bin/clnrest.js');
const BUILT = join(ROOT, 'packages/clnrest/dist/plugins/rest');
const { version: VERSION } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  version: string;
};

/** The user `nobody`, which no file belongs to. */
const NOBODY = 65_534;

function installPlugin(options: readonly string[], more: { uid?: number } = {}) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [COMMAND, 'install-plugin', ...options],
    { encoding: 'utf8', env: { HOME: '/nonexistent' }, ...more },
  );
  return { status, out: stdout, error: stderr };
}

function install(lightningDir: string, more: { uid?: number } = {}) {
  return installPlugin([`--lightning-dir=${lightningDir}`], more);
}

/** An older version of the plugin: only its last line differs. */
function olderPlugin(): string {
  return readFileSync(BUILT, 'latin1').replace(/\n\/\/ clnrest \S+\n$/, '\n// clnrest 0.0.9\n');
}

/** `toEqual` compares megabytes byte by byte, for many seconds. */
function isBuilt(path: string): boolean {
  return readFileSync(path).equals(readFileSync(BUILT));
}

/** Starts a plugin's file as lightningd does, from another directory. */
function startFile(file: string): ChildProcess {
  const child = spawn(file, { cwd: '/', stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill());
  return child;
}

/** Resolves with the names of the options in a plugin's manifest. */
async function optionsOf(plugin: ChildProcess): Promise<string[]> {
  plugin.stdin?.write('{"jsonrpc":"2.0","id":1,"method":"getmanifest","params":{}}\n\n');
  let text = '';
  for await (const chunk of plugin.stdout ?? []) {
    text += String(chunk);
    if (text.includes('\n\n')) break;
  }
  const { result } = JSON.parse(text) as { result: { options: { name: string }[] } };
  return result.options.map(({ name }) => name);
}

test('the plugin runs from the directory of the node, and the output names its configuration', async () => {
  const lightningDir = temporaryDirectory();
  const path = join(lightningDir, 'plugins/rest');
  const { status, out, error } = install(lightningDir);
  expect([status, error]).toEqual([0, '']);
  expect(out).toContain(`Installed the plugin ${VERSION}: ${path}\n`);
  expect(out).toContain(`Add this line to ${lightningDir}/config:\n\n  rest-port=3010\n`);
  expect(out).toContain(`CLNREST_NODE=${process.execPath}\n`);
  expect(readdirSync(join(lightningDir, 'plugins'))).toEqual(['rest']);
  expect(await optionsOf(startFile(path))).toContain('rest-port');
});

test('a port that the configuration has stays, and the output adds no second one', () => {
  const lightningDir = temporaryDirectory();
  mkdirSync(join(lightningDir, 'regtest'));
  writeFileSync(join(lightningDir, 'config'), '# rest-port=1\nalias=a\n  rest-port=3931\n');
  writeFileSync(join(lightningDir, 'regtest/config'), 'rest-port=3932');
  for (const action of ['Installed', 'The plugin']) {
    const { status, out } = install(lightningDir);
    expect(status).toBe(0);
    expect(out).toMatch(new RegExp(`^${action}`));
    expect(out).toContain(
      `Keep the port that its configuration has:\n\n  rest-port=3931   (${lightningDir}/config)\n  rest-port=3932   (${lightningDir}/regtest/config)\n`,
    );
    expect(out).not.toContain('3010');
  }
});

describe('a plugin that is there already', () => {
  test('of the same version stays', () => {
    const lightningDir = temporaryDirectory();
    install(lightningDir);
    const { ino } = statSync(join(lightningDir, 'plugins/rest'));
    expect(install(lightningDir).out).toContain(`The plugin ${VERSION} is installed already`);
    expect(statSync(join(lightningDir, 'plugins/rest')).ino).toBe(ino);
    expect(readdirSync(join(lightningDir, 'plugins'))).toEqual(['rest']);
  });

  test('of another version is replaced while it runs, and kept where lightningd does not start it', async () => {
    const lightningDir = temporaryDirectory();
    const path = join(lightningDir, 'plugins/rest');
    mkdirSync(join(lightningDir, 'plugins'));
    writeFileSync(path, olderPlugin(), 'latin1');
    chmodSync(path, 0o755);
    const running = startFile(path);
    const { status, out } = install(lightningDir);
    expect(status).toBe(0);
    expect(out).toContain(`Replaced the plugin 0.0.9 by ${VERSION}: ${path}\n`);
    expect(await optionsOf(running)).toContain('rest-port');
    expect(isBuilt(path)).toBe(true);
    expect(readFileSync(`${path}~`, 'latin1')).toBe(olderPlugin());
    expect(statSync(`${path}~`).mode & 0o111).toBe(0);
    spawnSync('install', ['--mode=755', `${path}~`, path]);
    expect(readFileSync(path, 'latin1')).toBe(olderPlugin());
    expect(await optionsOf(startFile(path))).toContain('rest-port');
  });

  test('that is a link is replaced, and not what it links to', () => {
    const lightningDir = temporaryDirectory();
    const clone = join(temporaryDirectory(), 'rest');
    writeFileSync(clone, olderPlugin(), 'latin1');
    mkdirSync(join(lightningDir, 'plugins'));
    symlinkSync(clone, join(lightningDir, 'plugins/rest'));
    expect(install(lightningDir).status).toBe(0);
    expect(readFileSync(clone, 'latin1')).toBe(olderPlugin());
    expect(isBuilt(join(lightningDir, 'plugins/rest'))).toBe(true);
  });

  test('of an unknown version is replaced, and kept', () => {
    const lightningDir = temporaryDirectory();
    const path = join(lightningDir, 'plugins/rest');
    install(lightningDir);
    appendFileSync(path, '// edited');
    const { out } = install(lightningDir);
    expect(out).toContain(`Replaced the plugin of an unknown version by ${VERSION}: ${path}\n`);
    expect(readFileSync(`${path}~`, 'latin1')).toMatch(/\/\/ edited$/);
    expect(isBuilt(path)).toBe(true);
  });

  test('that cannot be executed becomes executable', () => {
    const lightningDir = temporaryDirectory();
    install(lightningDir);
    chmodSync(join(lightningDir, 'plugins/rest'), 0);
    expect(install(lightningDir).status).toBe(0);
    expect(statSync(join(lightningDir, 'plugins/rest')).mode & 0o777).toBe(0o755);
  });
});

describe('what is in the way stays unchanged', () => {
  const put: Record<string, (path: string) => void> = {
    'another plugin': (path) => writeFileSync(path, '#!/bin/sh\n'),
    'a directory': (path) => void mkdirSync(path),
    'a dangling link': (path) => symlinkSync('/nonexistent', path),
  };

  test.each(Object.keys(put))('%s', (what) => {
    const lightningDir = temporaryDirectory();
    mkdirSync(join(lightningDir, 'plugins'));
    put[what]?.(join(lightningDir, 'plugins/rest'));
    const { status, out, error } = install(lightningDir);
    expect([status, out]).toEqual([3, '']);
    expect(error).toContain('/plugins/rest is not the plugin of clnrest: move it');
    expect(readdirSync(join(lightningDir, 'plugins'))).toEqual(['rest']);
  });
});

test.each(['config', 'bitcoin/config'])('a second plugin in %s is refused', (file) => {
  const lightningDir = temporaryDirectory();
  mkdirSync(join(lightningDir, 'bitcoin'));
  writeFileSync(join(lightningDir, file), 'alias=a\nimportant-plugin=/opt/clnrest/rest\n');
  const { status, error } = install(lightningDir);
  expect(status).toBe(3);
  expect(error).toContain(`${file} has the line important-plugin=/opt/clnrest/rest: remove it`);
  expect(existsSync(join(lightningDir, 'plugins'))).toBe(false);
});

test('a configuration that names the same file is no second plugin', () => {
  const lightningDir = temporaryDirectory();
  const path = join(lightningDir, 'plugins/rest');
  writeFileSync(join(lightningDir, 'config'), `plugin=${path}\n#plugin=/opt/rest\n`);
  expect(install(lightningDir).status).toBe(0);
});

test('a directory that does not exist is a misspelling, and is not created', () => {
  const lightningDir = join(temporaryDirectory(), 'lightnin');
  const { status, error } = install(lightningDir);
  expect([status, existsSync(lightningDir)]).toEqual([3, false]);
  expect(error).toContain(`${lightningDir} is not a directory: start lightningd once`);
});

test('a directory that is not writable stays as it is', () => {
  const lightningDir = temporaryDirectory();
  chmodSync(lightningDir, 0o755);
  mkdirSync(join(lightningDir, 'plugins'));
  const isRoot = process.getuid?.() === 0;
  // The file system refuses root nothing, so that root runs the command as another user.
  if (!isRoot) chmodSync(join(lightningDir, 'plugins'), 0o555);
  const { status, error } = install(lightningDir, isRoot ? { uid: NOBODY } : {});
  expect(error).toContain('/plugins is not writable (EACCES): run this command as the user that');
  expect(status).toBe(3);
  expect(readdirSync(join(lightningDir, 'plugins'))).toEqual([]);
});

test('installations at the same time leave one whole plugin', async () => {
  const lightningDir = temporaryDirectory();
  const words = [COMMAND, 'install-plugin', `--lightning-dir=${lightningDir}`];
  const all = Array.from({ length: 3 }, () => spawn(process.execPath, words, { stdio: 'ignore' }));
  const ends = await Promise.all(all.map((child) => once(child, 'exit')));
  expect(ends.map(([status]) => status as number)).toEqual([0, 0, 0]);
  expect(isBuilt(join(lightningDir, 'plugins/rest'))).toBe(true);
  expect(
    readdirSync(join(lightningDir, 'plugins')).filter((name) => name.includes('.new')),
  ).toEqual([]);
});
