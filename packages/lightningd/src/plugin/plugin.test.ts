import { PassThrough } from 'node:stream';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { FakeSocket } from '../fake-lightningd/fake-socket.ts';
import { FakeLightningd } from '../fake-lightningd/fake-lightningd.ts';
import { RpcError } from '../rpc/errors.ts';
import { Plugin } from './plugin.ts';

describe('the manifest', () => {
  test('of an empty plugin has all members that lightningd requires', async () => {
    const { lightningd, io } = FakeLightningd.inProcess();
    void new Plugin().run(io);
    const { result } = await lightningd.request('getmanifest', { 'allow-deprecated-apis': false });
    expect(result).toEqual({
      options: [],
      rpcmethods: [],
      subscriptions: [],
      hooks: [],
      notifications: [],
      dynamic: true,
      nonnumericids: true,
      cancheck: true,
    });
    lightningd.end();
  });

  test('lists all declarations', async () => {
    const { lightningd, io } = FakeLightningd.inProcess();
    const plugin = new Plugin({
      options: {
        port: { type: 'int', description: 'a port', dynamic: true },
        origin: { type: 'string', multi: true, default: '*', description: 'origins' },
        old: { type: 'flag', description: 'gone soon', deprecated: ['v24.02', 'v24.08'] },
      },
      notifications: ['my_topic'],
      featureBits: { node: 'D0000000' },
      customMessages: [11008],
    });
    plugin
      .method('hello', { usage: '[name]', description: 'greets', longDescription: 'long' }, () => 1)
      .method('bye', { deprecated: true }, () => 1)
      .subscribe('connect', () => {})
      .hook('htlc_accepted', () => {}, { before: ['x'], after: ['y'] })
      .hook('custommsg', () => {}, { filters: [11008] })
      .onClose(() => {});
    void plugin.run(io);
    const { result } = await lightningd.request('getmanifest');
    expect(result).toEqual({
      options: [
        { name: 'port', type: 'int', description: 'a port', dynamic: true },
        { name: 'origin', type: 'string', multi: true, default: '*', description: 'origins' },
        { name: 'old', type: 'flag', description: 'gone soon', deprecated: ['v24.02', 'v24.08'] },
      ],
      rpcmethods: [
        { name: 'hello', usage: '[name]', description: 'greets', long_description: 'long' },
        { name: 'bye', usage: '', description: 'bye', deprecated: true },
      ],
      subscriptions: ['connect', 'shutdown'],
      hooks: [
        { name: 'htlc_accepted', before: ['x'], after: ['y'] },
        { name: 'custommsg', filters: [11008] },
      ],
      notifications: [{ method: 'my_topic' }],
      dynamic: false,
      nonnumericids: true,
      cancheck: true,
      featurebits: { node: 'D0000000' },
      custommessages: [11008],
    });
    lightningd.end();
  });

  test('subscribes to * and log only, because each subscription causes a copy', async () => {
    const { lightningd, io } = FakeLightningd.inProcess();
    const plugin = new Plugin()
      .subscribe('connect', () => {})
      .subscribe('*', () => {})
      .subscribe('log', () => {})
      .onClose(() => {});
    void plugin.run(io);
    const { result } = await lightningd.request('getmanifest');
    expect(result?.['subscriptions']).toEqual(['*', 'log']);
    lightningd.end();
  });

  test('cannot change after getmanifest', async () => {
    const { lightningd, io } = FakeLightningd.inProcess();
    const plugin = new Plugin();
    void plugin.run(io);
    await lightningd.request('getmanifest');
    expect(() => plugin.method('late', {}, () => 1)).toThrow(TypeError);
    await expect(plugin.run(io)).rejects.toThrow(TypeError);
    lightningd.end();
  });

  test('rejects a name that is taken', () => {
    const plugin = new Plugin().method('hello', {}, () => 1);
    expect(() => plugin.method('hello', {}, () => 1)).toThrow('the name "hello" is already taken');
    plugin.method('custommsg', {}, () => 1);
    expect(() => plugin.hook('custommsg', () => {})).toThrow(TypeError);
    expect(() => plugin.method('init', {}, () => 1)).toThrow(TypeError);
  });

  test('can disable the plugin', async () => {
    const { lightningd, io } = FakeLightningd.inProcess();
    const plugin = new Plugin().onManifest(({ allowDeprecatedApis }) =>
      allowDeprecatedApis ? undefined : { disable: 'no deprecated APIs' },
    );
    void plugin.run(io);
    const { result } = await lightningd.request('getmanifest', { 'allow-deprecated-apis': false });
    expect(result).toEqual({ disable: 'no deprecated APIs' });
    lightningd.end();
  });
});

