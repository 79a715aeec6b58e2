import { PassThrough } from 'node:stream';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { RawJson } from '../json/encode.ts';
import { RpcError } from '../rpc/errors.ts';
import { FakeLightningd } from '../testing/fake-lightningd.ts';
import { FakeNode } from '../testing/fake-node.ts';
import type { Notification, PluginCall } from './declarations.ts';
import { Plugin } from './plugin.ts';

describe('the manifest', () => {
  test('of an empty plugin has all that lightningd insists on', async () => {
    const { lightningd, io } = FakeLightningd.beside();
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

  test('lists everything that was declared', async () => {
    const { lightningd, io } = FakeLightningd.beside();
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

  test('subscribes to nothing beside * but log, as each subscription brings a copy', async () => {
    const { lightningd, io } = FakeLightningd.beside();
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

  test('is final', async () => {
    const { lightningd, io } = FakeLightningd.beside();
    const plugin = new Plugin();
    void plugin.run(io);
    await lightningd.request('getmanifest');
    expect(() => plugin.method('late', {}, () => 1)).toThrow(TypeError);
    await expect(plugin.run(io)).rejects.toThrow(TypeError);
    lightningd.end();
  });

  test('takes no name twice', () => {
    const plugin = new Plugin().method('hello', {}, () => 1);
    expect(() => plugin.method('hello', {}, () => 1)).toThrow('the name "hello" is taken');
    expect(() => plugin.hook('hello', () => 1)).toThrow(TypeError);
    expect(() => plugin.method('init', {}, () => 1)).toThrow(TypeError);
  });

  test('may be a word that the plugin will not run', async () => {
    const { lightningd, io } = FakeLightningd.beside();
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
  test('brings the options, typed, and the configuration', async () => {
    const { lightningd, io } = FakeLightningd.beside();
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
    expect(() => plugin.options).toThrow('known after init');
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

  test('gives a client of the node', async () => {
    await using node = await FakeNode.start((request) => request.result('{"id":"02…"}'));
    const { lightningd, io } = FakeLightningd.beside();
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
    ['a word of the callback', () => ({ disable: 'no port' }), 'no port'],
    [
      'a failure of the callback',
      () => {
        throw new Error('no certificates');
      },
      'init failed: no certificates',
    ],
    [
      'a value that does not fit',
      undefined,
      'option rest-port takes a whole number between -(2^53 - 1) and 2^53 - 1, not what was given: 9007199254740992',
    ],
  ])('declines by %s', async (_name, callback, why) => {
    const { lightningd, io } = FakeLightningd.beside();
    const plugin = new Plugin({ options: { 'rest-port': { type: 'int', description: 'port' } } });
    if (callback !== undefined) plugin.onInit(async () => callback());
    void plugin.run(io);
    const { init } = await lightningd.start({ 'rest-port': callback === undefined ? 2 ** 53 : 1 });
    expect(init.result).toEqual({ disable: why });
    lightningd.end();
  });

  test('of a node that sends nonsense declines', async () => {
    const { lightningd, io } = FakeLightningd.beside();
    void new Plugin().run(io);
    const { result } = await lightningd.request('init', { options: {} });
    expect(result).toEqual({ disable: 'init failed: lightningd sent no object as configuration' });
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
    const { lightningd, io } = FakeLightningd.beside();
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

  test('does not change if the value does not fit, if it is refused, or if it was only asked', async () => {
    const { lightningd, io } = FakeLightningd.beside();
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

describe('a method', () => {
  test('gets its parameters as text and value, and answers with the id as it came', async () => {
    const { lightningd, io } = FakeLightningd.beside();
    let seen: PluginCall | undefined;
    const plugin = new Plugin().method('echo', {}, (call) => {
      seen = call;
      return new RawJson(call.paramsText);
    });
    void plugin.run(io);
    await lightningd.start();
    lightningd.send(
      '{"jsonrpc":"2.0","id":"cli:echo#1/cln:echo#7","method":"echo",' +
        '"filter":{"a":true},"params":{"msat": 18446744073709551615, "s":"\\u00e9"}}',
    );
    await lightningd.frame((frame) => frame.id === 'cli:echo#1/cln:echo#7');
    expect(lightningd.texts.at(-1)).toBe(
      '{"jsonrpc":"2.0","id":"cli:echo#1/cln:echo#7","result":{"msat": 18446744073709551615, "s":"\\u00e9"}}',
    );
    expect(seen).toMatchObject({
      id: 'cli:echo#1/cln:echo#7',
      method: 'echo',
      params: { msat: 18446744073709552000, s: 'é' },
      paramsText: '{"msat": 18446744073709551615, "s":"\\u00e9"}',
      filterText: '{"a":true}',
    });
    lightningd.send('{"id":12345678901234567890,"method":"echo","params":[1.0]}');
    await lightningd.frame((frame) => Array.isArray(frame.result));
    expect(lightningd.texts.at(-1)).toBe(
      '{"jsonrpc":"2.0","id":12345678901234567890,"result":[1.0]}',
    );
    lightningd.end();
  });

  test('that returns nothing answers an empty object', async () => {
    const { lightningd, io } = FakeLightningd.beside();
    void new Plugin().method('quiet', {}, () => {}).run(io);
    expect((await lightningd.request('quiet')).result).toEqual({});
    lightningd.end();
  });

  test('that throws an RpcError answers it, every digit of data', async () => {
    const { lightningd, io } = FakeLightningd.beside();
    const plugin = new Plugin()
      .method('a', {}, async () => {
        throw new RpcError(205, 'no route', { dataText: '{"msat":18446744073709551615}' });
      })
      .method('b', {}, () => {
        throw new RpcError(206, 'too dear', { data: { fee: 10n ** 20n } });
      });
    void plugin.run(io);
    await lightningd.request('a');
    expect(lightningd.texts.at(-1)).toContain(
      '"error":{"code":205,"message":"no route","data":{"msat":18446744073709551615}}',
    );
    await lightningd.request('b');
    expect(lightningd.texts.at(-1)).toContain('"data":{"fee":100000000000000000000}');
    lightningd.end();
  });

  test('that fails otherwise is answered and logged, and the plugin lives on', async () => {
    const { lightningd, io } = FakeLightningd.beside();
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    const plugin = new Plugin()
      .method('boom', {}, () => {
        throw new Error('boom', { cause: new Error('deeper') });
      })
      .method('cycle', {}, () => cycle)
      .method('worse', {}, () => {
        throw new RpcError(NaN, 'worse', { data: cycle });
      });
    void plugin.run(io);
    expect((await lightningd.request('boom')).error).toEqual({
      code: -32603,
      message: 'Error while processing boom: boom',
    });
    expect((await lightningd.request('cycle')).error?.code).toBe(-32603);
    expect((await lightningd.request('worse')).error).toEqual({ code: -32603, message: 'worse' });
    const log = lightningd.logged();
    expect(log.filter((line) => line.startsWith('broken'))).toEqual([
      'broken boom failed: Error: boom',
      expect.stringContaining('broken cycle failed: TypeError: '),
    ]);
    expect(log.join('\n')).toContain('debug     at ');
    expect(log).toContain('debug   because: Error: deeper');
    lightningd.end();
  });

  test('that is unknown is answered so', async () => {
    const { lightningd, io } = FakeLightningd.beside();
    void new Plugin().run(io);
    expect((await lightningd.request('nothing')).error).toEqual({
      code: -32601,
      message: "Unknown command 'nothing'",
    });
    lightningd.end();
  });

  test('runs beside others', async () => {
    const { lightningd, io } = FakeLightningd.beside();
    let release = (): void => {};
    const wait = new Promise<void>((resolve) => {
      release = resolve;
    });
    const plugin = new Plugin().method('slow', {}, () => wait).method('fast', {}, () => ({ f: 1 }));
    void plugin.run(io);
    const slow = lightningd.request('slow');
    expect((await lightningd.request('fast')).result).toEqual({ f: 1 });
    release();
    expect((await slow).result).toEqual({});
    lightningd.end();
  });

  test('sends messages and progress to its caller', async () => {
    const { lightningd, io } = FakeLightningd.beside();
    const plugin = new Plugin().method('work', {}, (call) => {
      call.message('info', 'working on "it"');
      call.progress({ num: 0, total: 10 });
      call.progress({ num: 1, total: 10, stage: { num: 0, total: 2 } });
    });
    void plugin.run(io);
    const { id } = await lightningd.request('work');
    expect(lightningd.frames.slice(0, 3)).toEqual([
      {
        jsonrpc: '2.0',
        method: 'message',
        params: { id, level: 'info', message: 'working on "it"' },
      },
      { jsonrpc: '2.0', method: 'progress', params: { id, num: 0, total: 10 } },
      {
        jsonrpc: '2.0',
        method: 'progress',
        params: { id, num: 1, total: 10, stage: { num: 0, total: 2 } },
      },
    ]);
    lightningd.end();
  });

  test('may be checked, by name and by position', async () => {
    const { lightningd, io } = FakeLightningd.beside();
    const checked: string[] = [];
    const plugin = new Plugin()
      .method(
        'pay2',
        {
          check: ({ method, params, paramsText }) => {
            checked.push(`${method} ${paramsText}`);
            const amount = Array.isArray(params)
              ? params[0]
              : (params as { amount?: number }).amount;
            if (amount === undefined)
              throw new RpcError(-32602, 'missing required parameter: amount');
          },
        },
        () => {
          throw new Error('must not run');
        },
      )
      .method('plain', {}, () => 1);
    void plugin.run(io);
    const ask = (params: unknown) => lightningd.request('check', params);
    expect((await ask({ command_to_check: 'pay2', amount: 1 })).result).toEqual({
      command_to_check: 'pay2',
    });
    expect((await ask(['pay2', 1, 'x'])).result).toEqual({ command_to_check: 'pay2' });
    expect((await ask(['pay2'])).error?.message).toBe('missing required parameter: amount');
    expect((await ask({ command_to_check: 'plain', x: 1 })).result).toEqual({
      command_to_check: 'plain',
    });
    expect((await ask({ command_to_check: 'none' })).error?.code).toBe(-32601);
    expect((await ask({})).error?.code).toBe(-32602);
    expect(checked).toEqual(['pay2 {"amount":1}', 'pay2 [1,"x"]', 'pay2 []']);
    lightningd.end();
  });
});

describe('a hook', () => {
  test('answers, and continues where it says nothing or fails', async () => {
    const { lightningd, io } = FakeLightningd.beside();
    const plugin = new Plugin()
      .hook('openchannel', ({ params }) => ({
        result: 'reject',
        error_message: JSON.stringify(params),
      }))
      .hook('peer_connected', () => {})
      .hook('custommsg', () => {
        throw new RpcError(1, 'an error reply would end lightningd');
      })
      .hook('invoice_payment', () => Promise.reject(new Error('x')), {
        fallback: { result: 'reject' },
      });
    void plugin.run(io);
    expect((await lightningd.request('openchannel', { a: 1 })).result).toEqual({
      result: 'reject',
      error_message: '{"a":1}',
    });
    expect((await lightningd.request('peer_connected')).result).toEqual({ result: 'continue' });
    expect((await lightningd.request('custommsg')).result).toEqual({ result: 'continue' });
    expect((await lightningd.request('invoice_payment')).result).toEqual({ result: 'reject' });
    expect(lightningd.logged().join('\n')).toContain('broken hook custommsg failed: ');
    lightningd.end();
  });
});

describe('notifications', () => {
  test('reach the handlers of their topic and of all, with their text', async () => {
    const { lightningd, io } = FakeLightningd.beside();
    const seen: Notification[] = [];
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
        params: { invoice_creation: { msat: 18446744073709552000, label: 'a' } },
        paramsText: '{"invoice_creation":{"msat":18446744073709551615,"label":"a"}}',
        payload: { msat: 18446744073709552000, label: 'a' },
      },
      {
        topic: 'shim_custom',
        origin: 'shim.py',
        params: { foo: { bar: [1, 2, 'three'] } },
        paramsText: '{"foo": {"bar": [1, 2, "three"]}}',
        payload: { foo: { bar: [1, 2, 'three'] } },
      },
    ]);
    expect(specific).toEqual([{ msat: 18446744073709552000, label: 'a' }, { level: 'info' }]);
    lightningd.end();
  });

  test('whose handler fails are logged, and the others go on', async () => {
    const { lightningd, io } = FakeLightningd.beside();
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

  test('of log lines whose handler fails make one line, not one for each', async () => {
    const { lightningd, io } = FakeLightningd.beside();
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
      'info notification log failed, which is told only once: Error: always too',
      'info notification warning failed, which is told only once: Error: always',
    ]);
    lightningd.end();
  });

  test('of its own a plugin sends under the names that it declared', async () => {
    const { lightningd, io } = FakeLightningd.beside();
    const plugin = new Plugin({ notifications: ['mine', 'other'] });
    void plugin.run(io);
    plugin.notify('mine', { msat: 2n ** 64n });
    plugin.notify('other', '{"n": 1.0}');
    await lightningd.frame((frame) => frame.method === 'other');
    expect(lightningd.texts).toEqual([
      '{"jsonrpc":"2.0","method":"mine","params":{"msat":18446744073709551616}}',
      '{"jsonrpc":"2.0","method":"other","params":{"n": 1.0}}',
    ]);
    // @ts-expect-error the topic was not declared
    expect(() => plugin.notify('undeclared', {})).toThrow(TypeError);
    expect(() => plugin.notify('mine', '{} {}')).toThrow(SyntaxError);
    lightningd.end();
  });
});

describe('the log', () => {
  test('has one notification for each line, and levels that the node knows', async () => {
    const { lightningd, io } = FakeLightningd.beside();
    const plugin = new Plugin();
    plugin.log('info', 'said before anybody listened');
    void plugin.run(io);
    plugin.log('warn', 'one\ntwo\r\n\nthree "quoted" \\ ä\n');
    plugin.log('trace', 'a\tb\u001b[31m');
    // @ts-expect-error there is no such level, and lightningd would kill the plugin for it
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
    const { lightningd, io } = FakeLightningd.beside({ lightningdVersion });
    const plugin = new Plugin();
    void plugin.run(io);
    plugin.log('trace', 'x');
    await lightningd.logLine(`${level} x`);
    lightningd.end();
  });
});

describe('the end', () => {
  test('comes with shutdown: calls are aborted, close callbacks run once, in order', async () => {
    const exits: number[] = [];
    const { lightningd, io } = FakeLightningd.beside({ exit: (status) => exits.push(status) });
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
      'broken closing failed: Error: failed to close',
    );
  });

  test('comes with the end of stdin, even before getmanifest', async () => {
    const { lightningd, io } = FakeLightningd.beside();
    let closed = 0;
    const status = new Plugin().onClose(() => closed++).run(io);
    lightningd.end();
    expect(await status).toBe(0);
    expect(closed).toBe(1);
  });

  test('waits for close callbacks only so long', async () => {
    const { lightningd, io } = FakeLightningd.beside();
    const plugin = new Plugin({ closeTimeoutMs: 20 }).onClose(() => new Promise(() => {}));
    const status = plugin.run(io);
    lightningd.end();
    expect(await status).toBe(0);
    expect(lightningd.logged()).toEqual(['unusual closing took longer than 20 ms']);
  });

  test('comes when stdout breaks, as it does when lightningd is killed', async () => {
    const stdout = new PassThrough();
    const { lightningd, io } = FakeLightningd.beside({ stdout });
    let closed = 0;
    const plugin = new Plugin().onClose(() => closed++);
    const status = plugin.run(io);
    stdout.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    expect(await status).toBe(0);
    expect(closed).toBe(1);
    plugin.log('info', 'to nobody');
    lightningd.end();
  });

  test.each([
    ['no JSON', 'hello\n\n', 'expected a JSON object'],
    ['JSON that is broken inside', '{"id":1,"method":tru}', 'a message that is no JSON'],
    ['brackets that do not match', '{"id":[}', 'a closing 0x7d that nothing opened'],
    ['no method', '{"jsonrpc":"2.0","id":1,"result":{}}', 'a message without a method'],
  ])('comes with a word and status 1 after %s', async (_name, text, why) => {
    const { lightningd, io } = FakeLightningd.beside();
    let closed = 0;
    const status = new Plugin().onClose(() => closed++).run(io);
    lightningd.send(text);
    expect(await status).toBe(1);
    expect(closed).toBe(1);
    expect(lightningd.logged()).toEqual([
      `broken what lightningd sent cannot be understood: ${why}`,
    ]);
  });

  test('comes at once, with a word, where there is no lightningd', async () => {
    const exits: number[] = [];
    let help = '';
    const { lightningd, io } = FakeLightningd.beside({
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
