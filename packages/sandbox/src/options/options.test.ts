import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '@clnrest/testing';
import { parseSandboxOptions } from '../sandbox-options.ts';
import { SocketClient } from '../testing/socket-client.ts';
import { temporarySandbox } from '../testing/temporary-sandbox.ts';
import { readCommandLine } from './command-line.ts';
import { settingText } from './definition.ts';
import { OWN_OPTIONS } from './own-options.ts';
import { readSettings } from './read-settings.ts';

function at(workingDirectory: string) {
  return { workingDirectory, home: workingDirectory };
}

describe('the command line', () => {
  test.each([
    [['--alias=a b'], ['alias=a b']],
    [['--alias', 'a'], ['alias=a']],
    [['--alias', '--odd'], ['alias=--odd']],
    [
      ['--regtest', '--alias=x'],
      ['regtest', 'alias=x'],
    ],
    [['--unknown', 'value'], ['unknown=value']],
    [
      ['--unknown', '--regtest'],
      ['unknown', 'regtest'],
    ],
    [['--unknown=a=b'], ['unknown=a=b']],
    [['-h'], ['help']],
    [['--log-file=-'], ['log-file=-']],
    [['--log-file', '-'], ['log-file=-']],
  ])('%j', (args, settings) => {
    expect(readCommandLine(args, OWN_OPTIONS).map(settingText)).toEqual(settings);
  });

  test.each([['start'], ['--'], ['-'], ['']])('%j is rejected', (arg) => {
    expect(() => readCommandLine([arg], OWN_OPTIONS)).toThrow(/^no arguments accepted/);
  });

  test('can request the help and the version', () => {
    expect(parseSandboxOptions(['--help'])).toMatchObject({
      kind: 'help',
      text: expect.stringContaining('It is not a Lightning node') as string,
    });
    expect(parseSandboxOptions(['-V'])).toEqual({ kind: 'version', text: 'v26.06.6-sandbox' });
  });
});

describe('configuration files', () => {
  test('are read in the order of lightningd, and the command line overrides them', async () => {
    const home = temporaryDirectory();
    const base = join(home, '.lightning');
    mkdirSync(join(base, 'signet'), { recursive: true });
    writeFileSync(join(base, 'config'), '# a comment\nsignet\n\nalias=from base\nrest-port=1\n');
    writeFileSync(join(base, 'signet', 'config'), 'alias=from network\r\ninclude more\n');
    writeFileSync(join(base, 'signet', 'more'), 'rgb=112233');
    const { settings, network, lightningDir } = readSettings(['--rest-port=2'], at(home));
    expect(lightningDir).toBe(base);
    expect(network.name).toBe('signet');
    expect(settings.map(settingText)).toEqual([
      'signet',
      'alias=from base',
      'rest-port=1',
      'alias=from network',
      'rgb=112233',
      'rest-port=2',
    ]);
  });

  test('that --conf names replace the others', async () => {
    const home = temporaryDirectory();
    mkdirSync(join(home, '.lightning'));
    writeFileSync(join(home, '.lightning', 'config'), 'alias=not this');
    writeFileSync(join(home, 'my.conf'), 'lightning-dir=here\nalias=this');
    const { settings, lightningDir } = readSettings(['--conf=my.conf'], at(home));
    expect(lightningDir).toBe(join(home, 'here'));
    expect(settings.map(settingText)).toContain('alias=this');
    expect(settings.map(settingText)).not.toContain('alias=not this');
  });

  test.each([
    ['config', 'conf=x', 'not permitted in configuration files'],
    ['config', 'lightning-dir=x', 'not permitted in implicit configuration files'],
    ['regtest/config', 'network=regtest', 'not permitted in network-specific configuration files'],
  ])('%s cannot contain %s', async (file, line, problem) => {
    const home = temporaryDirectory();
    const base = join(home, '.lightning');
    mkdirSync(join(base, 'regtest'), { recursive: true });
    writeFileSync(join(base, file), `\n${line}`);
    expect(() => readSettings([], at(home))).toThrow(
      `Config file ${join(base, file)} line 2: ${line}: ${problem}`,
    );
  });

  test('that include themselves are rejected', async () => {
    const home = temporaryDirectory();
    writeFileSync(join(home, 'loop'), 'include loop');
    expect(() => readSettings(['--conf=loop'], at(home))).toThrow(/^Include loop/);
  });

  test('that --conf names must exist', async () => {
    const home = temporaryDirectory();
    expect(() => readSettings(['--conf=nosuch'], at(home))).toThrow(
      /^Opening and reading .*nosuch/,
    );
  });

  test('with an invalid line prevent the start', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'config'), 'alias=x\nnosuch=1\n');
    await expect(temporarySandbox({ directory })).rejects.toMatchObject({
      code: 'bad_option',
      message: `Config file ${join(directory, 'config')} line 2: nosuch=1: unknown option`,
    });
  });
});

