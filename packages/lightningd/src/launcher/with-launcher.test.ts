import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPlugin } from '../fake-lightningd.ts';
import { withLauncher } from './with-launcher.ts';

const directory = mkdtempSync(join(tmpdir(), 'launcher-'));
const SOURCE = new URL('../index.ts', import.meta.url).pathname;
const PROGRAM = `
  import { Plugin } from ${JSON.stringify(SOURCE)};
  const plugin = new Plugin({ options: { cups: { type: 'int', default: 2, description: "It's a \\"number\\"" } } });
  plugin.command({
    name: 'count',
    parameters: {},
    run: async () => ({ cups: plugin.options.cups, sep: (await import('node:' + 'path')).sep, authorities: process.env.NODE_EXTRA_CA_CERTS }),
  });
  void plugin.run();
`;
let script: string;

beforeAll(async () => {
  script = await bundled(PROGRAM);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function bundled(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: directory, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    conditions: ['@clnrest/source'],
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

function executable(name: string, text: string): string {
  const file = join(directory, name);
  writeFileSync(file, text);
  chmodSync(file, 0o755);
  return file;
}

describe('a plugin with a launcher', () => {
  test('runs under lightningd, with its options and imports at run time', async () => {
    const file = executable('count', await withLauncher(script));
    await using node = await startPlugin(file, { options: { cups: 3 } });
    expect(await node.call('count')).toMatchObject({ cups: 3, sep: '/' });
  });

  test('removes only the variables that it is asked to remove', async () => {
    const env = { NODE_EXTRA_CA_CERTS: '/none.pem' };
    const count = async (text: string, name: string): Promise<unknown> => {
      await using node = await startPlugin(executable(name, text), { env });
      return node.call('count');
    };
    expect(await count(await withLauncher(script), 'keeps')).toMatchObject({
      authorities: '/none.pem',
    });
    const unset = ['NODE_EXTRA_CA_CERTS'];
    expect(await count(await withLauncher(script, { unset }), 'removes')).not.toHaveProperty(
      'authorities',
    );
  });

  test.each([
    ['without Node', {}, /Node\.js 20\.19 or newer is required, but the PATH .* has no node/],
    ['with an older Node', { node: '99.1' }, /Node\.js 99\.1 or newer is required, but .* is v/],
  ])('declares its options and is disabled %s', async (name, options, reason) => {
    const path = mkdtempSync(join(directory, 'path-'));
    for (const tool of ['tr', 'cut', 'sh']) symlinkSync(`/usr/bin/${tool}`, join(path, tool));
    if (name !== 'without Node') symlinkSync(process.execPath, join(path, 'node'));
    const file = executable('declines', await withLauncher(script, options));
    const [manifest, , init] = await exchange(file, { PATH: path });
    expect(manifest?.result).toMatchObject({
      rpcmethods: [],
      options: [{ name: 'cups', default: 2 }],
    });
    expect(init?.result?.['disable']).toMatch(reason);
  });
});

test('a second program runs only with its argument, from the same file', async () => {
  const second = {
    argument: '--second',
    script: "process.stdout.write('second');\nthrow new Error('here');",
  };
  const text = await withLauncher(script, { second });
  const file = executable('two', text);
  {
    await using node = await startPlugin(file);
    expect(await node.call('count')).toMatchObject({ cups: 2 });
  }
  const run = `exec 4<"$0"; exec "$0" --second`;
  const ran = await new Promise<string>((resolve) => {
    execFile('sh', ['-c', run, file], (_error, stdout, stderr) => resolve(stdout + stderr));
  });
  expect(ran).toMatch(/^second/);
  const line = text.split('\n').findIndex((each) => each.startsWith('throw new Error')) + 1;
  expect(ran).toContain(`${file}:${line}`);
});

describe('refuses', () => {
  test('a program that never responds to getmanifest', async () => {
    await expect(withLauncher('process.stdin.resume();')).rejects.toThrow('void plugin.run()');
    const failing = await bundled(PROGRAM.replace('parameters: {}', 'parameters: null'));
    await expect(withLauncher(failing)).rejects.toThrow('TypeError');
  });

  test('a program with top-level await', async () => {
    await expect(withLauncher('await null;')).rejects.toThrow('SyntaxError');
  });

  test('an option that would end the comment', async () => {
    const program = PROGRAM.replace("It's", 'Ends */');
    await expect(withLauncher(await bundled(program))).rejects.toThrow(
      'ends its JavaScript comment',
    );
  });

  test.each([{ node: '20' }, { unset: ['A; exit'] }, { second: { argument: "'", script: '' } }])(
    '%o',
    async (options) => {
      await expect(withLauncher(script, options)).rejects.toThrow(TypeError);
    },
  );
});

interface Reply {
  readonly result?: Readonly<Record<string, unknown>>;
}

/** Sends getmanifest and init to a plugin, and returns all that it writes. */
function exchange(file: string, env: NodeJS.ProcessEnv): readonly Reply[] {
  const requests = ['getmanifest', 'init'].map((method, id) =>
    JSON.stringify({ jsonrpc: '2.0', id, method, params: {} }),
  );
  const output = execFileSync(file, {
    input: `${requests.join('\n\n')}\n\n`,
    env,
    encoding: 'utf8',
  });
  return output
    .split('\n\n')
    .filter((text) => text !== '')
    .map((text) => JSON.parse(text) as Reply);
}
