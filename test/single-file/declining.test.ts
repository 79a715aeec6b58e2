import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Build, builds } from '../../packages/gateway/src/builds.ts';
import { initialise, type PluginProcess } from '../support/plugin-process.ts';
import { startPlugin } from '../support/start-plugin.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { pluginFile } from '../support/under-test.ts';
import { fakeNode, pathWithoutNode, writeProgram } from './fake-programs.ts';

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await temporaryDirectory();
  path = await pathWithoutNode(directory);
});

function start(build: Build, env: NodeJS.ProcessEnv = {}): PluginProcess {
  return startPlugin(pluginFile(build), {
    cwd: directory,
    env: { PATH: path, CLNREST_NODE: undefined, ...env },
  });
}

/** What it says where it can't run: once in the log, and as its reason to decline. */
async function word(plugin: PluginProcess, build: Build = builds.rest): Promise<unknown> {
  const { init } = await initialise(plugin, directory, { [`${build.prefix}-port`]: 3010 });
  const reason = init.result?.['disable'];
  expect(plugin.lightningd.logged()).toEqual([`unusual ${String(reason)}`]);
  expect(await plugin.end()).toBe(0);
  expect(plugin.errors()).toBe('');
  return reason;
}

const HELP = 'install it, or set the environment variable CLNREST_NODE to the path of node';

describe.each(Object.values(builds))('$prefix declines with a word', (build) => {
  test('where there is no Node', async () => {
    expect(await word(start(build), build)).toBe(
      `Node.js 20.19 or newer is required, but the PATH ${path} has no node: ${HELP}`,
    );
  });

  test('and still declares its options: lightningd does not start with one that nobody knows', async () => {
    const running = startPlugin(pluginFile(build), { cwd: directory });
    const { result } = await running.lightningd.request('getmanifest');
    const declining = await start(build).lightningd.request('getmanifest');
    expect(declining.result).toEqual({
      options: result?.['options'],
      rpcmethods: [],
      subscriptions: [],
      hooks: [],
      dynamic: true,
    });
  });
});

describe('a Node that will not do', () => {
  // What an old Node makes of newer JavaScript. It is not to come to that.
  const choke = 'echo "SyntaxError: Unexpected token" >&2; exit 1';

  test.each(['v0.10.48', 'v10.24.1', 'v12.22.12', 'v18.20.8', 'v20.18.3', 'v20.0.0-nightly'])(
    '%s is too old',
    async (version) => {
      const node = await writeProgram(path, 'node', fakeNode(version, choke));
      expect(await word(start(builds.rest))).toBe(
        `Node.js 20.19 or newer is required, but ${node} is ${version}: ${HELP}`,
      );
    },
  );

  test("Debian's name for it is known, too", async () => {
    const node = await writeProgram(path, 'nodejs', fakeNode('v12.22.12', choke));
    expect(await word(start(builds.rest))).toContain(`${node} is v12.22.12`);
  });

  test('CLNREST_NODE goes before PATH', async () => {
    await writeProgram(path, 'node', fakeNode('v22.0.0', choke));
    const node = await writeProgram(directory, 'my node', fakeNode('v14.21.3', choke));
    expect(await word(start(builds.rest, { CLNREST_NODE: node }))).toContain(`${node} is v14.21.3`);
  });

  test('CLNREST_NODE that names nothing', async () => {
    const node = join(directory, 'nothing');
    expect(await word(start(builds.rest, { CLNREST_NODE: node }))).toMatch(
      /^Node\.js 20\.19 or newer is required, but \S+nothing does not run: .*(?:not found|No such file)/,
    );
  });

  test('one that lacks a library: its own words, as far as JSON and a log bear them', async () => {
    const says = String.raw`printf 'node: "libc"\n\tversion \033[31mGLIBC_2.28 not found\n' >&2; exit 1`;
    await writeProgram(path, 'node', says);
    expect(await word(start(builds.rest))).toContain(
      `does not run: node: libc version [31mGLIBC_2.28 not found: ${HELP}`,
    );
  });

  test('one that says no version', async () => {
    await writeProgram(path, 'node', 'echo "hello\\", \\"disable\\": 1}"');
    expect(await word(start(builds.rest))).toContain('does not run: hello, disable: 1}');
  });

  test('one that does not run, with or without its JIT compiler', async () => {
    const node = await writeProgram(path, 'node', fakeNode('v22.11.0', 'kill -ABRT $$'));
    expect(await word(start(builds.rest))).toBe(
      `${node} v22.11.0 does not run here, with or without its JIT compiler`,
    );
  });

  test('one that is told what it can not do: its own words', async () => {
    await writeProgram(path, 'node', `exec ${process.execPath} "$@"`);
    const env = { NODE_OPTIONS: '--require=/nowhere/at-all.js' };
    expect(await word(start(builds.rest, env))).toMatch(
      /does not run here, with or without its JIT compiler: .*Cannot find module '?\/nowhere\/at-all\.js/,
    );
  });

  test('none, where the PATH has nothing at all', async () => {
    expect(await word(start(builds.rest, { PATH: '/nowhere' }))).toBe(
      `Node.js 20.19 or newer is required: ${HELP}`,
    );
  });

  test('words without end', async () => {
    await writeProgram(
      path,
      'node',
      `i=0; while [ $i -lt 999 ]; do echo "no $i"; i=$((i+1)); done`,
    );
    expect(String(await word(start(builds.rest))).length).toBe(600);
  });
});

describe("lightningd's requests are answered by their ids", () => {
  test.each([
    7,
    'cln:getmanifest#20',
    'cli:plugin#1/cln:getmanifest#20',
    'a","method":"init","id":"b\\',
    '}',
    '$(exit) `exit` %s \\n é☃',
    '"id":',
    '',
  ])('%j', async (id) => {
    const { lightningd } = start(builds.rest);
    lightningd.notify('getmanifest', {}, { id });
    const answer = await lightningd.frame(({ result }) => result?.['options'] !== undefined);
    expect(answer.id).toBe(id);
    expect(lightningd.frames.length).toBe(1);
  });

  test('also where the id comes last, and a notification has none', async () => {
    const { lightningd } = start(builds.rest);
    lightningd.notify('plugin_started', { plugin_started: {} });
    lightningd.send('{"jsonrpc":"2.0","method":"getmanifest","params":{},"id":5}\n\n');
    expect((await lightningd.frame(() => true)).id).toBe(5);
  });
});
