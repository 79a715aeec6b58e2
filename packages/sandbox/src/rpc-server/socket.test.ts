import { chmodSync, existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryDirectory } from '@clnrest/testing';
import { SocketClient } from '../testing/socket-client.ts';
import { temporarySandbox } from '../testing/temporary-sandbox.ts';
import { writePlugin } from '../testing/test-plugin.ts';

async function connected(): Promise<SocketClient> {
  const { rpcPath } = await temporarySandbox();
  return SocketClient.connect(rpcPath);
}

const GETINFO = '{"jsonrpc":"2.0","id":"a","method":"getinfo","params":{}}';
const WAIT = '{"jsonrpc":"2.0","id":"w","method":"waitanyinvoice","params":{}}';

function errorText(id: string, code: number, message: string): string {
  return `{"jsonrpc":"2.0","id":${id},"error":{"code":${code},"message":${JSON.stringify(message)}}}`;
}

describe('framing', () => {
  test.each([
    ['no terminator', GETINFO],
    ['an empty line behind it', `${GETINFO}\n\n`],
    ['white space before it', `\r\n\t ${GETINFO}`],
    [
      'several lines',
      '{\n "jsonrpc": "2.0",\n "id": "a",\n "method": "getinfo",\n "params": {}\n}',
    ],
    ['a trailing comma', '{"jsonrpc":"2.0","id":"a","method":"getinfo","params":{},}'],
    ['an unknown member', '{"jsonrpc":"2.0","id":"a","method":"getinfo","params":{},"foo":1}'],
  ])('a request with %s gets a reply', async (_, request) => {
    const client = await connected();
    expect(await client.exchange(request)).toMatch(
      /^\{"jsonrpc":"2\.0","id":"a","result":\{"id":"/,
    );
  });

  test('a request that arrives byte by byte gets a reply', async () => {
    const client = await connected();
    client.socket.setNoDelay(true);
    const request = '{"jsonrpc":"2.0","id":"ü\\"","method":"invoice","params":["any","☃","d\\\\"]}';
    for (const byte of Buffer.from(request)) client.write(Buffer.of(byte));
    expect(JSON.parse((await client.read()) ?? '')).toMatchObject({
      id: 'ü"',
      result: { created_index: 1 },
    });
  });

  test('replies to several requests in one write arrive in order', async () => {
    const client = await connected();
    const requests = Array.from({ length: 500 }, (_, id) => GETINFO.replace('"a"', String(id)));
    client.write(requests.join(''));
    for (let id = 0; id < requests.length; id++) {
      expect(await client.read()).toContain(`"id":${id},"result"`);
    }
  });

  test('a waiting command does not block the next', async () => {
    const client = await connected();
    client.write(WAIT + GETINFO);
    expect(await client.read()).toContain('"id":"a"');
    client.write('{"jsonrpc":"2.0","id":1,"method":"invoice","params":["any","l","d"]}');
    expect(await client.read()).toContain('"id":1');
    client.write('{"jsonrpc":"2.0","id":2,"method":"dev-pay-invoice","params":["l",5]}');
    const replies = [await client.read(), await client.read()];
    expect(replies.map((reply) => reply?.slice(0, 26)).toSorted()).toEqual([
      '{"jsonrpc":"2.0","id":"w",',
      '{"jsonrpc":"2.0","id":2,"r',
    ]);
  });

  test.each([
    '5',
    '5.5',
    '-1',
    '0',
    'null',
    'true',
    '""',
    '"q\\"uo\\\\te"',
    '"sl\\/ash"',
    '"ü☃"',
    '18446744073709551616',
  ])('the reply has the id %s verbatim', async (id) => {
    const client = await connected();
    const reply = await client.exchange(GETINFO.replace('"a"', id));
    expect(reply.startsWith(`{"jsonrpc":"2.0","id":${id},"result":{`)).toBe(true);
  });

  test('a client that half-closes gets no reply', async () => {
    const client = await connected();
    client.socket.end(GETINFO);
    expect(await client.read()).toBeUndefined();
  });

  test('a client that half-closes during a command is disconnected', async () => {
    const client = await connected();
    client.socket.end(WAIT);
    await client.closed();
  });
});

describe('invalid requests:', () => {
  test.each([
    [
      '[1] for an id',
      GETINFO.replace('"a"', '[1]'),
      'null',
      -32600,
      'Expected string/primitive for id',
    ],
    [
      'an object for an id',
      GETINFO.replace('"a"', '{"a":1}'),
      'null',
      -32600,
      'Expected string/primitive for id',
    ],
    ['no id', '{"jsonrpc":"2.0","method":"getinfo","params":{}}', 'null', -32600, 'No id'],
    [
      'version 1.0',
      GETINFO.replace('2.0', '1.0'),
      'null',
      -32600,
      'jsonrpc: "2.0" must be specified in the request',
    ],
    ['no method', '{"jsonrpc":"2.0","id":"a","params":{}}', '"a"', -32600, 'No method'],
    ['no params', '{"jsonrpc":"2.0","id":"a","method":"getinfo"}', '"a"', -32600, 'No params'],
    [
      'a number for a method',
      GETINFO.replace('"getinfo"', '5'),
      '"a"',
      -32600,
      'Expected string for method',
    ],
    ['an empty method', GETINFO.replace('getinfo', ''), '"a"', -32601, "Unknown command ''"],
    [
      'a method in capitals',
      GETINFO.replace('getinfo', 'GETINFO'),
      '"a"',
      -32601,
      "Unknown command 'GETINFO'",
    ],
    [
      'an odd method',
      GETINFO.replace('getinfo', 'a\\"b\\nc'),
      '"a"',
      -32601,
      "Unknown command 'a\\\"b\\nc'",
    ],
    [
      'a method in UTF-8',
      GETINFO.replace('getinfo', 'gétinfo☃'),
      '"a"',
      -32601,
      "Unknown command 'gétinfo☃'",
    ],
    [
      'params null',
      GETINFO.replace('{}', 'null'),
      '"a"',
      -32602,
      'Expected array or object for params',
    ],
    [
      'params a string',
      GETINFO.replace('{}', '"x"'),
      '"a"',
      -32602,
      'Expected array or object for params',
    ],
    [
      'params a number',
      GETINFO.replace('{}', '5'),
      '"a"',
      -32602,
      'Expected array or object for params',
    ],
  ])('%s', async (_, request, id, code, message) => {
    const client = await connected();
    expect(await client.exchange(request)).toBe(errorText(id, code, message));
    // The connection still works.
    expect(await client.exchange(GETINFO)).toContain('"result"');
  });

  test.each([
    ['{bad json}'],
    ["{'jsonrpc':'2.0'}"],
    ['}'],
    [GETINFO.replace('{}', '[NaN]')],
    [`}}}${GETINFO}`],
    [`${GETINFO}}}}`],
    ['hello'],
    ['{"jsonrpc":"2.0","id":"a" "method":"getinfo","params":{}}'],
    ['{"jsonrpc":"2.0","id":"a","method":"getinfo","params":{"a"}}'],
    ['{"jsonrpc":"2.0","id":"\\x","method":"getinfo","params":{}}'],
  ])('%s is rejected, and later input is ignored', async (text) => {
    const client = await connected();
    expect(await client.exchange(text)).toBe(
      errorText('null', -32600, `Failed to parse RPC JSON response '${text}'`),
    );
    client.write(GETINFO);
    expect(await client.read()).toBeUndefined();
  });

  test.each(['{}', `[${GETINFO}]`, '{"id":"a","method":"getinfo","params":{}}'])(
    '%s is not JSON-RPC',
    async (text) => {
      const client = await connected();
      expect(await client.exchange(text)).toBe(
        errorText('null', -32600, `JSON-RPC message does not contain "jsonrpc" field: '${text}'`),
      );
      expect(await client.read()).toBeUndefined();
    },
  );

  test('invalid UTF-8 is rejected', async () => {
    const client = await connected();
    const [before = '', after = ''] = GETINFO.split('getinfo');
    const request = Buffer.concat([Buffer.from(before), Buffer.of(0xff, 0xfe), Buffer.from(after)]);
    expect(await client.exchange(request)).toContain('Failed to parse RPC JSON response');
  });

  test('escapes in params are kept', async () => {
    const client = await connected();
    const { text } = await client.call('invoice', '["any","u\\u00e9","d"]');
    expect(text).toContain('"created_index":1');
    expect((await client.call('listinvoices')).text).toContain('"label":"u\\u00e9"');
    expect((await client.call('listinvoices', '{"label":"ué"}')).text).toContain('"invoices":[]');
    const odd = await client.call('invoice', '["any","a\\"b\\\\c\\/d\\ne","d"]');
    expect(odd.error).toBeUndefined();
    expect((await client.call('listinvoices')).text).toContain('"label":"a\\"b\\\\c\\/d\\ne"');
  });
});

describe('hostile input', () => {
  test('deep nesting needs no stack', async () => {
    const client = await connected();
    const deep = 200_000;
    const reply = await client.exchange(GETINFO.replace('{}', '['.repeat(deep) + ']'.repeat(deep)));
    expect(reply).toBe(errorText('"a"', -32602, 'too many parameters: got 1, expected 0'));
  });

  test('a long string of escapes takes at most 30 times as long as plain text', async () => {
    const client = await connected();
    const timed = async (label: string): Promise<number> => {
      const started = performance.now();
      const { error } = await client.call('invoice', `["any","${label}","d"]`);
      expect(error?.message).toContain('over 128 bytes');
      return performance.now() - started;
    };
    const plain = await timed('ab'.repeat(500_000));
    const escapes = await timed('\\\\'.repeat(500_000));
    expect(escapes).toBeLessThan(30 * plain);
  });

  test('a flood of malformed input gets one reply', async () => {
    const client = await connected();
    client.write('}'.repeat(1_000_000));
    const reply = await client.read();
    expect(reply?.length).toBeLessThan(20_000);
    await client.closed();
  });

  test('a client that disconnects within a request leaves nothing behind', async () => {
    const { rpcPath } = await temporarySandbox();
    for (let i = 0; i < 50; i++) {
      const client = await SocketClient.connect(rpcPath);
      client.write('{"jsonrpc":"2.0","id":"a","meth');
      client.socket.destroy();
    }
    const client = await SocketClient.connect(rpcPath);
    expect(await client.exchange(GETINFO)).toContain('"result"');
  });

  test('numbers of any size are accepted', async () => {
    const client = await connected();
    const huge = '9'.repeat(1_000_000);
    const { error } = await client.call('blacklistrune', `[${huge}]`);
    expect(error?.message).toContain('should be an unsigned 64 bit integer');
  });
});

describe('readers', () => {
  test('a client that does not read costs little and blocks no other', async () => {
    const { rpcPath } = await temporarySandbox();
    const writer = await SocketClient.connect(rpcPath);
    const description = 'd'.repeat(600_000);
    for (let i = 0; i < 100; i++) {
      await writer.call('invoice', { amount_msat: 1, label: i, description, deschashonly: true });
    }
    const slow = await SocketClient.connect(rpcPath);
    slow.socket.pause();
    for (let i = 0; i < 50; i++) {
      slow.write(`{"jsonrpc":"2.0","id":${i},"method":"listinvoices","params":{}}`);
    }
    // 50 replies of 60 MB each are pending. They do not delay this one.
    const before = process.memoryUsage.rss();
    for (let i = 0; i < 20; i++) expect((await writer.call('getinfo')).result).toBeDefined();
    expect(process.memoryUsage.rss() - before).toBeLessThan(500_000_000);
    slow.socket.destroy();
  });

  test('a client that disconnects cancels its waiting commands', async () => {
    const { rpcPath } = await temporarySandbox();
    const client = await SocketClient.connect(rpcPath);
    const waiting = await SocketClient.connect(rpcPath);
    await client.call('invoice', ['any', 'l', 'd']);
    waiting.write('{"jsonrpc":"2.0","id":"w","method":"waitinvoice","params":["l"]}');
    expect(await waiting.exchange(GETINFO)).toContain('"id":"a"');
    waiting.socket.destroy();
    await waiting.closed();
    expect((await client.call('dev-pay-invoice', ['l', 1])).error).toBeUndefined();
  });

  test('hundreds of connections work', async () => {
    const { rpcPath } = await temporarySandbox();
    const clients = await Promise.all(
      Array.from({ length: 300 }, () => SocketClient.connect(rpcPath)),
    );
    const replies = await Promise.all(clients.map((client) => client.exchange(GETINFO)));
    expect(replies.every((reply) => reply.includes('"result"'))).toBe(true);
  });
});

describe('the socket file', () => {
  test('has the configured mode', async () => {
    const first = await temporarySandbox();
    expect(statSync(first.rpcPath).mode & 0o777).toBe(0o600);
    const second = await temporarySandbox({ args: ['--rpc-file-mode=0660', '--rpc-file=my-rpc'] });
    expect(statSync(second.rpcPath).mode & 0o777).toBe(0o660);
    expect(second.rpcPath).toBe(join(second.networkDir, 'my-rpc'));
  });

  test('stays when the node has stopped, as that of lightningd, until the node starts again', async () => {
    const directory = temporaryDirectory();
    const sandbox = await temporarySandbox({ directory });
    const identity = (): readonly bigint[] => {
      const { ino, mtimeNs } = statSync(sandbox.rpcPath, { bigint: true });
      return [ino, mtimeNs];
    };
    const before = identity();
    const files = readdirSync(sandbox.networkDir);
    await sandbox.stop();
    expect(identity()).toEqual(before);
    await expect(SocketClient.connect(sandbox.rpcPath)).rejects.toThrow('ECONNREFUSED');
    await temporarySandbox({ directory });
    expect(identity()).not.toEqual(before);
    expect(readdirSync(sandbox.networkDir)).toEqual(files);
  });

  test('refuses connections while plugins shut down', async () => {
    const plugin = await writePlugin({
      manifest: { subscriptions: ['shutdown'] },
      body: `on('shutdown', () => {
        require('node:net').connect('lightning-rpc').on('error', ({ code }) => { note(code); process.exit(0); });
      });`,
    });
    const sandbox = await temporarySandbox({ args: [`--plugin=${plugin.path}`] });
    await sandbox.stop();
    expect(await plugin.notes()).toContain('ECONNREFUSED');
  });

  test('can be missing when the node stops', async () => {
    const sandbox = await temporarySandbox();
    rmSync(sandbox.rpcPath);
    await sandbox.stop();
    expect(existsSync(sandbox.rpcPath)).toBe(false);
  });

  test('is replaced if it is stale, and kept if it is in use', async () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'socket');
    writeFileSync(path, 'left behind');
    chmodSync(path, 0o600);
    const first = await temporarySandbox({ args: [`--rpc-file=${path}`] });
    await first.stop();
    rmSync(path);
    const other = createServer().listen(path);
    await once(other, 'listening');
    onTestFinished(() => {
      other.close();
    });
    await expect(temporarySandbox({ args: [`--rpc-file=${path}`] })).rejects.toMatchObject({
      code: 'already_running',
      message: `rpc filename '${path}' in use`,
    });
  });

  test('must have a short path', async () => {
    await expect(
      temporarySandbox({ args: [`--rpc-file=${'x'.repeat(200)}`] }),
    ).rejects.toMatchObject({ code: 'bad_option' });
  });
});

