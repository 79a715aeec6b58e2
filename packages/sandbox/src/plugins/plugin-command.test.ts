import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SocketClient } from '../testing/socket-client.ts';
import { temporarySandbox } from '../testing/temporary-sandbox.ts';
import { received, writePlugin } from '../testing/test-plugin.ts';

async function node(args: readonly string[] = []) {
  const sandbox = await temporarySandbox({ args });
  return { sandbox, client: await SocketClient.connect(sandbox.rpcPath) };
}

const OPTIONS = [
  { name: 'some-port', type: 'int', description: 'd' },
  { name: 'some-word', type: 'string', description: 'd', default: 'w' },
  { name: 'some-flag', type: 'flag', description: 'd' },
];

describe('plugin start', () => {
  test('starts a plugin with options, and lists the plugins', async () => {
    const { client } = await node();
    const { path, notes } = await writePlugin({ manifest: { options: OPTIONS } });
    const { result } = await client.call('plugin', {
      subcommand: 'start',
      plugin: path,
      'some-port': 5,
      'some-flag': true,
    });
    expect(result).toEqual({
      command: 'start',
      plugins: [{ name: path, active: true, dynamic: true }],
    });
    const [manifest] = received(await notes(), 'getmanifest');
    expect(manifest).toMatch(/"id":"test#0\/cln:getmanifest#\d+"/);
    const [init] = received(await notes(), 'init');
    expect(init).toContain('"options":{"some-port":5,"some-word":"w","some-flag":true},');
    expect(init).toContain('"startup":false');
    expect((await client.call('listconfigs', ['some-port'])).result).toEqual({
      configs: { 'some-port': { value_int: 5, source: 'pluginstart', plugin: path } },
    });
  });

  test.each([
    ['an unknown option', { nosuch: 1 }, 'unknown parameter nosuch'],
    ['an invalid value', { 'some-port': 'x' }, "'x' is not a number"],
  ])('fails with %s', async (_, extra, why) => {
    const { client } = await node();
    const { path } = await writePlugin({ manifest: { options: OPTIONS } });
    const { error } = await client.call('plugin', { subcommand: 'start', plugin: path, ...extra });
    expect(error).toEqual({ code: -3, message: `${path}: ${why}` });
    // Everything that it registered is removed: it can be started again.
    expect((await client.call('plugin', ['start', path])).error).toBeUndefined();
  });

  test.each([
    ['declines', { manifest: { disable: 'no' } }, 'disabled itself: no'],
    [
      'declines at init',
      { body: "on('init', () => ({ disable: 'why' }));" },
      'disabled itself at init: why',
    ],
    ['exits', { body: 'process.exit(1)' }, 'exited before replying to getmanifest'],
    ['is not dynamic', { manifest: { dynamic: false } }, 'Not a dynamic plugin'],
    [
      'declares a taken option',
      { manifest: { options: [{ name: 'alias', type: 'string', description: 'd' }] } },
      'Option "alias" already registered',
    ],
  ])('fails for a plugin that %s', async (_, plugin, why) => {
    const { client } = await node();
    const { path } = await writePlugin(plugin);
    const { error } = await client.call('plugin', ['start', path]);
    expect(error).toEqual({ code: -3, message: `${path}: ${why}` });
  });

  test('fails for a plugin that runs', async () => {
    const { client } = await node();
    const { path } = await writePlugin();
    await client.call('plugin', ['start', path]);
    expect((await client.call('plugin', ['start', path])).error).toEqual({
      code: -32602,
      message: `${path}: already registered`,
    });
  });

  test('fails for a file that is not a program', async () => {
    const { client, sandbox } = await node();
    expect((await client.call('plugin', ['start', 'nosuch'])).error).toEqual({
      code: -32602,
      message: `${join(sandbox.lightningDir, 'plugins', 'nosuch')} is not executable: No such file or directory`,
    });
    expect((await client.call('plugin', ['start', 'x', 'y'])).error?.message).toBe(
      'Extra parameters must be in object',
    );
  });
});

describe('plugin stop', () => {
  test('stops a plugin by name or by path', async () => {
    const { client } = await node();
    const { path } = await writePlugin({
      manifest: { rpcmethods: [{ name: 'mine', usage: '', description: '' }] },
    });
    for (const name of ['test-plugin', path]) {
      await client.call('plugin', ['start', path]);
      expect((await client.call('mine')).error?.code).not.toBe(-32601);
      expect((await client.call('plugin', ['stop', name])).result).toEqual({
        command: 'stop',
        result: 'Successfully stopped test-plugin.',
      });
      expect((await client.call('mine')).error?.code).toBe(-32601);
    }
  });

  test('rejects a plugin that is not dynamic', async () => {
    const { path } = await writePlugin({ manifest: { dynamic: false } });
    const { client } = await node([`--plugin=${path}`]);
    expect((await client.call('plugin', ['stop', 'test-plugin'])).error).toEqual({
      code: -32602,
      message: 'test-plugin cannot be managed when lightningd is up',
    });
  });
});

