import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import type { HookPayloads } from '@clnrest/commands';
import { Plugin } from '../plugin/plugin.ts';
import { RpcError } from '../rpc/errors.ts';
import { bundle } from '../testing/program.ts';
import { startPlugin } from './start-plugin.ts';

let directory = '';
let program = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'start-plugin-'));
  program = await bundle(join(directory, 'example.mjs'), { file: './example-plugin.ts' });
});

afterAll(() => rm(directory, { recursive: true, force: true }));

describe('startPlugin', () => {
  test('runs a program: options, calls, log, shutdown', async () => {
    const node = await startPlugin(program, {
      options: { port: 1 },
      commands: { getinfo: () => ({ fees: 2n ** 60n }) },
    });
    expect(await node.call('getinfo2')).toEqual({ fees: 2n ** 60n });
    expect(node.calls).toEqual([{ method: 'getinfo', params: {} }]);
    await node.call('chatter');
    expect(await node.log(/stray/)).toBe('info a stray line');
    expect(await node.stop()).toBe(0);
    expect(node.logs).toContain('info closed in order');
  });

  test('runs an executable program by its own interpreter', async () => {
    const file = join(directory, 'executable');
    await writeFile(file, `#!/bin/sh\nexec ${process.execPath} ${program}\n`);
    await chmod(file, 0o755);
    await using node = await startPlugin(file, { options: { port: 1 } });
    await expect(node.call('getinfo2')).rejects.toThrow("Unknown command 'getinfo'");
  });

  test('reports that a plugin has disabled itself', async () => {
    const node = await startPlugin(program);
    expect(node.disabled).toBe('no port');
    await node.kill();
  });

  test('rejects options that the plugin does not declare', async () => {
    await expect(startPlugin(program, { options: { prt: 1 } })).rejects.toThrow(
      'the plugin does not declare the option prt',
    );
  });

  test('rejects if the program ends, is missing, or writes something else to stdout', async () => {
    const ends = join(directory, 'ends.mjs');
    await writeFile(ends, 'process.exit(3)');
    await expect(startPlugin(ends)).rejects.toThrow('the plugin ended');
    await expect(startPlugin(join(directory, 'missing'))).rejects.toThrow('the plugin ended');
    const chats = join(directory, 'chats.mjs');
    await writeFile(chats, 'console.log("] hello"); setInterval(() => {}, 1000)');
    await expect(startPlugin(chats)).rejects.toThrow('the plugin wrote to stdout: ] hello');
  });

  test('rejects calls during which the plugin ends', async () => {
    const node = await startPlugin(program, { options: { port: 1 } });
    const never = node.log('info never');
    void node.call('crash');
    await expect(never).rejects.toThrow('the plugin ended');
    expect(await node.status).toBe(1);
    await node.kill();
  });

  test('runs a plugin in this process: hooks, notifications, checks, options', async () => {
    const plugin = new Plugin({
      options: {
        word: { type: 'string', default: 'a', description: 'd', dynamic: true },
        list: { type: 'int', multi: true, description: 'd', dynamic: true },
        loud: { type: 'flag', description: 'd', dynamic: true },
      },
      notifications: ['paid'],
    });
    plugin
      .method('words', { check: () => Promise.reject(new RpcError(7, 'never')) }, () => [
        plugin.options.word,
        plugin.options.list,
        plugin.configuration.version,
        plugin.configuration.network,
      ])
      .hook('invoice_payment', ({ params: { payment } }) =>
        payment.msat === 2n ** 60n ? { result: 'reject' } : { result: 'continue' },
      )
      .subscribe('invoice_payment', ({ payload }) => plugin.notify('paid', { by: payload.label }))
      .onSetConfig((_name, value) => {
        if (value === 'no') throw new RpcError(-32602, 'not that word');
      });
    await using node = await startPlugin(plugin, {
      options: { list: [1, 2] },
      version: 'v25.02',
      configuration: { network: 'signet' },
    });
    expect(await node.call('words')).toEqual(['a', [1, 2], 'v25.02', 'signet']);
    await expect(node.check('words', [1])).rejects.toMatchObject({ code: 7, message: 'never' });
    await node.setOption('word', 'b');
    await expect(node.setOption('word', 'no')).rejects.toThrow('not that word');
    expect(await node.call('words')).toEqual(['b', [1, 2], 'v25.02', 'signet']);

    await node.setOption('list', [3, '4']);
    await node.setOption('loud');
    expect(await node.call('words')).toEqual(['b', [3, 4], 'v25.02', 'signet']);
    expect(plugin.options.loud).toBe(true);

    const payment = { label: 'x', preimage: '00'.repeat(32), msat: 2n ** 60n };
    const response = await node.hook('invoice_payment', { payment });
    expectTypeOf(response).toEqualTypeOf<HookPayloads['invoice_payment']['response']>();
    expect(response).toEqual({ result: 'reject' });
    // @ts-expect-error: a misspelt hook
    const refused = (): unknown => node.hook('invoice_paymnt', { payment });
    void refused;

    node.notify('invoice_payment', payment);
    expect(await node.notification('paid')).toEqual({ by: 'x' });
  });
});
