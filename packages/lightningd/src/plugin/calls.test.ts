import { describe, expect, test } from 'vitest';
import { RawJson } from '@clnrest/json';
import { FakeLightningd } from '../fake-lightningd/fake-lightningd.ts';
import { RpcError } from '../rpc/errors.ts';
import type { PluginCall } from './declarations.ts';
import { Plugin } from './plugin.ts';

describe('a method', () => {
  test('gets its parameters as text and value, and replies with the id verbatim', async () => {
    const { lightningd, io } = FakeLightningd.inProcess();
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
      params: { msat: 18446744073709551615n, s: 'é' },
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

  test('gets large integers as bigints', async () => {
    const { lightningd, io } = FakeLightningd.inProcess();
    void new Plugin().method('echo', {}, ({ params }) => params).run(io);
    await lightningd.start();
    lightningd.send('{"id":1,"method":"echo","params":[9007199254740993,9007199254740991,1.5]}');
    await lightningd.frame((frame) => Array.isArray(frame.result));
    expect(lightningd.texts.at(-1)).toContain('"result":[9007199254740993,9007199254740991,1.5]}');
    lightningd.end();
  });

  test('fails alone, and only if its handler reads an integer of more than 10,000 digits', async () => {
    const { lightningd, io } = FakeLightningd.inProcess();
    const plugin = new Plugin()
      .method('value', {}, ({ params }) => params)
      .method('text', {}, ({ paramsText }) => paramsText.length)
      .method('checked', { check: ({ params }) => params }, () => {});
    void plugin.run(io);
    await lightningd.start();
    const params = `[${'9'.repeat(10_001)}]`;
    lightningd.send(`{"id":"a","method":"value","params":${params}}`);
    lightningd.send(`{"id":"b","method":"text","params":${params}}`);
    lightningd.send(`{"id":"c","method":"check","params":["checked",${params.slice(1, -1)}]}`);
    const answer = (id: string) => lightningd.frame((frame) => frame.id === id);
    expect((await answer('a')).error).toEqual({
      code: -32602,
      message: 'params: an integer has more than 10,000 digits',
    });
    expect((await answer('b')).result).toBe(params.length);
    expect((await answer('c')).error?.code).toBe(-32602);
    lightningd.end();
  });

  test('that returns nothing replies with an empty object', async () => {
    const { lightningd, io } = FakeLightningd.inProcess();
    void new Plugin().method('quiet', {}, () => {}).run(io);
    expect((await lightningd.request('quiet')).result).toEqual({});
    lightningd.end();
  });

  test('that throws an RpcError replies with it, and every digit of its data', async () => {
    const { lightningd, io } = FakeLightningd.inProcess();
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

  test('that throws another error replies and logs, and the plugin continues', async () => {
    const { lightningd, io } = FakeLightningd.inProcess();
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
    expect(log).toContain('debug   caused by: Error: deeper');
    lightningd.end();
  });

  test('that is unknown gets an error reply', async () => {
    const { lightningd, io } = FakeLightningd.inProcess();
    void new Plugin().run(io);
    expect((await lightningd.request('nothing')).error).toEqual({
      code: -32601,
      message: "Unknown command 'nothing'",
    });
    lightningd.end();
  });

  test('runs concurrently with others', async () => {
    const { lightningd, io } = FakeLightningd.inProcess();
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
    const { lightningd, io } = FakeLightningd.inProcess();
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

  test('can be checked, by name and by position', async () => {
    const { lightningd, io } = FakeLightningd.inProcess();
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
  test('replies, and continues if it returns nothing or fails', async () => {
    const { lightningd, io } = FakeLightningd.inProcess();
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