describe('which plugins start with the node', () => {
  test('those that options name, except disabled ones', async () => {
    const one = await writePlugin({ name: 'one' });
    const two = await writePlugin({ name: 'two' });
    const { client, sandbox } = await node([
      `--plugin=${one.path}`,
      `--plugin=${two.path}`,
      '--disable-plugin=one',
    ]);
    expect((await client.call('plugin', ['list'])).result).toEqual({
      command: 'list',
      plugins: [{ name: two.path, active: true, dynamic: true }],
    });
    expect(sandbox.lines.join('\n')).toContain(
      `plugin-manager: ${one.path}: disabled via disable-plugin`,
    );
  });

  test.each([
    ['plugin', (path: string) => `--plugin=${path}`, 'lightningd'],
    ['important-plugin', (path: string) => `--important-plugin=${path}`, 'lightningd'],
    ['plugin-dir', (path: string) => `--plugin-dir=${join(path, '..')}`, 'plugin-manager'],
  ])('not those of %s that are disabled before', async (_, option, source) => {
    const { path } = await writePlugin({ name: 'one' });
    const { client, sandbox } = await node(['--disable-plugin=one', option(path)]);
    expect((await client.call('plugin', ['list'])).result).toMatchObject({ plugins: [] });
    const line = `INFO    ${source}: ${path}: disabled via disable-plugin`;
    expect(sandbox.lines.some((each) => each.endsWith(line))).toBe(true);
  });

  test('a disabled plugin stays disabled when its directory is read again', async () => {
    const { path } = await writePlugin({ name: 'one' });
    const { client, sandbox } = await node(['--disable-plugin=one']);
    const params = ['startdir', join(path, '..')];
    expect((await client.call('plugin', params)).result).toMatchObject({ plugins: [] });
    expect(sandbox.lines.at(-1)).toMatch(
      /INFO {4}plugin-manager: .*\/one: disabled via disable-plugin$/,
    );
    // By its path, it can be started.
    expect((await client.call('plugin', ['start', path])).result).toMatchObject({
      plugins: [{ name: path }],
    });
  });

  test('those after clear-plugins', async () => {
    const one = await writePlugin({ name: 'one' });
    const two = await writePlugin({ name: 'two' });
    const sandbox = await temporarySandbox({
      plugins: [one.path],
      args: ['--clear-plugins', `--plugin=${two.path}`],
    });
    const client = await SocketClient.connect(sandbox.rpcPath);
    expect((await client.call('plugin', ['list'])).text).not.toContain('/one"');
    const cleared = await node([`--plugin=${one.path}`, '--clear-plugins', `--plugin=${two.path}`]);
    expect((await cleared.client.call('listconfigs', ['plugin'])).result).toEqual({
      configs: { plugin: { values_str: [two.path], sources: ['cmdline'] } },
    });
  });

  test('those in a directory', async () => {
    const { path } = await writePlugin();
    const { client } = await node([`--plugin-dir=${join(path, '..')}`]);
    expect((await client.call('plugin', ['list'])).result).toMatchObject({
      plugins: [{ name: path }],
    });
    // The directory contains no new plugin.
    expect((await client.call('plugin', ['startdir', join(path, '..')])).result).toMatchObject({
      command: 'startdir',
      plugins: [{ name: path }],
    });
    expect((await client.call('plugin', ['rescan'])).result).toMatchObject({ command: 'rescan' });
  });
});

describe('a plugin whose file has changed', () => {
  test.each(['startdir', 'start'])('restarts on %s', async (subcommand) => {
    const plugin = await writePlugin();
    const { client, sandbox } = await node([`--plugin=${plugin.path}`]);
    const where = subcommand === 'start' ? plugin.path : join(plugin.path, '..');
    const params = [subcommand, where];
    const starts = async () => received(await plugin.notes(), 'init').length;

    await client.call('plugin', params);
    expect(await starts()).toBe(1);
    expect(sandbox.lines.join('\n')).not.toContain('Plugin changed');

    appendFileSync(plugin.path, '\n// changed\n');
    expect((await client.call('plugin', params)).result).toEqual({
      command: subcommand,
      plugins: [{ name: plugin.path, active: true, dynamic: true }],
    });
    expect(await starts()).toBe(2);
    expect(sandbox.lines.join('\n')).toContain(
      'INFO    plugin-test-plugin: Killing plugin: Plugin changed, needs restart.',
    );
  });

  test('keeps running if it is important', async () => {
    const plugin = await writePlugin();
    const { client } = await node([`--important-plugin=${plugin.path}`]);
    appendFileSync(plugin.path, '\n// changed\n');
    await client.call('plugin', ['startdir', join(plugin.path, '..')]);
    expect(received(await plugin.notes(), 'init')).toHaveLength(1);
  });
});

describe('a call with another deprecation setting than the node', () => {
  const method = { name: 'mine', usage: '', description: 'd' };

  test.each([
    ['subscribes to it', ['deprecated_oneshot'], 1],
    ['subscribes to all topics', ['*'], 1],
    ['does not subscribe (no notification)', [], 0],
  ])('notifies a plugin that %s', async (_, subscriptions, expected) => {
    const { client, sandbox } = await node();
    const plugin = await writePlugin({
      manifest: { rpcmethods: [method], subscriptions },
      body: "on('mine', () => ({}));",
    });
    await client.call('plugin', ['start', plugin.path]);
    expect((await client.call('deprecations', [false])).result).toEqual({});
    await client.call('mine');
    await client.call('deprecations', [true]);
    await client.call('mine');
    const other = await SocketClient.connect(sandbox.rpcPath);
    await other.call('mine');

    const notes = (await plugin.notes()).map((note) => (note as { raw: string }).raw);
    const kinds = notes.flatMap(
      (raw) => /"method":"(mine|deprecated_oneshot)"/.exec(raw)?.[1] ?? [],
    );
    expect(kinds).toEqual([...Array(expected).fill('deprecated_oneshot'), 'mine', 'mine', 'mine']);
    const params = '"params":{"deprecated_oneshot":{"deprecated_ok":false}}';
    expect(notes.filter((raw) => raw.includes(params))).toHaveLength(expected);
  });
});
