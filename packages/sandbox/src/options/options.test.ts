import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryDirectory } from '@clnrest/testing';
import { runSandbox } from '../sandbox.ts';
import { parseSandboxOptions } from '../sandbox-options.ts';
import { SocketClient } from '../testing/socket-client.ts';
import { temporarySandbox } from '../testing/temporary-sandbox.ts';
import { readCommandLine } from './command-line.ts';
import { settingText } from './definition.ts';
import { OWN_OPTIONS } from './own-options.ts';
import { readSettings } from './read-settings.ts';

/** `listconfigs` of lightningd v26.06.6 on regtest: one option in each line, without the plugins that declare them. */
const RECORDED = readFileSync(new URL('recorded-configs.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .flatMap((line) => Object.entries(JSON.parse(line) as Record<string, object>));

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
    expect(parseSandboxOptions(['--help'])).toEqual({
      kind: 'help',
      options: { args: ['--help'] },
    });
    expect(parseSandboxOptions(['-V'])).toEqual({ kind: 'print', text: 'v26.06.6-sandbox' });
    expect(parseSandboxOptions(['--list-features-only'])).toMatchObject({
      kind: 'print',
      text: expect.stringMatching(/^option_data_loss_protect\/even\n/) as string,
    });
  });
});

describe('if the options of the bundled plugins are known', () => {
  const parse = (home: string, ...args: string[]) =>
    parseSandboxOptions(args, { ...at(home), pluginOptions: ['rest-port'] });

  test('an unknown option is rejected at once', () => {
    const home = temporaryDirectory();
    const base = join(home, '.lightning');
    mkdirSync(base);
    expect(parse(home, '--rest-port=1', '--alias=x', '--wallet=x').kind).toBe('start');
    expect(() => parse(home, '--rest-prt=1')).toThrow('--rest-prt=1: unknown option');
    writeFileSync(join(base, 'config'), 'odd=1\n');
    expect(() => parse(home)).toThrow(`Config file ${join(base, 'config')} line 1: odd=1: unknown`);
    expect(parse(home, '--help').kind).toBe('help');
  });

  test('another plugin can have an unknown option', () => {
    const home = temporaryDirectory();
    for (const option of ['plugin=x', 'plugin-dir=x', 'important-plugin=x', 'disable-plugin=rest'])
      expect(parse(home, `--${option}`, '--odd=1').kind).toBe('start');
    mkdirSync(join(home, '.lightning/plugins'), { recursive: true });
    expect(parse(home, '--odd=1').kind).toBe('start');
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
  ['--cltv-final=-1', "'-1' is out of range"],
  ['--fee-base=x', "'x' is not a number"],
  ['--htlc-minimum-msat=x', "Unable to parse millisatoshi 'x'"],
  ['--always-use-proxy=x', "Invalid argument 'x'"],
  ['--offline=1', "doesn't allow an argument"],
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
    args: ['--announce-addr=127.0.0.1:9735', '--bitcoin-rpcport=18443'],
  });
  expect(lines.join('\n')).toContain(
    '--announce-addr has no effect: the sandbox simulates its chain and its peers',
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

  test('returns the options and defaults of a lightningd on regtest, in its order', async () => {
    const { rpcPath } = await temporarySandbox();
    const client = await SocketClient.connect(rpcPath);
    const { configs } = (await client.call('listconfigs')).result as {
      configs: Record<string, object>;
    };
    // Their values depend on the node.
    const ours = new Set(['lightning-dir', 'network', 'rgb', 'alias', 'pid-file', 'log-level']);
    const shown = Object.entries(configs).map(([name, config]) =>
      ours.has(name) ? [name] : [name, config],
    );
    expect(shown).toEqual(
      RECORDED.map(([name, config]) => (ours.has(name) ? [name] : [name, config])),
    );
  });

  test('shows an option without effect that is set, and the log says so', async () => {
    const { rpcPath, lines } = await temporarySandbox({
      args: [
        '--fee-base=7',
        '--commit-time=7',
        '--htlc-minimum-msat=5sat',
        '--addr=127.0.0.1:9735',
        '--dev-bitcoind-poll=1',
        '--autoclean-paidinvoices-age=60',
        '--experimental-splicing',
      ],
    });
    const client = await SocketClient.connect(rpcPath);
    const { configs } = (await client.call('listconfigs')).result as { configs: object };
    expect(configs).toMatchObject({
      'fee-base': { value_int: 7, source: 'cmdline' },
      'htlc-minimum-msat': { value_msat: 5000, source: 'cmdline' },
      addr: { values_str: ['127.0.0.1:9735'], sources: ['cmdline'] },
      autolisten: { value_bool: false, source: 'default' },
      'dev-bitcoind-poll': { value_int: 1, source: 'cmdline' },
      'autoclean-paidinvoices-age': { value_int: 60, source: 'cmdline', dynamic: true },
      'experimental-splicing': { set: true, source: 'cmdline' },
    });
    expect(lines.some((line) => line.includes('--commit-time has no effect'))).toBe(true);
  });

  test('shows absolute paths of the directory and the file', async () => {
    const directory = realpathSync(temporaryDirectory());
    writeFileSync(join(directory, 'settings'), 'alias=given\n');
    const sandbox = await runSandbox({
      args: ['--lightning-dir=node', '--conf=settings', '--pid-file=own.pid'],
      workingDirectory: directory,
    });
    onTestFinished(() => sandbox.stop());
    const client = await SocketClient.connect(sandbox.rpcPath);
    const { configs } = (await client.call('listconfigs')).result as { configs: object };
    expect(configs).toMatchObject({
      'lightning-dir': { value_str: join(directory, 'node'), source: 'cmdline' },
      conf: { value_str: join(directory, 'settings'), source: 'cmdline' },
      'pid-file': { value_str: 'own.pid' },
    });
    // As in lightningd, a relative pid file is in the network's directory.
    expect(existsSync(join(directory, 'node', 'regtest', 'own.pid'))).toBe(true);
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

  test('shows the current name of an option with an older one', async () => {
    const { rpcPath } = await temporarySandbox({ args: ['--wumbo'] });
    const client = await SocketClient.connect(rpcPath);
    expect((await client.call('listconfigs', ['large-channels'])).result).toEqual({
      configs: { 'large-channels': { set: true, source: 'cmdline' } },
    });
  });

  test('conceals secrets', async () => {
    const secret = 'ab'.repeat(32);
    const { rpcPath } = await temporarySandbox({ args: [`--dev-rune-secret=${secret}`] });
    const client = await SocketClient.connect(rpcPath);
    expect((await client.call('listconfigs')).text).not.toContain(secret);
  });
});
