import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RUNE, temporaryDirectory } from '@clnrest/testing';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../usage-error.ts';
import { parseGatewayArguments, readGatewayOptions } from './options.ts';

function read(argv: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return readGatewayOptions(parseGatewayArguments(argv), env);
}

function file(text: string): string {
  const path = join(temporaryDirectory(), 'gateway.conf');
  writeFileSync(path, text);
  return path;
}

describe('the socket', () => {
  test.each([
    [['--rpc-file=/run/node/lightning-rpc'], '/run/node/lightning-rpc'],
    [['--lightning-dir=/node', '--network=regtest'], '/node/regtest/lightning-rpc'],
    [['--lightning-dir=/node', '--network=signet', '--rpc-file=rpc'], '/node/signet/rpc'],
  ])('of %j is %s', async (argv, socketPath) => {
    expect((await read(argv)).node).toEqual({ socketPath });
  });
});

describe('the sources', () => {
  const FILE = '# the gateway\n\nport = 3021\nhost=127.0.0.1\nhost=127.0.0.2\nlog-level=debug\r\n';

  test('take precedence in their order, each option as a whole', async () => {
    const conf = file(`${FILE}allow-root\n`);
    const env = { CLNREST_PORT: '3022', CLNREST_LOG_FORMAT: 'json', CLNREST_PROTOCOL: '' };
    const options = await read([`--conf=${conf}`, '--log-format=plain', '--rpc-file=/x'], env);
    expect(options).toMatchObject({
      log: { format: 'plain', level: 'debug' },
      user: { user: undefined, allowRoot: true },
      settings: { port: 3022, protocol: 'https' },
    });
    expect(options.settings.hosts.map(({ host }) => host)).toEqual(['127.0.0.1', '127.0.0.2']);
  });

  test('can be variables only', async () => {
    const env = {
      CLNREST_CONF: file(FILE),
      CLNREST_HOST: '127.0.0.1  ::1',
      CLNREST_ALLOW_ROOT: 'false',
      CLNREST_RPC_FILE: '/node/rpc',
      CLNREST_USER: 'lightning:web',
    };
    const options = await read([], env);
    expect(options).toMatchObject({
      node: { socketPath: '/node/rpc' },
      user: { user: 'lightning:web', allowRoot: false },
      settings: { port: 3021, certificates: '/node/clnrest' },
    });
    expect(options.settings.hosts.map(({ host }) => host)).toEqual(['127.0.0.1', '::1']);
  });
});

describe('an invalid option is a sentence with its place', () => {
  test('in a file', async () => {
    const conf = file('port=99\n');
    const message = `port in ${conf} 99, should be a valid available port between 1024 and 65535.`;
    await expect(read([`--conf=${conf}`])).rejects.toEqual(new UsageError(message));
  });

  test.each<[readonly string[], NodeJS.ProcessEnv, string]>([
    [['--port=99'], {}, '--port 99, should be a valid available port between 1024 and 65535.'],
    [[], { CLNREST_PORT: '1e9' }, 'CLNREST_PORT must be an integer. "1e9" is not.'],
    [['--log-format=xml'], {}, '--log-format can be plain, json. "xml" is not one of them.'],
    [[], { CLNREST_LOG_LEVEL: 'all' }, 'CLNREST_LOG_LEVEL can be debug, info, unusual, broken.'],
    [['--prot=http'], {}, "Unknown option '--prot'"],
    [['getinfo'], {}, "Unexpected argument 'getinfo'"],
    [[], { CLNREST_ALLOW_ROOT: 'yes' }, 'CLNREST_ALLOW_ROOT must be true or false'],
    [['--conf=/nowhere/x'], {}, 'cannot read the configuration file /nowhere/x (ENOENT)'],
  ])('%j %j', async (argv, env, message) => {
    const error: unknown = await (async () => read(argv, env))().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as Error).message).toContain(message);
  });

  test.each([
    ['rest-port=3010', 'line 1 of FILE: rest-port is not an option'],
    ['\nport', 'line 2 of FILE: port requires a value, as port=value'],
    ['allow-root=1', 'line 1 of FILE: allow-root must be true or false'],
    ['conf=/other', 'line 1 of FILE: conf is not an option'],
    ['constructor=1', 'line 1 of FILE: constructor is not an option'],
    ['secret!', 'line 1 of FILE is not of the form name=value'],
  ])('the file %j', async (text, message) => {
    const path = file(text);
    await expect(read([`--conf=${path}`])).rejects.toEqual(
      new UsageError(message.replace('FILE', path)),
    );
  });
});

describe('an upstream gateway', () => {
  const ID = `02${'ab'.repeat(32)}`;
  const URL = '--upstream=https://10.0.0.5:3010/';

  test('replaces the socket', async () => {
    const rune = file(`${RUNE}\n`);
    const args = [URL, `--upstream-rune-file=${rune}`, `--node-id=${ID}`, '--redis=redis://a'];
    expect(await read(args)).toMatchObject({
      node: { upstream: { url: 'https://10.0.0.5:3010', ca: undefined, rune: RUNE } },
      nodeId: ID,
    });
  });

  test.each([
    [[URL], '--upstream requires --upstream-rune-file'],
    [[URL, '--upstream-rune-file=/nowhere'], 'cannot read /nowhere, the file of --upstream-rune'],
    [[URL, '--rpc-file=/x'], '--upstream and --rpc-file exclude each other'],
    [[URL, '--redis=redis://a'], 'set also --node-id'],
    [['--upstream=10.0.0.5:3010'], '--upstream must be the address of a gateway'],
    [['--upstream=https://a/path'], '--upstream must be the address of a gateway'],
    [['--upstream=https://me:secret@a'], '--upstream must be the address of a gateway'],
  ])('%j is refused', async (argv, message) => {
    const error: unknown = await (async () => read(argv))().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toContain(message);
    expect(String(error)).not.toContain('secret');
  });
});
