import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freePort, temporaryDirectory } from '@clnrest/testing';
import { TestProcess } from '../support/process.ts';
import { CLNREST } from '../support/sandbox-node.ts';

interface Place {
  readonly program?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

function start(words: readonly string[], { program = CLNREST, env, cwd }: Place = {}): TestProcess {
  const child = new TestProcess(process.execPath, [program, ...words], env, cwd);
  onTestFinished(() => child.stop().then(() => undefined));
  return child;
}

/** Runs a command to its end. Its output must not contain a stack trace. */
async function run(words: readonly string[], place: Place = {}) {
  const child = start(words, place);
  const status = await child.exited;
  expect(child.lines.filter((line) => /^ +at |^node:|^Error:/.test(line))).toEqual([]);
  return { status, text: child.lines.join('\n') };
}

describe('without a home directory that can be written', () => {
  test.each(['start', 'sandbox'])(
    '%s names the directory, the reason and the fix',
    async (name) => {
      const { status, text } = await run([name], { env: { HOME: '/dev/null/x' } });
      expect(status).toBe(3);
      expect(text).toMatch(
        new RegExp(
          `^clnrest ${name}: cannot write /dev/null/x: a part of the path is not a directory \\(ENOTDIR\\)\\. Choose another directory with --lightning-dir$`,
          'm',
        ),
      );
    },
  );

  test('an empty HOME is not the working directory', async () => {
    const cwd = temporaryDirectory();
    const { status, text } = await run(['cli', 'getinfo'], { cwd, env: { HOME: '' } });
    expect([status, text]).toEqual([
      2,
      expect.stringContaining(join(userInfo().homedir, '.lightning')),
    ]);
    expect(readdirSync(cwd)).toEqual([]);
  });
});

describe('an incomplete installation', () => {
  test('that is not built names the commands to run', async () => {
    const folder = temporaryDirectory();
    const program = join(folder, 'packages/clnrest/bin/clnrest.js');
    cpSync(CLNREST, program);
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    expect(await run(['start'], { program })).toEqual({
      status: 3,
      text: `clnrest: the command is not built: run npm ci && npm run build in ${folder}`,
    });
    // As Ctrl-C can leave it.
    mkdirSync(join(folder, 'packages/clnrest/dist'));
    writeFileSync(join(folder, 'packages/clnrest/dist/cli.js'), "import './chunk.js';");
    expect(await run(['start'], { program })).toEqual({
      status: 3,
      text: 'clnrest: the command is built only in part: run npm run build, or install clnrest again',
    });
  });

  test('that npm has not installed names them, for npx', async () => {
    const folder = temporaryDirectory();
    const root = new URL('../../', import.meta.url);
    cpSync(new URL('package.json', root), join(folder, 'package.json'));
    cpSync(CLNREST, join(folder, 'packages/clnrest/bin/clnrest.js'));
    const manifest = new URL('packages/clnrest/package.json', root);
    cpSync(manifest, join(folder, 'packages/clnrest/package.json'));
    const npx = new TestProcess(
      'npx',
      ['clnrest', 'start'],
      { npm_config_cache: join(folder, 'cache'), npm_config_offline: 'true' },
      folder,
    );
    onTestFinished(() => npx.stop().then(() => undefined));
    expect(await npx.exited).toBe(3);
    expect(npx.lines.join('\n')).toContain(
      `clnrest: the command is not built: run npm ci && npm run build in ${folder}`,
    );
  });

  test('without its dependency names the command to run', async () => {
    const folder = temporaryDirectory();
    const source = new URL('../../packages/clnrest/', import.meta.url);
    for (const name of ['bin', 'dist', 'package.json'])
      cpSync(new URL(name, source), join(folder, name), { recursive: true });
    const program = join(folder, 'bin/clnrest.js');
    expect(await run(['--version'], { program })).toMatchObject({ status: 0 });
    const { status, text } = await run(['sandbox'], { program, env: { HOME: folder } });
    expect([status, text]).toEqual([
      3,
      'clnrest sandbox: the dependency libsql is not installed: run npm ci, or install clnrest again',
    ]);
  });
});

test.each(['start', 'sandbox'])('%s suggests an option before anything starts', async (name) => {
  const env = { HOME: temporaryDirectory() };
  expect(await run([name, '--rest-prot=1'], { env })).toEqual({
    status: 3,
    text: `clnrest ${name}: --rest-prot=1: unknown option; did you mean --rest-port?`,
  });
  expect(readdirSync(env.HOME)).toEqual([]);
});

test('sandbox prints its help for 40 columns', async () => {
  const { status, text } = await run(['sandbox', '--help'], {
    env: { HOME: temporaryDirectory(), COLUMNS: '40' },
  });
  expect([status, text]).toEqual([0, expect.stringContaining('--rest-port=<int>')]);
  expect(text.split('\n').filter((line) => line.length > 40)).toEqual([]);
  expect(text).toMatch(/^Usage: clnrest sandbox [^]*\nExamples:\n {2}clnrest sandbox /);
});

describe('start', () => {
  test('expands ~ in each path, and stops with status 0', async () => {
    const [home, cwd] = [temporaryDirectory(), temporaryDirectory()];
    const paths = ['lightning-dir=~/n', 'rest-certs=~/certs', 'log-file=~/log', 'pid-file=~/pid'];
    const place = { cwd, env: { HOME: home } };
    const options = [`--rest-port=${await freePort()}`, ...paths.map((path) => `--${path}`)];
    const node = start(['start', ...options], place);
    await node.line(/Stop it with/);
    expect(readdirSync(home)).toEqual(expect.arrayContaining(['certs', 'log', 'n', 'pid']));
    expect(existsSync(join(home, 'certs/ca.pem'))).toBe(true);
    const { status, text } = await run(
      ['cli', '--lightning-dir=~/n', '--regtest', 'getinfo'],
      place,
    );
    expect([status, text]).toEqual([0, expect.stringContaining('"alias"')]);
    expect(await node.stop()).toBe(0);
    expect(readdirSync(cwd)).toEqual([]);
    expect(readdirSync(join(home, 'n/regtest'))).not.toContain('~');
  });

  test('with a relative directory prints absolute paths', async () => {
    const cwd = temporaryDirectory();
    const node = start(['start', '--lightning-dir=n', `--rest-port=${await freePort()}`], { cwd });
    await node.line(/Stop it with/);
    const authority = join(cwd, 'n/regtest/clnrest/ca.pem');
    expect(node.lines.join('\n')).toContain(`--cacert ${authority} `);
    expect(readFileSync(authority, 'utf8')).toContain('BEGIN CERTIFICATE');
    // The status that Ctrl-C leads to.
    expect(await node.stop('SIGINT')).toBe(0);
  });
});