describe('init', () => {
  test('provides the typed options and the configuration', async () => {
    const { lightningd, io } = FakeLightningd.inProcess();
    const plugin = new Plugin({
      options: {
        'rest-port': { type: 'int', description: 'port' },
        'rest-host': { type: 'string', default: '127.0.0.1', description: 'host' },
      },
    });
    plugin.onInit(({ options, configuration }) => {
      expectTypeOf(options).toEqualTypeOf<{
        readonly 'rest-port': number | undefined;
        readonly 'rest-host': string;
      }>();
      plugin.log('info', `${options['rest-port']} ${configuration.network}`);
    });
    expect(() => plugin.options).toThrow('not available before init');
    void plugin.run(io);
    const { init } = await lightningd.start({ 'rest-port': 3010 });
    expect(init.result).toEqual({});
    expect(lightningd.logged()).toEqual(['info 3010 regtest']);
    expect(plugin.options).toEqual({ 'rest-port': 3010, 'rest-host': '127.0.0.1' });
    expect(plugin.configuration).toMatchObject({
      lightningDir: '/home/me/.lightning/regtest',
      rpcFile: 'lightning-rpc',
      socketPath: '/home/me/.lightning/regtest/lightning-rpc',
      startup: true,
      network: 'regtest',
      version: 'v26.06.6',
      featureSet: { init: '08', node: '88', channel: '', invoice: '02' },
    });
    lightningd.end();
  });

  test('provides a client of the node', async () => {
    await using node = await FakeSocket.start((request) => request.result('{"id":"02…"}'));
    const { lightningd, io } = FakeLightningd.inProcess();
    const plugin = new Plugin({ rpc: { idPrefix: 'mine' } });
    plugin.method('who', {}, () => plugin.rpc.call('getinfo'));
    const status = plugin.run(io);
    await lightningd.start({}, { 'lightning-dir': node.directory });
    expect((await lightningd.request('who')).result).toEqual({ id: '02…' });
    expect((await node.request(0)).idText).toBe('"mine:getinfo#1"');
    lightningd.end();
    expect(await status).toBe(0);
    await expect(plugin.rpc.call('getinfo')).rejects.toMatchObject({ code: 'closed' });
  });

  test.each([
    ['the result of a callback', () => ({ disable: 'no port' }), 'no port'],
    [
      'an error of a callback',
      () => {
        throw new Error('no certificates');
      },
      'init failed: no certificates',
    ],
    [
      'an invalid option',
      undefined,
      'option rest-port must be an integer between -(2^53 - 1) and 2^53 - 1, not 9007199254740992',
    ],
  ])('disables the plugin by %s', async (_name, callback, why) => {
    const { lightningd, io } = FakeLightningd.inProcess();
    const plugin = new Plugin({ options: { 'rest-port': { type: 'int', description: 'port' } } });
    if (callback !== undefined) plugin.onInit(async () => callback());
    void plugin.run(io);
    const { init } = await lightningd.start({
      'rest-port': callback === undefined ? 2n ** 53n : 1,
    });
    expect(init.result).toEqual({ disable: why });
    lightningd.end();
  });

  test('disables the plugin if it is malformed', async () => {
    const { lightningd, io } = FakeLightningd.inProcess();
    void new Plugin().run(io);
    const { result } = await lightningd.request('init', { options: {} });
    expect(result).toEqual({
      disable: 'init failed: lightningd sent a malformed init: configuration is not an object',
    });
    lightningd.end();
  });
});

describe('a dynamic option', () => {
  const settings = {
    options: {
      level: { type: 'int', default: 1, dynamic: true, description: 'level' },
      origins: { type: 'string', multi: true, dynamic: true, description: 'origins' },
      loud: { type: 'flag', dynamic: true, description: 'loud' },
    },
  } as const;

  test('changes by setconfig', async () => {
    const { lightningd, io } = FakeLightningd.inProcess();
    const plugin = new Plugin(settings);
    const seen: unknown[] = [];
    plugin.onSetConfig((name, value) => seen.push([name, value]));
    void plugin.run(io);
    await lightningd.start();
    expect((await lightningd.request('setconfig', { config: 'level', val: '7' })).result).toEqual(
      {},
    );
    await lightningd.request('setconfig', { config: 'origins', val: ['a', 'b'] });
    await lightningd.request('setconfig', { config: 'loud' });
    expect(plugin.options).toEqual({ level: 7, origins: ['a', 'b'], loud: true });
    expect(seen).toEqual([
      ['level', 7],
      ['origins', ['a', 'b']],
      ['loud', true],
    ]);
    lightningd.end();
  });

  test('does not change if the value is invalid or rejected, or if it is only checked', async () => {
    const { lightningd, io } = FakeLightningd.inProcess();
    const plugin = new Plugin(settings);
    plugin.onSetConfig((_name, value) => {
      if (value === 13) throw new RpcError(-32602, 'bad luck');
    });
    void plugin.run(io);
    await lightningd.start();
    const { error } = await lightningd.request('setconfig', { config: 'level', val: 'x' });
    expect(error).toMatchObject({ code: -32602, message: expect.stringContaining('option level') });
    const refused = await lightningd.request('setconfig', { config: 'level', val: '13' });
    expect(refused.error).toEqual({ code: -32602, message: 'bad luck' });
    const unknown = await lightningd.request('setconfig', { config: 'toString', val: '1' });
    expect(unknown.error?.code).toBe(-32602);
    const asked = { command_to_check: 'setconfig', config: 'level', val: '5' };
    expect((await lightningd.request('check', asked)).result).toEqual({
      command_to_check: 'setconfig',
    });
    const asked2 = { command_to_check: 'setconfig', config: 'level', val: 'x' };
    expect((await lightningd.request('check', asked2)).error?.code).toBe(-32602);
    expect(plugin.options.level).toBe(1);
    lightningd.end();
  });
});

