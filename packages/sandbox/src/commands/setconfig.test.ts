import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '@clnrest/testing';
import { describe, expect, test } from 'vitest';
import { SocketClient } from '../testing/socket-client.ts';
import { temporarySandbox } from '../testing/temporary-sandbox.ts';
import { received, writePlugin } from '../testing/test-plugin.ts';

interface Reply {
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly code: number; readonly message: string };
}

const OPTIONS = [
  { name: 'word', type: 'string', description: 'd', default: 'first', dynamic: true },
  { name: 'words', type: 'string', description: 'd', multi: true, dynamic: true },
  { name: 'shout', type: 'flag', description: 'd', dynamic: true },
  { name: 'fixed', type: 'string', description: 'd' },
];

/** Rejects the value `no`. */
const BODY = `
const set = ({ val }) => {
  if (val === 'no') throw { code: -7, message: 'not that word' };
  return {};
};
on('setconfig', set);
on('check', set);`;

async function connected(directory: string, args: readonly string[] = []) {
  const plugin = await writePlugin({ manifest: { options: OPTIONS, cancheck: true }, body: BODY });
  const start = async () => {
    const sandbox = await temporarySandbox({
      directory,
      args: [`--plugin=${plugin.path}`, '--log-level=debug', ...args],
    });
    const client = await SocketClient.connect(sandbox.rpcPath);
    const ask = async (method: string, params: unknown): Promise<Reply> => {
      client.write(JSON.stringify({ jsonrpc: '2.0', id: 'me', method, params }));
      return JSON.parse((await client.read()) ?? '{}') as Reply;
    };
    return { sandbox, ask };
  };
  return { plugin, start, ...(await start()) };
}

async function valueOf(ask: (method: string, params: unknown) => Promise<Reply>, name: string) {
  const { result } = await ask('listconfigs', { config: name });
  return (result?.['configs'] as Record<string, unknown> | undefined)?.[name];
}

