import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '@clnrest/testing';
import { runSandbox } from './sandbox.ts';
import { SocketClient } from './testing/socket-client.ts';
import { temporarySandbox } from './testing/temporary-sandbox.ts';
import { writePlugin } from './testing/test-plugin.ts';

describe('a directory', () => {
  test('has the permissions of lightningd and a pid file', async () => {
    const directory = join(temporaryDirectory(), 'l1');
    const sandbox = await temporarySandbox({ directory });
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(sandbox.networkDir).mode & 0o777).toBe(0o700);
    for (const file of ['sandbox.sqlite3', 'sandbox.sqlite3-wal']) {
      expect(statSync(join(sandbox.networkDir, file)).mode & 0o777, file).toBe(0o600);
    }
    const pidFile = join(directory, 'lightningd-regtest.pid');
    expect(readFileSync(pidFile, 'utf8')).toBe(`${process.pid}\n`);
    await sandbox.stop();
    expect(existsSync(pidFile)).toBe(false);
  });

  test('allows one sandbox at a time', async () => {
    const directory = temporaryDirectory();
    const first = await temporarySandbox({ directory });
    await expect(temporarySandbox({ directory })).rejects.toMatchObject({
      code: 'already_running',
    });
    await expect(temporarySandbox({ directory, args: ['--rpc-file=other'] })).rejects.toMatchObject(
      {
        code: 'already_running',
      },
    );
    // A node on another network uses another directory.
    await temporarySandbox({ directory, args: ['--signet'] });
    await first.stop();
    await temporarySandbox({ directory });
  });

  test.each([
    'hsm_secret',
    'lightningd.sqlite3',
    'regtest/hsm_secret',
    'bitcoin/lightningd.sqlite3',
  ])('of a real node, with %s, is rejected', async (file) => {
    const directory = temporaryDirectory();
    const path = join(directory, file);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, '');
    await expect(temporarySandbox({ directory })).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('not a Lightning node') as string,
    });
  });
});

describe('a node', () => {
  test('keeps its identity across a restart', async () => {
    const directory = temporaryDirectory();
    const first = await temporarySandbox({ directory });
    await first.stop();
    const second = await temporarySandbox({ directory });
    expect(second.id).toBe(first.id);
    expect(second.alias).toBe(first.alias);
    expect(first.id).toMatch(/^0[23][0-9a-f]{64}$/);
    expect(first.alias).toMatch(/^[A-Z]{6,32}$/);
  });

  test('has another identity in another directory', async () => {
    const [first, second] = [await temporarySandbox(), await temporarySandbox()];
    expect(first.id).not.toBe(second.id);
  });

  test('logs that it is not a Lightning node', async () => {
    const { lines } = await temporarySandbox();
    expect(lines.join('\n')).toContain('This is a sandbox, not a Lightning node');
    expect(lines[0]).toMatch(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO {4}lightningd: v26\.06\.6-sandbox$/,
    );
  });

  test('that cannot start leaves nothing behind', async () => {
    const directory = temporaryDirectory();
    const plugin = await writePlugin();
    const lines: string[] = [];
    await expect(
      runSandbox({
        args: [
          `--lightning-dir=${directory}`,
          `--plugin=${plugin.path}`,
          '--log-level=debug',
          '--nosuch',
        ],
        log: (line) => lines.push(line),
      }),
    ).rejects.toMatchObject({ message: '--nosuch: unknown option' });
    const pid = Number(/started\((\d+)\)/.exec(lines.join('\n'))?.[1]);
    expect(() => process.kill(pid, 0)).toThrow();
    await temporarySandbox({ directory });
  });
});

describe('stop', () => {
  test('replies when everything has stopped, and closes', async () => {
    const plugin = await writePlugin({
      manifest: { subscriptions: ['shutdown'] },
      body: "on('shutdown', () => { setTimeout(() => { note('ended'); process.exit(0); }, 50); });",
    });
    const sandbox = await temporarySandbox({ args: [`--plugin=${plugin.path}`] });
    const other = await SocketClient.connect(sandbox.rpcPath);
    const client = await SocketClient.connect(sandbox.rpcPath);
    expect(await client.exchange('{"jsonrpc":"2.0","id":"s","method":"stop","params":{}}')).toBe(
      '{"jsonrpc":"2.0","id":"s","result":{"result":"Shutdown complete"}}',
    );
    expect(await plugin.notes()).toContain('ended');
    await expect(SocketClient.connect(sandbox.rpcPath)).rejects.toThrow('ECONNREFUSED');
    expect(await client.read()).toBeUndefined();
    await other.closed();
    await sandbox.stopped;
  });

  test('can be called twice', async () => {
    const sandbox = await temporarySandbox();
    await Promise.all([sandbox.stop(), sandbox.stop()]);
    await sandbox.stop();
    await sandbox.stopped;
  });

  test('disconnects waiting callers', async () => {
    const sandbox = await temporarySandbox();
    const client = await SocketClient.connect(sandbox.rpcPath);
    client.write('{"jsonrpc":"2.0","id":"w","method":"waitanyinvoice","params":{}}');
    await client.call('getinfo');
    await sandbox.stop();
    expect(await client.read()).toBeUndefined();
  });
});