describe('filter', () => {
  const filtered = async (method: string, filter: string): Promise<string> => {
    const client = await connected();
    await client.call('invoice', [1, 'l1', 'd']);
    await client.call('invoice', [2, 'l2', 'd']);
    const text = await client.exchange(
      `{"jsonrpc":"2.0","id":"f","method":"${method}","params":{},"filter":${filter}}`,
    );
    return text.slice('{"jsonrpc":"2.0","id":"f",'.length, -1);
  };

  test.each([
    ['getinfo', '{"network":true}', '"result":{"network":"regtest"}'],
    [
      'listinvoices',
      '{"invoices":[{"label":true}]}',
      '"result":{"invoices":[{"label":"l1"},{"label":"l2"}]}',
    ],
    [
      'getinfo',
      '{"id":1}',
      `"error":{"code":-32602,"message":"filter: value must be true: invalid token '1'"}`,
    ],
    [
      'getinfo',
      '[]',
      `"error":{"code":-32602,"message":"filter: Expected object: invalid token '[]'"}`,
    ],
    [
      'getinfo',
      '"id"',
      `"error":{"code":-32602,"message":"filter: Expected object: invalid token '\\"id\\"'"}`,
    ],
    [
      'getinfo',
      'null',
      `"error":{"code":-32602,"message":"filter: Expected object: invalid token 'null'"}`,
    ],
    [
      'getinfo',
      '{}',
      '"result":{"address":[],"binding":[],"our_features":{"init":"800898880a8a59a1","node":"808898880a8a59a1","channel":"","invoice":"02000002024100"}}',
    ],
    ['getinfo', '{"nosuch":true}', '"result":{}'],
    ['getinfo', '{"our_features":true}', '"result":{"our_features":{}}'],
    [
      'getinfo',
      '{"our_features":{"init":true}}',
      '"result":{"our_features":{"init":"800898880a8a59a1"}}',
    ],
    [
      'listinvoices',
      '{"invoices":{"label":true}}',
      '"result":{"invoices":[],"warning_parameter_filter":".invoices is an array"}',
    ],
    ['getinfo', '{"our_features":[{"init":true}]}', '"result":{"our_features":{}}'],
    [
      'getinfo',
      '{"our_features":[true,true]}',
      `"error":{"code":-32602,"message":"filter: Arrays can only have one element: invalid token '[true,true]'"}`,
    ],
  ])('of %s with %s returns %s', async (method, filter, reply) => {
    expect(await filtered(method, filter)).toBe(reply);
  });
});