describe('the plugin closes', () => {
  test('on shutdown: it aborts calls and runs close callbacks once, in order', async () => {
    const exits: number[] = [];
    const { lightningd, io } = FakeLightningd.inProcess({ exit: (status) => exits.push(status) });
    const steps: string[] = [];
    const plugin = new Plugin()
      .method('wait', {}, ({ signal }) => {
        signal.addEventListener('abort', () => steps.push('call aborted'));
        return new Promise(() => {});
      })
      .subscribe('shutdown', () => steps.push('shutdown'))
      .onClose(async () => {
        await new Promise(setImmediate);
        steps.push('first');
        throw new Error('failed to close');
      })
      .onClose(() => steps.push('second'));
    const status = plugin.run(io);
    await lightningd.start();
    void lightningd.request('wait');
    lightningd.notify('shutdown', { shutdown: {} });
    lightningd.end();
    expect(await status).toBe(0);
    expect(steps).toEqual(['shutdown', 'call aborted', 'first', 'second']);
    expect(exits).toEqual([0]);
    expect(lightningd.logged().join('\n')).toContain(
      'broken a close callback failed: Error: failed to close',
    );
  });

  test('after it has handled what lightningd sends while the close callbacks run', async () => {
    const { lightningd, io } = FakeLightningd.inProcess();
    const seen: string[] = [];
    const plugin = new Plugin()
      .subscribe('*', ({ topic }) => seen.push(topic))
      .hook('rpc_command', () => {
        seen.push('hook');
        return { result: 'continue' };
      })
      .onClose(async () => {
        lightningd.notify('late', {});
        expect((await lightningd.request('rpc_command', {})).result).toEqual({
          result: 'continue',
        });
        seen.push('closed');
      });
    const status = plugin.run(io);
    await lightningd.start();
    lightningd.notify('shutdown', { shutdown: {} });
    expect(await status).toBe(0);
    lightningd.notify('too_late', {});
    await new Promise(setImmediate);
    expect(seen).toEqual(['shutdown', 'late', 'hook', 'closed']);
  });

  test('at the end of stdin, even before getmanifest', async () => {
    const { lightningd, io } = FakeLightningd.inProcess();
    let closed = 0;
    const status = new Plugin().onClose(() => closed++).run(io);
    lightningd.end();
    expect(await status).toBe(0);
    expect(closed).toBe(1);
  });

  test('after closeTimeoutMs if a close callback hangs', async () => {
    const { lightningd, io } = FakeLightningd.inProcess();
    const plugin = new Plugin({ closeTimeoutMs: 20 }).onClose(() => new Promise(() => {}));
    const status = plugin.run(io);
    lightningd.end();
    expect(await status).toBe(0);
    expect(lightningd.logged()).toEqual(['unusual the close callbacks took longer than 20 ms']);
  });

  test('when stdout breaks because lightningd was killed', async () => {
    const stdout = new PassThrough();
    const { lightningd, io } = FakeLightningd.inProcess({ stdout });
    let closed = 0;
    const plugin = new Plugin().onClose(() => closed++);
    const status = plugin.run(io);
    stdout.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    expect(await status).toBe(0);
    expect(closed).toBe(1);
    plugin.log('info', 'before init');
    lightningd.end();
  });

  test.each([
    ['no JSON', 'hello\n\n', 'expected a JSON object'],
    ['JSON that is broken inside', '{"id":1,"method":tru}', 'a message that is not valid JSON'],
    ['brackets that do not match', '{"id":[}', 'a closing 0x7d without its opening bracket'],
    ['no method', '{"jsonrpc":"2.0","id":1,"result":{}}', 'a message without a method'],
  ])('with a message and status 1 after %s', async (_name, text, why) => {
    const { lightningd, io } = FakeLightningd.inProcess();
    let closed = 0;
    const status = new Plugin().onClose(() => closed++).run(io);
    lightningd.send(text);
    expect(await status).toBe(1);
    expect(closed).toBe(1);
    expect(lightningd.logged()).toEqual([`broken cannot parse a message of lightningd: ${why}`]);
  });

  test('with a help text if a user starts it by hand', async () => {
    const exits: number[] = [];
    let help = '';
    const { lightningd, io } = FakeLightningd.inProcess({
      startedByHand: (text) => {
        help = text;
      },
      exit: (status) => exits.push(status),
    });
    expect(await new Plugin().run(io)).toBe(1);
    expect(exits).toEqual([1]);
    expect(help).toContain('lightningd --plugin=');
    expect(lightningd.texts).toEqual([]);
  });
});