describe('logging', () => {
  test('goes to files, by level and source', async () => {
    const directory = temporaryDirectory();
    const plugin = await writePlugin({
      body: "on('init', () => { send({ method: 'log', params: { level: 'debug', message: 'from the plugin' } }); return {}; });",
    });
    const sandbox = await temporarySandbox({
      directory,
      args: [
        `--plugin=${plugin.path}`,
        '--log-file=all.log',
        `--log-file=${join(directory, 'plugin.log')}`,
        '--log-level=info',
        '--log-level=debug:plugin-test-plugin',
        `--log-level=broken:lightningd:${join(directory, 'plugin.log')}`,
        '--log-prefix=pre ',
        '--log-timestamps=false',
      ],
    });
    await sandbox.stop();
    const all = readFileSync(join(sandbox.networkDir, 'all.log'), 'utf8');
    expect(all).toContain('pre INFO    lightningd: Server started with public key');
    expect(all).toContain('pre DEBUG   plugin-test-plugin: from the plugin');
    expect(all).not.toContain('plugin-manager: started');
    const own = readFileSync(join(directory, 'plugin.log'), 'utf8');
    expect(own).not.toContain('lightningd:');
    expect(own).toContain('from the plugin');
    expect(sandbox.lines).toEqual([]);
  });

  test('never contains secrets', async () => {
    const sandbox = await temporarySandbox({ args: ['--log-level=io'] });
    const client = await SocketClient.connect(sandbox.rpcPath);
    const { rune } = (await client.call('createrune')).result as { rune: string };
    await client.call('checkrune', { rune: `${rune}!` });
    await client.call('checkrune', { rune, method: 'x' });
    await client.call('decode', [rune]);
    const { result } = await client.call('invoice', ['any', 'l', 'd']);
    const { payment_secret: secret } = result as { payment_secret: string };
    await client.call('dev-pay-invoice', ['l', 1]);
    const [paid] = (
      (await client.call('listinvoices')).result as { invoices: { payment_preimage: string }[] }
    ).invoices;
    const log = sandbox.lines.join('\n');
    expect(log).not.toContain(rune.slice(0, 20));
    expect(log).not.toContain(secret);
    expect(log).not.toContain(paid?.payment_preimage);
  });

  test('getlog returns the log', async () => {
    const { rpcPath } = await temporarySandbox();
    const client = await SocketClient.connect(rpcPath);
    const { result } = await client.call('getlog');
    expect(result).toMatchObject({ bytes_max: 16_777_216 });
    expect((result as { log: object[] }).log[0]).toEqual({
      type: 'INFO',
      time: expect.stringMatching(/^0\.\d{9}$/) as string,
      source: 'lightningd',
      log: 'v26.06.6-sandbox',
    });
  });
});

describe('check', () => {
  test.each([
    [['getinfo'], { command_to_check: 'getinfo' }],
    [
      { command_to_check: 'invoice', amount_msat: 'any', label: 'x', description: 'd' },
      { command_to_check: 'invoice' },
    ],
    [['check', 'getinfo'], { command_to_check: 'check' }],
    [['plugin', 'list'], { command_to_check: 'plugin' }],
    [['stop'], { command_to_check: 'stop' }],
  ])('%j succeeds', async (params, result) => {
    const { rpcPath } = await temporarySandbox();
    const client = await SocketClient.connect(rpcPath);
    expect((await client.call('check', params)).result).toEqual(result);
    expect((await client.call('listinvoices')).result).toEqual({ invoices: [] });
  });

  test.each([
    [{}, -32602, 'missing required parameter: command_to_check'],
    [['nosuch'], -32601, "Unknown command 'nosuch'"],
    [['getinfo', 1], -32602, 'too many parameters: got 1, expected 0'],
    [['help', 'nosuch'], -32601, 'Unknown command nosuch'],
    [['delinvoice', 'x', 'unpaid'], 905, 'Unknown invoice'],
    [['waitinvoice', 'x'], -1, 'Label not found'],
    [['deldatastore', 'x'], 1200, 'Key does not exist'],
    [['plugin', 'foo'], -32602, "Unknown subcommand 'foo'"],
  ])('%j fails', async (params, code, message) => {
    const { rpcPath } = await temporarySandbox();
    const client = await SocketClient.connect(rpcPath);
    expect((await client.call('check', params)).error).toEqual({ code, message });
  });
});

test('help has the usage of a real node for the commands of both', async () => {
  const { rpcPath } = await temporarySandbox();
  const client = await SocketClient.connect(rpcPath);
  const { help } = (await client.call('help')).result as { help: { command: string }[] };
  const lines = help.map(({ command }) => command);
  expect(lines).toEqual(lines.toSorted());
  // Observed on lightningd v26.06.6.
  for (const line of [
    'batching enable',
    'blacklistrune [start] [end] [relist]',
    'check command_to_check',
    'checkrune rune [nodeid] [method] [params]',
    'createrune [rune] [restrictions]',
    'datastore key [string] [hex] [mode] [generation]',
    'datastoreusage [key]',
    'decode string',
    'deldatastore key [generation]',
    'delinvoice label status [desconly]',
    'destroyrune [start] [end] [relist]',
    'getinfo ',
    'getlog [level]',
    'help [command]',
    'invokerune [rune] [restrictions]',
    'listconfigs [config]',
    'listdatastore [key]',
    'listinvoices [label] [invstring] [payment_hash] [offer_id] [index] [start] [limit]',
    'makesecret [hex] [string]',
    'notifications enable',
    'plugin subcommand=start|stop|startdir|rescan|list',
    'showrunes [rune]',
    'stop ',
    'waitanyinvoice [lastpay_index] [timeout]',
    'waitinvoice label',
  ]) {
    expect(lines).toContain(line);
  }
});
