import { describe, expect, test } from 'vitest';
import { FakeLightningd } from '../fake-lightningd/fake-lightningd.ts';
import type { PluginNotification } from './notification-types.ts';
import { Plugin } from './plugin.ts';

describe('notifications', () => {
  test('reach the subscribers of their topic and of *, with their text', async () => {
    const { lightningd, io } = FakeLightningd.inProcess();
    const seen: PluginNotification[] = [];
    const specific: unknown[] = [];
    const plugin = new Plugin()
      .subscribe('*', (notification) => seen.push(notification))
      .subscribe('invoice_creation', ({ payload }) => specific.push(payload))
      .subscribe('log', ({ payload }) => specific.push(payload));
    void plugin.run(io);
    await lightningd.start();
    lightningd.send(
      '{"jsonrpc":"2.0","method":"invoice_creation","params":{"invoice_creation":{"msat":18446744073709551615,"label":"a"}}}\n\n' +
        '{"jsonrpc":"2.0","method":"shim_custom","origin":"shim.py","params":{"foo": {"bar": [1, 2, "three"]}}}\n\n' +
        '{"jsonrpc":"2.0","method":"log","params":{"log":{"level":"info"}}}',
    );
    await lightningd.request('nothing');
    expect(seen).toEqual([
      {
        topic: 'invoice_creation',
        origin: undefined,
        params: { invoice_creation: { msat: 18446744073709551615n, label: 'a' } },
        paramsText: '{"invoice_creation":{"msat":18446744073709551615,"label":"a"}}',
        payload: { msat: 18446744073709551615n, label: 'a' },
      },
      {
        topic: 'shim_custom',
        origin: 'shim.py',
        params: { foo: { bar: [1, 2, 'three'] } },
        paramsText: '{"foo": {"bar": [1, 2, "three"]}}',
        payload: { foo: { bar: [1, 2, 'three'] } },
      },
    ]);
    expect(specific).toEqual([{ msat: 18446744073709551615n, label: 'a' }, { level: 'info' }]);
    lightningd.end();
  });

  test('are logged if a handler fails, and the other handlers run', async () => {
    const { lightningd, io } = FakeLightningd.inProcess();
    const seen: string[] = [];
    const plugin = new Plugin()
      .subscribe('connect', () => {
        throw new Error('sync');
      })
      .subscribe('connect', () => Promise.reject(new Error('async')))
      .subscribe('connect', ({ topic }) => seen.push(topic));
    void plugin.run(io);
    lightningd.notify('connect', { connect: {} });
    await lightningd.logLine('broken notification connect failed: Error: sync');
    await lightningd.logLine('broken notification connect failed: Error: async');
    expect(seen).toEqual(['connect']);
    lightningd.end();
  });

  test('of log lines are logged once if their handler fails', async () => {
    const { lightningd, io } = FakeLightningd.inProcess();
    const plugin = new Plugin()
      .subscribe('*', () => {
        throw new Error('always');
      })
      .subscribe('log', () => Promise.reject(new Error('always too')));
    void plugin.run(io);
    for (let count = 0; count < 3; count++) {
      lightningd.notify('warning', { warning: {} });
      lightningd.notify('log', { log: {} });
    }
    await lightningd.request('nothing');
    const lines = lightningd.logged().filter((line) => !line.startsWith('debug'));
    expect(lines.toSorted()).toEqual([
      'info notification log failed (logged only once): Error: always too',
      'info notification warning failed (logged only once): Error: always',
    ]);
    lightningd.end();
  });

  test('are sent by a plugin under their declared topics only', async () => {
    const { lightningd, io } = FakeLightningd.inProcess();
    const plugin = new Plugin({ notifications: ['mine', 'other'] });
    void plugin.run(io);
    plugin.notify('mine', { msat: 2n ** 64n });
    plugin.notify('other', '{"n": 1.0}');
    await lightningd.frame((frame) => frame.method === 'other');
    expect(lightningd.texts).toEqual([
      '{"jsonrpc":"2.0","method":"mine","params":{"msat":18446744073709551616}}',
      '{"jsonrpc":"2.0","method":"other","params":{"n": 1.0}}',
    ]);
    // @ts-expect-error the topic is not declared
    expect(() => plugin.notify('undeclared', {})).toThrow(TypeError);
    expect(() => plugin.notify('mine', '{} {}')).toThrow(SyntaxError);
    lightningd.end();
  });
});

describe('the log', () => {
  test('has one notification for each line, and levels that the node knows', async () => {
    const { lightningd, io } = FakeLightningd.inProcess();
    const plugin = new Plugin();
    plugin.log('info', 'said before anybody listened');
    void plugin.run(io);
    plugin.log('warn', 'one\ntwo\r\n\nthree "quoted" \\ ä\n');
    plugin.log('trace', 'a\tb\u001b[31m');
    // @ts-expect-error lightningd would kill the plugin for an unknown level
    plugin.log('fatal', 'x');
    await lightningd.logLine('info x');
    expect(lightningd.logged()).toEqual([
      'info said before anybody listened',
      'warn one',
      'warn two',
      'warn ',
      'warn three "quoted" \\ ä',
      'trace a\tb?[31m',
      'info x',
    ]);
    lightningd.end();
  });

  test.each([
    ['v24.08', 'trace'],
    ['v25.02rc1', 'trace'],
    ['24.11-modded', 'trace'],
    ['v24.05', 'debug'],
    ['abcdef0', 'debug'],
    [undefined, 'debug'],
  ])('has no trace before v24.08: %s', async (lightningdVersion, level) => {
    const { lightningd, io } = FakeLightningd.inProcess({ lightningdVersion });
    const plugin = new Plugin();
    void plugin.run(io);
    plugin.log('trace', 'x');
    await lightningd.logLine(`${level} x`);
    lightningd.end();
  });
});
