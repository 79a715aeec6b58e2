import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Readable, Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FakeSocket } from '../fake-lightningd/fake-socket.ts';
import { FakeLightningd } from '../fake-lightningd/fake-lightningd.ts';
import { bundle } from '../testing/program.ts';

let directory = '';
let program = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'plugin-'));
  program = await bundle(join(directory, 'example.mjs'), { file: './example-plugin.ts' });
});

afterAll(() => rm(directory, { recursive: true, force: true }));

type Child = ChildProcessByStdio<Writable, Readable, null>;

/** Runs the program as lightningd does. */
function start(file: string, ...flags: string[]): { child: Child; lightningd: FakeLightningd } {
  const child = spawn(process.execPath, [...flags, file], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, LIGHTNINGD_PLUGIN: '1', LIGHTNINGD_VERSION: 'v26.06.6' },
  });
  return { child, lightningd: new FakeLightningd(child.stdin, child.stdout) };
}

async function statusOf(child: Child): Promise<unknown[]> {
  return child.exitCode === null && child.signalCode === null
    ? once(child, 'close')
    : [child.exitCode, child.signalCode];
}

describe('a plugin that is a program', () => {
  test.each([[[]], [['--jitless']]])(
    'calls the node and ends with stdin, node %j',
    async (flags) => {
      await using node = await FakeSocket.start((request) => request.result('{"alias":"fake"}'));
      const { child, lightningd } = start(program, ...flags);
      await lightningd.start({ port: 1 }, { 'lightning-dir': node.directory });
      expect((await lightningd.request('getinfo2')).result).toEqual({ alias: 'fake' });
      lightningd.end();
      expect(await statusOf(child)).toEqual([0, null]);
      expect(lightningd.logged()).toEqual(['info closed in order']);
    },
  );

  test('redirects other output on stdout to the log', async () => {
    const { child, lightningd } = start(program);
    await lightningd.start({ port: 1 });
    await lightningd.request('chatter');
    lightningd.notify('shutdown', { shutdown: {} });
    expect(await statusOf(child)).toEqual([0, null]);
    expect(lightningd.logged()).toEqual([
      'info a console line',
      'unusual a warning',
      'info a stray line',
      'info closed in order',
      'info and half of one',
    ]);
  });

  describe('before run()', () => {
    const early = async (name: string, body: string): Promise<string> =>
      bundle(join(directory, name), { text: `import { Plugin } from '../index.ts';\n${body}` });

    test('redirects output on stdout to the log', async () => {
      const file = await early(
        'early.mjs',
        `const plugin = new Plugin().method('ping', {}, () => ({ pong: true }));
        console.log('{"jsonrpc":"2.0","id":"cln:getmanifest#1","result":{"no":1}}');
        console.error('an early error');
        process.stdout.write('two\\nlines and half ');
        await new Promise((resolve) => setTimeout(resolve, 20));
        console.log('of one');
        await plugin.run();`,
      );
      const { child, lightningd } = start(file);
      const { manifest, init } = await lightningd.start();
      expect(manifest.result).toMatchObject({ rpcmethods: [{ name: 'ping' }] });
      expect(init.result).toEqual({});
      expect((await lightningd.request('ping')).result).toEqual({ pong: true });
      process.kill(child.pid ?? 0, 'SIGTERM');
      expect(await statusOf(child)).toEqual([0, null]);
      expect(lightningd.logged()).toEqual([
        'info {"jsonrpc":"2.0","id":"cln:getmanifest#1","result":{"no":1}}',
        'broken an early error',
        'info two',
        'info of one',
        'info lines and half ',
      ]);
    });

    test('writes the output to stderr if the program exits without run()', async () => {
      const file = await early(
        'early-exit.mjs',
        `new Plugin(); console.log('no config'); throw new Error('gave up');`,
      );
      const child = spawn(process.execPath, [file], {
        stdio: ['pipe', 'pipe', 'pipe'],
        env: { ...process.env, LIGHTNINGD_PLUGIN: '1' },
      });
      const [stdout, stderr, [status]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'close') as Promise<[number]>,
      ]);
      expect({ stdout, status }).toEqual({ stdout: '', status: 1 });
      expect(stderr).toContain('no config');
      expect(stderr).toContain('Error: gave up');
    });

    test('leaves the output of a program alone that lightningd has not started', async () => {
      const file = await early('by-hand.mjs', `new Plugin(); console.log('a test');`);
      const env = { ...process.env };
      delete env['LIGHTNINGD_PLUGIN'];
      const child = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'inherit'], env });
      expect(await text(child.stdout)).toBe('a test\n');
    });
  });

  test('logs an uncaught error, closes in order and exits with status 1', async () => {
    const { child, lightningd } = start(program);
    await lightningd.start({ port: 1 });
    await lightningd.request('crash');
    expect(await statusOf(child)).toEqual([1, null]);
    const log = lightningd.logged().join('\n');
    expect(log).toContain('broken uncaught: Error: uncaught by the plugin');
    expect(log).toContain('info closed in order');
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('closes in order on %s', async (signal) => {
    const { child, lightningd } = start(program);
    await lightningd.start({ port: 1 });
    child.kill(signal);
    expect(await statusOf(child)).toEqual([0, null]);
    expect(lightningd.logged()).toEqual(['info closed in order']);
  });

  test('exits when lightningd is killed and stdout is a broken pipe', async () => {
    const { child, lightningd } = start(program);
    await lightningd.start({ port: 1 });
    child.stdout.destroy();
    await once(child.stdout, 'close');
    lightningd.send('{"jsonrpc":"2.0","id":1,"method":"chatter","params":{}}');
    expect(await statusOf(child)).toEqual([0, null]);
  });

  test('declines', async () => {
    const { child, lightningd } = start(program);
    const { init } = await lightningd.start();
    expect(init.result).toEqual({ disable: 'no port' });
    child.kill('SIGKILL');
    await statusOf(child);
  });
});

describe("the README's plugin", () => {
  test('runs verbatim', async () => {
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
    const [, program = ''] = /```js hello\.mjs\n(.*?)```/s.exec(readme) ?? [];
    await using node = await FakeSocket.start((request) =>
      request.result('{"alias":"ANGRYPHOTO"}'),
    );
    const { child, lightningd } = start(
      await bundle(join(directory, 'hello.mjs'), { text: program }),
    );
    const { manifest } = await lightningd.start({}, { 'lightning-dir': node.directory });
    expect(manifest.result).toMatchObject({ rpcmethods: [{ name: 'hello', usage: '[name]' }] });
    const { result } = await lightningd.request('hello', ['Alice']);
    expect(result).toEqual({ greeting: 'Hello, Alice, from ANGRYPHOTO!' });
    expect((await lightningd.request('hello', { name: [] })).error).toEqual({
      code: -32602,
      message: "name: should be a string: invalid token '[]'",
    });
    lightningd.notify('invoice_payment', { invoice_payment: { label: 'x', msat: 10000 } });
    await lightningd.logLine('info paid: x, 10000 msat');
    lightningd.notify('shutdown', { shutdown: {} });
    expect(await statusOf(child)).toEqual([0, null]);
  });
});