describe('networks', () => {
  test('regtest is the default', async () => {
    const home = temporaryDirectory();
    expect(readSettings([], at(home)).network.name).toBe('regtest');
    expect(readSettings(['--network=testnet4'], at(home)).network.name).toBe('testnet4');
    expect(readSettings(['--testnet', '--network', 'signet'], at(home)).network.name).toBe(
      'signet',
    );
  });

  test.each(['--mainnet', '--network=bitcoin', '--network=liquid'])(
    '%s is refused with a reason',
    async (arg) => {
      const home = temporaryDirectory();
      expect(() => readSettings([arg], at(home))).toThrow(
        expect.objectContaining({
          code: 'refused',
          message: expect.stringContaining('not a Lightning node') as string,
        }),
      );
    },
  );

  test('unknown names are rejected', async () => {
    const home = temporaryDirectory();
    expect(() => readSettings(['--network=foo'], at(home))).toThrow(
      "--network=foo: Unknown network name 'foo'",
    );
    expect(() => readSettings(['--network'], at(home))).toThrow('--network: requires an argument');
  });
});

test.each([
  [
    '--alias=123456789012345678901234567890123',
    "Alias '123456789012345678901234567890123' is over 32 characters",
  ],
  ['--rgb=red', "rgb 'red' is not six hex digits"],
  ['--rpc-file-mode=600', "'600' is not a file mode"],
  ['--log-level=loud', 'unknown log level loud'],
  ['--log-level=debug:x:nosuch.log', 'unknown log file nosuch.log'],
  ['--dev-rune-secret=00', 'must be 64 hex digits (32 bytes)'],
  ['--cltv-final=-1', "'-1' is negative but destination is unsigned"],
  ['--regtest=1', "doesn't allow an argument"],
  ['--daemon', 'not supported: run the sandbox in the background with your shell'],
  ['--plugin-dir=/nosuch', 'Failed to open plugin-dir /nosuch'],
])('%s prevents the start', async (arg, problem) => {
  await expect(temporarySandbox({ args: [arg] })).rejects.toMatchObject({
    code: 'bad_option',
    message: `${arg}: ${problem}`,
  });
});

test('ignored options are accepted and logged', async () => {
  const { lines } = await temporarySandbox({
    args: ['--addr=127.0.0.1:9735', '--bitcoin-rpcport=18443'],
  });
  expect(lines.join('\n')).toContain(
    '--addr has no effect: the sandbox simulates its chain and its peers',
  );
});

test('getinfo returns the alias and the color', async () => {
  const { rpcPath, alias } = await temporarySandbox({ args: ['--alias= a b', '--rgb=AABBCC'] });
  expect(alias).toBe(' a b');
  const client = await SocketClient.connect(rpcPath);
  expect((await client.call('getinfo')).result).toMatchObject({ alias: ' a b', color: 'aabbcc' });
});

describe('listconfigs', () => {
  test('returns the settings and their sources', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'config'), 'network=regtest\nalias=ref-l1\n');
    const { rpcPath } = await temporarySandbox({
      directory,
      args: ['--developer', '--log-file=-'],
    });
    const client = await SocketClient.connect(rpcPath);
    const { result } = await client.call('listconfigs');
    expect(result).toMatchObject({
      configs: {
        developer: { set: true, source: 'cmdline' },
        'lightning-dir': { value_str: directory, source: 'cmdline' },
        network: { value_str: 'regtest', source: `${join(directory, 'config')}:1` },
        alias: { value_str: 'ref-l1', source: `${join(directory, 'config')}:2` },
        regtest: { set: false, source: 'default' },
        'rpc-file': { value_str: 'lightning-rpc', source: 'default' },
        'allow-deprecated-apis': { value_bool: false, source: 'default' },
        plugin: { values_str: [], sources: [] },
        'log-file': { values_str: ['-'], sources: ['cmdline'] },
        'cltv-final': { value_int: 10, source: 'default' },
        'rpc-file-mode': { value_str: '0600', source: 'default' },
      },
    });
    expect(Object.keys((result as { configs: object }).configs).slice(0, 3)).toEqual([
      'developer',
      'lightning-dir',
      'network',
    ]);
  });

  test('returns one option', async () => {
    const { rpcPath } = await temporarySandbox();
    const client = await SocketClient.connect(rpcPath);
    expect((await client.call('listconfigs', ['network'])).result).toEqual({
      configs: { network: { value_str: 'regtest', source: 'default' } },
    });
    expect((await client.call('listconfigs', { config: 'nosuch' })).error).toEqual({
      code: -32602,
      message: `config: Unknown config option: invalid token '"nosuch"'`,
    });
  });

  test('conceals secrets', async () => {
    const secret = 'ab'.repeat(32);
    const { rpcPath } = await temporarySandbox({ args: [`--dev-rune-secret=${secret}`] });
    const client = await SocketClient.connect(rpcPath);
    expect((await client.call('listconfigs')).text).not.toContain(secret);
  });
});
