import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Build, builds } from '@clnrest/gateway/builds';
import { initialise, type PluginProcess } from '../support/plugin-process.ts';
import { startPlugin } from '../support/start-plugin.ts';
import { temporaryDirectory } from '@clnrest/testing';
import { pluginFile } from '../support/under-test.ts';
import { fakeNode, pathWithoutNode, writeProgram } from './fake-programs.ts';

let directory: string;
let path: string;

beforeEach(async () => {
  directory = temporaryDirectory();
  path = await pathWithoutNode(directory);
});

function start(build: Build, env: NodeJS.ProcessEnv = {}): PluginProcess {
  return startPlugin(pluginFile(build), {
    cwd: directory,
    env: { PATH: path, CLNREST_NODE: undefined, ...env },
  });
}

/** Returns the reason of a plugin that cannot run. It logs the reason once and disables itself with it. */
async function reasonOf(plugin: PluginProcess, build: Build = builds.rest): Promise<unknown> {
  const { init } = await initialise(plugin, directory, { [`${build.prefix}-port`]: 3010 });
  const reason = init.result?.['disable'];
  expect(plugin.lightningd.logged()).toEqual([`unusual ${String(reason)}`]);
  expect(await plugin.end()).toBe(0);
  expect(plugin.errors()).toBe('');
  return reason;
}

const HELP = 'install it, or set the environment variable CLNREST_NODE to the path of node';

describe.each(Object.values(builds))('$prefix disables itself', (build) => {
  test('without Node', async () => {
    expect(await reasonOf(start(build), build)).toBe(
      `Node.js 20.19 or newer is required, but the PATH ${path} has no node: ${HELP}`,
    );
  });

  test('and declares its options, because lightningd does not start with an unknown option', async () => {
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

describe('an unsuitable Node', () => {
  // The error of an old Node on newer JavaScript. The launcher must not get this far.
  const choke = 'echo "SyntaxError: Unexpected token" >&2; exit 1';

  test.each(['v0.10.48', 'v10.24.1', 'v12.22.12', 'v18.20.8', 'v20.18.3', 'v20.0.0-nightly'])(
    '%s is too old',
    async (version) => {
      const node = await writeProgram(path, 'node', fakeNode(version, choke));
      expect(await reasonOf(start(builds.rest))).toBe(
        `Node.js 20.19 or newer is required, but ${node} is ${version}: ${HELP}`,
      );
    },
  );

  test("Debian's name nodejs is supported", async () => {
    const node = await writeProgram(path, 'nodejs', fakeNode('v12.22.12', choke));
    expect(await reasonOf(start(builds.rest))).toContain(`${node} is v12.22.12`);
  });

  test('CLNREST_NODE takes precedence over PATH', async () => {
    await writeProgram(path, 'node', fakeNode('v22.0.0', choke));
    const node = await writeProgram(directory, 'my node', fakeNode('v14.21.3', choke));
    expect(await reasonOf(start(builds.rest, { CLNREST_NODE: node }))).toContain(
      `${node} is v14.21.3`,
    );
  });

  test('CLNREST_NODE with a missing file', async () => {
    const node = join(directory, 'nothing');
    expect(await reasonOf(start(builds.rest, { CLNREST_NODE: node }))).toMatch(
      /^Node\.js 20\.19 or newer is required, but \S+nothing does not run: .*(?:not found|No such file)/,
    );
  });

  test('a missing library: its error, without characters that JSON or the log do not allow', async () => {
    const says = String.raw`printf 'node: "libc"\n\tversion \033[31mGLIBC_2.28 not found\n' >&2; exit 1`;
    await writeProgram(path, 'node', says);
    expect(await reasonOf(start(builds.rest))).toContain(
      `does not run: node: libc version [31mGLIBC_2.28 not found: ${HELP}`,
    );
  });

  test('no version in the output of --version', async () => {
    await writeProgram(path, 'node', 'echo "hello\\", \\"disable\\": 1}"');
    expect(await reasonOf(start(builds.rest))).toContain('does not run: hello, disable: 1}');
  });

  test('a crash with and without the JIT compiler', async () => {
    const node = await writeProgram(path, 'node', fakeNode('v22.11.0', 'kill -ABRT $$'));
    expect(await reasonOf(start(builds.rest))).toBe(
      `${node} v22.11.0 does not run here, with or without its JIT compiler`,
    );
  });

  test('invalid NODE_OPTIONS: its error', async () => {
    await writeProgram(path, 'node', `exec ${process.execPath} "$@"`);
    const env = { NODE_OPTIONS: '--require=/nowhere/at-all.js' };
    expect(await reasonOf(start(builds.rest, env))).toMatch(
      /does not run here, with or without its JIT compiler: .*Cannot find module '?\/nowhere\/at-all\.js/,
    );
  });

  test('an empty PATH', async () => {
    expect(await reasonOf(start(builds.rest, { PATH: '/nowhere' }))).toBe(
      `Node.js 20.19 or newer is required: ${HELP}`,
    );
  });

  test('endless output', async () => {
    await writeProgram(
      path,
      'node',
      `i=0; while [ $i -lt 999 ]; do echo "no $i"; i=$((i+1)); done`,
    );
    expect(String(await reasonOf(start(builds.rest))).length).toBe(600);
  });
});

describe("replies have the ids of lightningd's requests", () => {
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

  test('for an id at the end, and after a notification', async () => {
    const { lightningd } = start(builds.rest);
    lightningd.notify('plugin_started', { plugin_started: {} });
    lightningd.send('{"jsonrpc":"2.0","method":"getmanifest","params":{},"id":5}\n\n');
    expect((await lightningd.frame(() => true)).id).toBe(5);
  });
});