describe('setconfig', () => {
  test('changes an option until the node stops', async () => {
    const directory = temporaryDirectory();
    const { ask, plugin, sandbox, start } = await connected(directory);
    const { path } = plugin;
    expect(
      (await ask('setconfig', { config: 'word', val: 'second', transient: true })).result,
    ).toEqual({
      config: {
        config: 'word',
        value_str: 'second',
        source: 'setconfig transient',
        plugin: path,
        dynamic: true,
      },
    });
    expect(received(await plugin.notes(), 'setconfig')).toEqual([
      expect.stringMatching(
        /^\{"jsonrpc":"2\.0","id":"me\/cln:setconfig#\d+","method":"setconfig","params":\{"config":"word","val":"second"\}\}$/,
      ),
    ]);
    expect(await valueOf(ask, 'word')).toMatchObject({ value_str: 'second' });
    expect(sandbox.lines.join('\n')).toContain('setconfig: word second (updated NULL:0)');
    await sandbox.stop();
    const again = await start();
    expect(await valueOf(again.ask, 'word')).toMatchObject({
      value_str: 'first',
      source: 'default',
    });
  });

  test('changes an option for good, in a file of its own', async () => {
    const directory = temporaryDirectory();
    const { ask, sandbox, start } = await connected(directory);
    const config = join(directory, 'regtest', 'config');
    const file = `${config}.setconfig`;
    expect((await ask('setconfig', ['word', 'second'])).result?.['config']).toMatchObject({
      value_str: 'second',
      source: `${file}:2`,
    });
    await ask('setconfig', ['shout']);
    await ask('setconfig', ['word', 'third']);
    expect(readFileSync(file, 'utf8').split('\n').slice(1)).toEqual(['word=third', 'shout', '']);
    expect(readFileSync(config, 'utf8')).toMatch(
      /^# Inserted by setconfig .*\ninclude config\.setconfig\n$/,
    );
    await sandbox.stop();
    const again = await start();
    expect(await valueOf(again.ask, 'word')).toMatchObject({
      value_str: 'third',
      source: `${file}:2`,
    });
    expect(await valueOf(again.ask, 'shout')).toMatchObject({ set: true });
    await again.ask('setconfig', ['word', 'fourth']);
    expect(readFileSync(file, 'utf8')).toContain('\nword=fourth\n');
  });

  test('changes an option for a time, then for good again', async () => {
    const directory = temporaryDirectory();
    const { ask } = await connected(directory);
    const set = async (val: string[], transient: boolean): Promise<unknown> =>
      (await ask('setconfig', { config: 'words', val, transient })).result?.['config'];
    await set(['a', '', 'a'], false);
    expect(await set(['b'], true)).toMatchObject({
      values_str: ['b'],
      sources: ['setconfig transient'],
    });
    expect(await valueOf(ask, 'words')).toMatchObject({ values_str: ['b'] });
    expect(await set(['c'], false)).toMatchObject({ values_str: ['c'] });
    for (const [val, transient] of [['x'], ['y', true], ['z']] as const) {
      await ask('setconfig', { config: 'word', val, transient: transient ?? false });
    }
    const file = readFileSync(join(directory, 'regtest', 'config.setconfig'), 'utf8');
    expect(file.match(/^words?=.*$/gm)).toEqual(['words=c', 'word=z']);
  });

  test('comments out the settings of other files', async () => {
    const directory = temporaryDirectory();
    const config = join(directory, 'regtest', 'config');
    mkdirSync(join(directory, 'regtest'));
    writeFileSync(config, 'words=a\nalias=me\nwords=b');
    const { ask } = await connected(directory);
    expect((await ask('setconfig', { config: 'words', val: ['c', 'd'] })).result).toMatchObject({
      config: { values_str: ['c', 'd'] },
    });
    expect(readFileSync(config, 'utf8')).toMatch(
      /^# setconfig commented out \(see config\.setconfig\): words=a\nalias=me\n# setconfig commented out \(see config\.setconfig\): words=b\n# Inserted/,
    );
    // Without a value, nothing remains.
    expect((await ask('setconfig', { config: 'words' })).result).toMatchObject({
      config: { values_str: [] },
    });
    expect(readFileSync(`${config}.setconfig`, 'utf8')).not.toMatch(/^words/m);
  });

  test('refuses to change a file that has changed', async () => {
    const directory = temporaryDirectory();
    const config = join(directory, 'regtest', 'config');
    mkdirSync(join(directory, 'regtest'));
    writeFileSync(config, 'word=a\n');
    const { ask } = await connected(directory);
    writeFileSync(config, 'word=z\n');
    expect((await ask('setconfig', ['word', 'b'])).error).toEqual({
      code: -32602,
      message: `Configfile ${config} line 1 changed from word=a to word=z!`,
    });
  });

  test.each([
    [{ config: 'nosuch' }, -32602, `config: Unknown config option: invalid token '"nosuch"'`],
    [
      { config: 'fixed', val: 'x' },
      -32602,
      `config: Not a dynamic config option: invalid token '"fixed"'`,
    ],
    [{ config: 'word' }, -32602, 'word requires a value'],
    [
      { config: 'word', val: ['x'] },
      -32602,
      'word is not a multi option: val must not be an array',
    ],
    [{ config: 'words', val: 'x' }, -32602, 'words is a multi option: val must be an array'],
    [{ config: 'shout', val: 'x' }, -32602, 'shout does not take a value'],
    [{ config: 'word', val: 'no' }, -7, 'not that word'],
    [{}, -32602, 'missing required parameter: config'],
  ])('refuses %j, also in check', async (params, code, message) => {
    const { ask } = await connected(temporaryDirectory());
    expect((await ask('setconfig', params)).error).toEqual({ code, message });
    const check = await ask('check', { command_to_check: 'setconfig', ...params });
    expect(check.error).toEqual({ code, message });
    expect(await valueOf(ask, 'word')).toMatchObject({ value_str: 'first' });
  });

  test('checks a value without changing the option', async () => {
    const { ask, plugin } = await connected(temporaryDirectory());
    const check = { command_to_check: 'setconfig', config: 'word', val: 'x' };
    expect((await ask('check', check)).result).toEqual({ command_to_check: 'setconfig' });
    expect(received(await plugin.notes(), 'check')).toHaveLength(1);
    expect(await valueOf(ask, 'word')).toMatchObject({ value_str: 'first' });
  });

  test('changes an option of the node', async () => {
    const { ask } = await connected(temporaryDirectory());
    const change = { config: 'min-capacity-sat', transient: true };
    expect((await ask('setconfig', { ...change, val: '20000' })).result).toMatchObject({
      config: { config: 'min-capacity-sat', value_int: 20_000, source: 'setconfig transient' },
    });
    expect((await ask('setconfig', { ...change, val: 'x' })).error?.message).toContain(
      'Error setting min-capacity-sat: ',
    );
  });
});
