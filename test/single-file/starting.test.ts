import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { builds } from '@clnrest/gateway/builds';
import { startPlugin } from '../support/start-plugin.ts';
import { temporaryDirectory } from '@clnrest/testing';
import { pluginFile } from '../support/under-test.ts';
import { fakeNode, pathWithoutNode, writeProgram } from './fake-programs.ts';

/** The version of the fake Node. */
const VERSION = 'v22.11.0';

let directory: string;
let path: string;

beforeEach(async () => {
  directory = temporaryDirectory();
  path = await pathWithoutNode(directory);
});

/** Runs the plugin with a fake Node that records its arguments, environment, process id and input. */
async function recordedRun(probeScript: string, env: NodeJS.ProcessEnv = {}) {
  const record = join(directory, 'record');
  const recording = `for word in "$@"; do printf '%s\\0' "$word"; done >'${record}'; env >'${record}.env'; echo $$ >'${record}.pid'; read -r line; echo "$line" >'${record}.stdin'`;
  const probe = 'case "$*" in *"-- "*) ;; *) ' + probeScript + ' ;; esac';
  const node = await writeProgram(path, 'node', fakeNode(VERSION, `${probe}\n${recording}`));
  const file = pluginFile(builds.rest);
  const args = ['--developer', 'two  words', '$(x)'];
  const plugin = startPlugin(file, {
    cwd: directory,
    args,
    env: { PATH: path, CLNREST_NODE: undefined, ...env },
  });
  plugin.lightningd.send('hello\n');
  expect(await plugin.end()).toBe(0);
  const read = (ending: string) => readFile(`${record}${ending}`, 'utf8');
  const words = (await read('')).split('\0').slice(0, -1);
  expect(words.slice(words.indexOf('-e') + 2)).toEqual(['--', file, ...args]);
  expect(await read('.stdin')).toBe('hello\n');
  expect(plugin.errors()).toBe('');
  return {
    options: words.slice(0, words.indexOf('--input-type=commonjs')),
    environment: (await read('.env')).split('\n'),
    isTheSameProcess: Number(await read('.pid')) === plugin.pid,
    node,
  };
}

describe('Node is started', () => {
  test('in place of sh: it receives signals, arguments, the environment and stdin', async () => {
    const { options, environment, isTheSameProcess } = await recordedRun(
      `echo ${VERSION}; exit 0`,
      {
        node: 'x',
        why: 'y',
      },
    );
    expect(options).toEqual([]);
    expect(isTheSameProcess).toBe(true);
    expect(environment).toEqual(expect.arrayContaining(['LIGHTNINGD_PLUGIN=1', 'node=x', 'why=y']));
    expect(environment.filter((line) => line.startsWith('clnrest_'))).toEqual([]);
  });

  test.each(['v20.19.0', 'v20.20.1', 'v21.0.0', 'v100.0.0', 'v22.0.0-rc.1'])(
    '%s',
    async (version) => {
      await writeProgram(
        path,
        'node',
        fakeNode(version, `case "$*" in *"-- "*) ;; *) echo ${version} ;; esac`),
      );
      const plugin = startPlugin(pluginFile(builds.rest), {
        cwd: directory,
        env: { PATH: path, CLNREST_NODE: undefined },
      });
      expect(await plugin.end()).toBe(0);
      expect(plugin.lightningd.texts).toEqual([]);
    },
  );

  test('without JIT and WebAssembly if the JIT compiler crashes it', async () => {
    const { options } = await recordedRun(
      'case "$*" in *jitless*) exit 0 ;; *) kill -TRAP $$ ;; esac',
    );
    expect(options).toEqual(['--jitless', '--no-expose-wasm']);
  });

  test('with supported options only: Node 24 has no option for WebAssembly', async () => {
    const probeScript =
      'case "$*" in *wasm*) exit 9 ;; *jitless*) exit 0 ;; *) kill -TRAP $$ ;; esac';
    expect((await recordedRun(probeScript)).options).toEqual(['--jitless']);
  });

  test('after a silent test, which does not use stdin, stdout or stderr', async () => {
    const noise =
      'cat; echo out; echo err >&2; case "$*" in *jitless*) exit 0 ;; *) kill -ABRT $$ ;; esac';
    expect((await recordedRun(noise)).options).toEqual(['--jitless', '--no-expose-wasm']);
  });
});
