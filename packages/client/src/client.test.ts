import { inspect } from 'node:util';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, test, vi } from 'vitest';
import { envelope, respondWith, serve, serveRaw } from '@clnrest/testing/serve';
import { ClnrestClient } from './client.ts';
import { ClnrestError } from './errors.ts';
import { errorOf } from './testing/error-of.ts';

const rune = 'KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==';
const JSON_TYPE = { 'content-type': 'application/json' };

/** Writes a response as raw bytes, without a server that validates it. */
function rawAnswer(head: string, ...body: string[]): (socket: NodeJS.WritableStream) => void {
  return (socket) => {
    socket.once('data' as 'drain', () => {
      socket.write(`HTTP/1.1 ${head}\r\n\r\n${body.join('')}`);
    });
  };
}

describe('a call', () => {
  test('is one POST with the rune and the parameters', async () => {
    const seen: unknown[] = [];
    const { url } = await serve(async (request, response) => {
      const { method, url, headers } = request;
      seen.push([method, url, headers['rune'], headers['content-type'], await text(request)]);
      respondWith(201, '{"ok":true}')(request, response);
    });
    const client = new ClnrestClient({ url, rune: ` ${rune}\n` });
    expect(await client.call('getinfo')).toEqual({ ok: true });
    await client.call('invoice', { amount_msat: 2n ** 64n - 1n, label: 'ä', description: '' });
    await client.call('createrune', [null, [['method=getinfo']]]);
    await client.call('pay', '{"amount_msat": 9007199254740993}');
    expect(seen).toEqual([
      ['POST', '/v1/getinfo', rune, 'application/json', ''],
      [
        'POST',
        '/v1/invoice',
        rune,
        'application/json',
        '{"amount_msat":18446744073709551615,"label":"ä","description":""}',
      ],
      ['POST', '/v1/createrune', rune, 'application/json', '[null,[["method=getinfo"]]]'],
      ['POST', '/v1/pay', rune, 'application/json', '{"amount_msat": 9007199254740993}'],
    ]);
  });

  test('carries the filter of the result as a header', async () => {
    const filters: unknown[] = [];
    const { url } = await serve((request, response) => {
      filters.push(request.headers['filter']);
      respondWith(201, '{"invoices":[]}')(request, response);
    });
    const client = new ClnrestClient({ url, rune });
    const filter = { invoices: [{ label: true }] } as const;
    await client.call('listinvoices', {}, { filter });
    await client.callText('listinvoices', {}, { filter });
    for await (const _ of client.items('listinvoices', 'invoices', {}, { filter }));
    for await (const _ of client.stream('listinvoices', {}, { filter }));
    await client.call<unknown>('mine', {}, { filter: { größe: true } });
    await client.call('listinvoices');
    expect(filters).toEqual([
      ...Array.from({ length: 4 }, () => '{"invoices":[{"label":true}]}'),
      String.raw`{"gr\u00f6\u00dfe":true}`,
      undefined,
    ]);
  });

  test('keeps every digit of the result, or its text unchanged', async () => {
    const body = '{"msat": 9007199254740993, "safe": 9007199254740991, "apr": 1.10}';
    const client = new ClnrestClient({ url: (await serve(respondWith(201, body))).url, rune });
    expect(await client.call<unknown>('x')).toEqual({
      msat: 9007199254740993n,
      safe: 9007199254740991,
      apr: 1.1,
    });
    expect(await client.callText('x')).toBe(body);
  });

  test('keeps the path of the URL, for gateways behind a proxy', async () => {
    const paths: unknown[] = [];
    const { url } = await serve((request, response) => {
      paths.push(request.url);
      respondWith(201, '{}')(request, response);
    });
    await new ClnrestClient({ url: `${url}/my/node`, rune }).call('getinfo');
    await new ClnrestClient({ url: new URL(`${url}/my/node/`), rune }).call('getinfo');
    expect(paths).toEqual(['/my/node/v1/getinfo', '/my/node/v1/getinfo']);
  });

  test("fails with all members of the gateway's error", async () => {
    const body = envelope(210, 'Ran out of routes', '{"attempts":[9007199254740993]}');
    const client = new ClnrestClient({ url: (await serve(respondWith(500, body))).url, rune });
    const error = await errorOf(client.call('pay', { bolt11: 'lnbc' }));
    expect(error).toBeInstanceOf(ClnrestError);
    expect(error).toMatchObject({
      code: 'command_failed',
      status: 500,
      nodeCode: 210,
      message: 'Ran out of routes',
      data: { attempts: [9007199254740993n] },
      mayHaveRun: true,
    });
  });

  test('requires a rune, except listMethods, which never sends one', async () => {
    const headers: unknown[] = [];
    const help = '{"help":[{"command":"getinfo "},{"command":"invoice amount_msat [expiry]"},{}]}';
    const { url } = await serve((request, response) => {
      headers.push([request.method, request.url, request.headers['rune'], request.headers.accept]);
      respondWith(200, help)(request, response);
    });
    const anonymous = new ClnrestClient({ url });
    expect(await errorOf(anonymous.call('getinfo'))).toMatchObject({
      code: 'rune_missing',
      mayHaveRun: false,
    });
    const methods = [
      { name: 'getinfo', usage: 'getinfo' },
      { name: 'invoice', usage: 'invoice amount_msat [expiry]' },
    ];
    expect(await anonymous.listMethods()).toEqual(methods);
    expect(await new ClnrestClient({ url, rune }).listMethods()).toEqual(methods);
    const header = ['GET', '/v1/list-methods', undefined, 'application/json'];
    expect(headers).toEqual([header, header]);
  });

  test('with an invalid method or parameters is not sent', async () => {
    const received = vi.fn<() => void>();
    const client = new ClnrestClient({ url: (await serve(received)).url, rune });
    const attempts = [
      ...['', '..', '.', 'a/b', 'a?b', 'a#b', 'ä', 'a b', '%2e'].map((method) =>
        client.call<unknown>(method),
      ),
      ...['5', '"text"', '', 'x'].map((params) => client.call('getinfo', params)),
      client.call<unknown>('a-command', new Date()),
      client.call<unknown>('a-command', { amount_msat: 2 ** 53 }),
      client.call<unknown>('a-command', new Map([['label', 'a']])),
      client.call<unknown>('a-command', { label: new Set(['a']) }),
    ];
    for (const attempt of attempts) {
      expect(await errorOf(attempt)).toMatchObject({ code: 'invalid_request', mayHaveRun: false });
    }
    expect(received).not.toHaveBeenCalled();
  });
});

describe('options', () => {
  test.each([
    { url: 'localhost:3010' },
    { url: 'ftp://x' },
    { url: 'not a url' },
    { url: 'https://user:secret@x' },
    { url: 'https://x/?rune=secret' },
    { url: 'https://x/#secret' },
    { url: 'https://x', rune: '' },
    { url: 'https://x', rune: 'secret\nsecret' },
    { url: 'https://x', rune: 'secret,secret' },
    { url: 'https://x', ca: '/path/to/ca.pem' },
    { url: 'https://x', ca: Buffer.from('secret') },
    { url: 'https://x', ca: '-----BEGIN CERTIFICATE-----\nsecret\n-----END CERTIFICATE-----' },
  ])('$url $rune $ca is rejected without being shown', (options) => {
    let error: unknown;
    try {
      error = new ClnrestClient(options);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'invalid_request' });
    expect((error as Error).message).not.toContain('secret');
  });

  test('are printed without the rune', () => {
    const client = new ClnrestClient({ url: 'https://x', rune });
    const shown = [
      inspect(client, { depth: 9, showHidden: true }),
      JSON.stringify({ client }),
      `${client}`,
    ];
    for (const text of shown) expect(text).not.toContain(rune.slice(0, 10));
    expect(shown[0]).toBe("ClnrestClient { url: 'https://x/', rune: (hidden) }");
  });
});

describe('an unexpected response', () => {
  test.each([
    [200, '<html>Welcome to the hotel</html>', { 'content-type': 'text/html' }],
    [201, '{}', {}],
    [201, '{}', { 'content-type': 'text/plain' }],
    [204, '', {}],
    [302, '', { location: '/elsewhere', ...JSON_TYPE }],
    [307, '', { location: 'http://127.0.0.1:1/', ...JSON_TYPE }],
    [404, '<html>nginx</html>', { 'content-type': 'text/html' }],
    [201, '{"a":', JSON_TYPE],
    [201, '', JSON_TYPE],
    [201, '{"a":1}{', JSON_TYPE],
    [200, '{"a":1}', { 'content-type': 'application/jsonp' }],
  ] as const)('%d %s', async (status, body, headers) => {
    let requests = 0;
    const { url } = await serve((request, response) => {
      requests++;
      respondWith(status, body, headers)(request, response);
    });
    const client = new ClnrestClient({ url, rune });
    const expected = { code: 'malformed_answer', mayHaveRun: true };
    expect(await errorOf(client.call<unknown>('pay'))).toMatchObject(expected);
    expect(await errorOf(client.callText('pay'))).toMatchObject(expected);
    expect(await errorOf(client.items<unknown>('a-list', 'x').next())).toMatchObject(expected);
    expect(requests).toBe(3);
  });

  test('is not quoted in the error', async () => {
    const client = new ClnrestClient({
      url: (await serve(respondWith(201, '{"preimage":secret'))).url,
      rune,
    });
    expect(inspect(await errorOf(client.call<unknown>('x')))).not.toContain('secret');
  });

  test('can come from a proxy that cannot reach the gateway', async () => {
    const { url } = await serve(
      respondWith(502, '<html>Bad Gateway</html>', { 'content-type': 'text/html' }),
    );
    const error = await errorOf(new ClnrestClient({ url, rune }).call<unknown>('pay'));
    expect(error).toMatchObject({ code: 'node_away', status: 502, mayHaveRun: true });
  });

  test.each([
    ['201 Created\r\nContent-Type: application/json\r\nContent-Length: 100', '{"a":'],
    ['201 Created\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked', '5\r\n{"a":'],
    ['500 Error\r\nContent-Type: application/json\r\nContent-Length: 100', '{"code":'],
  ])('that is cut off: %s', async (head, body) => {
    let connections = 0;
    const port = await serveRaw((socket) => {
      connections++;
      socket.once('data', () => socket.end(`HTTP/1.1 ${head}\r\n\r\n${body}`.slice(0, -1)));
    });
    const error = await errorOf(
      new ClnrestClient({ url: `http://127.0.0.1:${port}`, rune }).call<unknown>('pay'),
    );
    expect(error).toMatchObject({ code: 'connection_failed', mayHaveRun: true });
    expect((error as Error).cause).toBeInstanceOf(Error);
    expect(connections).toBe(1);
  });

  test.each([
    'SSH-2.0-OpenSSH\r\n',
    'HTTP/1.1 201 Created\r\nA B: c\r\n\r\n',
    'HTTP/1.1 abc\r\n\r\n',
    '\0\0\0',
  ])('that is not HTTP: %j', async (bytes) => {
    const port = await serveRaw((socket) => void socket.once('data', () => socket.write(bytes)));
    const error = await errorOf(
      new ClnrestClient({ url: `http://127.0.0.1:${port}`, rune }).call<unknown>('pay'),
    );
    expect(error).toMatchObject({ code: 'malformed_answer', mayHaveRun: true });
  });

  test('that is too long, as a result or an error', async () => {
    const long = `"${'x'.repeat(5_000_000)}"`;
    const client = new ClnrestClient({
      url: (await serve(respondWith(201, long))).url,
      rune,
      maxAnswerBytes: 1_000_000,
    });
    expect(await errorOf(client.call<unknown>('x'))).toMatchObject({
      code: 'too_large',
      mayHaveRun: true,
    });
    const failing = new ClnrestClient({ url: (await serve(respondWith(500, long))).url, rune });
    expect(await errorOf(failing.call<unknown>('x'))).toMatchObject({
      code: 'malformed_answer',
      status: 500,
    });
  });
});

describe('a result that arrives in chunks', () => {
  test('is the same for any split', async () => {
    const body = '{"name":"Grüße ☃ 𝄞","msat":9007199254740993}';
    const { url } = await serve((request, response) => {
      request.resume();
      response.writeHead(201, JSON_TYPE);
      void (async () => {
        for (const byte of Buffer.from(body)) {
          response.write(Buffer.of(byte));
          await new Promise(setImmediate);
        }
        response.end();
      })();
    });
    const client = new ClnrestClient({ url, rune });
    expect(await client.callText('x')).toBe(body);
    expect(await client.call<unknown>('x')).toEqual({ name: 'Grüße ☃ 𝄞', msat: 9007199254740993n });
  });

  test('yields its items as they arrive', async () => {
    let answer: ServerResponse | undefined;
    const { url } = await serve((request, response) => {
      request.resume();
      answer = response.writeHead(201, JSON_TYPE);
      response.write('{"invoices":[{"label":"☃","msat":9007199254740993},{"la');
    });
    const items = new ClnrestClient({ url, rune }).items('listinvoices', 'invoices');
    expect(await items.next()).toEqual({
      done: false,
      value: { label: '☃', msat: 9007199254740993n },
    });
    answer?.end('bel":"b"}],"more":true}');
    expect(await items.next()).toEqual({ done: false, value: { label: 'b' } });
    expect(await items.next()).toEqual({ done: true, value: undefined });
  });

  test.each([
    ['{"other":[]}', []],
    ['{"invoices":[1,2', [1, 2]],
    ['{"invoices":[1,tru,2]}', [1]],
    ['{"invoices":{}}', []],
  ])('and is malformed: %s', async (body, before) => {
    const client = new ClnrestClient({ url: (await serve(respondWith(201, body))).url, rune });
    const found: unknown[] = [];
    const loop = (async () => {
      for await (const item of client.items('listinvoices', 'invoices')) found.push(item);
    })();
    expect(await errorOf(loop)).toMatchObject({ code: 'malformed_answer' });
    expect(found).toEqual(before.slice(0, found.length));
  });

  test('applies backpressure and buffers only a part', async () => {
    const item = `{"label":"${'x'.repeat(1_000)}"},`;
    let sent = 0;
    const { url } = await serve(async (request, response) => {
      request.resume();
      response.writeHead(201, JSON_TYPE);
      response.write('{"invoices":[');
      while (!response.destroyed) {
        if (response.write(item.repeat(100))) await new Promise(setImmediate);
        else await new Promise((resolve) => response.once('drain', resolve));
        sent += 100;
      }
    });
    const items = new ClnrestClient({ url, rune }).items('listinvoices', 'invoices');
    for (let i = 0; i < 1_000; i++) await items.next();
    await vi.waitFor(async () => {
      const before = sent;
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(sent).toBe(before);
    });
    // The rest is in the socket buffers of both sides.
    expect(sent).toBeLessThan(50_000);
    await items.return();
  });
});

describe('cancelling', () => {
  /** A server that never responds, or never ends its response. */
  async function waiting(begin = '') {
    const received: IncomingMessage[] = [];
    const left: Promise<unknown>[] = [];
    const { url } = await serve((request, response) => {
      received.push(request.resume());
      left.push(once(response, 'close'));
      if (begin !== '') response.writeHead(201, JSON_TYPE).write(begin);
    });
    return { client: new ClnrestClient({ url, rune }), received, left };
  }

  test('a call by its signal closes the connection', async () => {
    const { client, received, left } = await waiting();
    const leave = new AbortController();
    const call = errorOf(client.call('waitanyinvoice', undefined, { signal: leave.signal }));
    await vi.waitFor(() => expect(received).toHaveLength(1));
    const reason = new Error('enough');
    leave.abort(reason);
    expect(await call).toMatchObject({ code: 'cancelled', cause: reason, mayHaveRun: true });
    await left[0];
  });

  test('before a call sends nothing', async () => {
    const { client, received } = await waiting();
    const signal = AbortSignal.abort();
    const expected = { code: 'cancelled', mayHaveRun: false };
    expect(await errorOf(client.call<unknown>('pay', undefined, { signal }))).toMatchObject(
      expected,
    );
    expect(
      await errorOf(client.items<unknown>('x', 'y', undefined, { signal }).next()),
    ).toMatchObject(expected);
    expect(await errorOf(client.notifications({ signal }).next())).toMatchObject(expected);
    expect(received).toHaveLength(0);
  });

  test('during a result ends it with an error', async () => {
    const { client, left } = await waiting('{"a":[1,');
    const leave = new AbortController();
    const options = { signal: leave.signal };
    const whole = errorOf(client.call<unknown>('x', undefined, options));
    const items = client.items<unknown>('x', 'a', undefined, options);
    expect(await items.next()).toEqual({ done: false, value: 1 });
    const next = errorOf(items.next());
    await vi.waitFor(() => expect(left).toHaveLength(2));
    leave.abort();
    expect(await whole).toMatchObject({ code: 'cancelled', mayHaveRun: true });
    expect(await next).toMatchObject({ code: 'cancelled' });
    await Promise.all(left);
  });

  test('drops items that have already arrived', async () => {
    const client = new ClnrestClient({
      url: (await serve(respondWith(201, '{"a":[1,2,3]}'))).url,
      rune,
    });
    const leave = new AbortController();
    const items = client.items<unknown>('x', 'a', undefined, { signal: leave.signal });
    expect(await items.next()).toEqual({ done: false, value: 1 });
    leave.abort();
    expect(await errorOf(items.next())).toMatchObject({ code: 'cancelled' });
    expect(await items.next()).toEqual({ done: true, value: undefined });
  });

  test('by leaving a loop', async () => {
    const { client, left } = await waiting('{"a":[1,2,');
    for await (const item of client.items<unknown>('x', 'a')) {
      expect(item).toBe(1);
      break;
    }
    for await (const bytes of client.stream('x')) {
      expect(Buffer.from(bytes).toString()).toBe('{"a":[1,2,');
      break;
    }
    expect(left).toHaveLength(2);
    await Promise.all(left);
  });

  test('by return() while next() is pending', async () => {
    const { client, left } = await waiting('{"a":[1,');
    const items = client.items<unknown>('x', 'a');
    await items.next();
    const next = items.next();
    expect(await items.return()).toEqual({ done: true, value: undefined });
    expect(await next).toEqual({ done: true, value: undefined });
    expect(await items.next()).toEqual({ done: true, value: undefined });
    await Promise.all(left);
  });

  test('by throw() closes the connection; return() before next() sends nothing', async () => {
    const { client, received, left } = await waiting('{"a":[1,');
    const items = client.items<unknown>('x', 'a');
    await items.next();
    await expect(items.throw(new Error('mine'))).rejects.toThrow('mine');
    await Promise.all(left);
    await client.items<unknown>('x', 'a').return();
    expect(received).toHaveLength(1);
  });

  test('all calls by close()', async () => {
    const { client, received, left } = await waiting();
    const calls = Array.from({ length: 20 }, () => errorOf(client.call('waitanyinvoice')));
    await vi.waitFor(() => expect(received).toHaveLength(20));
    client.close();
    for (const error of await Promise.all(calls)) {
      expect(error).toMatchObject({ code: 'cancelled', message: 'The client was closed' });
    }
    await Promise.all(left);
    expect(await errorOf(client.call('getinfo'))).toMatchObject({
      code: 'cancelled',
      mayHaveRun: false,
    });
  });

  test('by timeoutMs', async () => {
    const { client, left } = await waiting('{"a":');
    const error = await errorOf(client.call<unknown>('pay', undefined, { timeoutMs: 50 }));
    expect(error).toMatchObject({ code: 'timed_out', mayHaveRun: true });
    await Promise.all(left);
    const lists = client.items<unknown>('a-list', 'a', undefined, { timeoutMs: 600 });
    const next = lists.next();
    // The response has begun, so that the timeout no longer applies.
    const later = new Promise((resolve) => setTimeout(resolve, 900, 'still there'));
    expect(await Promise.race([next, later])).toBe('still there');
    await lists.return();
  });

  test('hundreds of calls by one signal, without a warning', async () => {
    const warned = vi.fn<(warning: Error) => void>();
    process.on('warning', warned);
    const { client } = await waiting();
    const leave = new AbortController();
    const options = { signal: leave.signal };
    const calls = Array.from({ length: 200 }, () =>
      errorOf(client.call<unknown>('x', undefined, options)),
    );
    await new Promise(setImmediate);
    leave.abort();
    await Promise.all(calls);
    await new Promise(setImmediate);
    process.off('warning', warned);
    expect(warned.mock.calls.map(([{ name }]) => name)).not.toContain(
      'MaxListenersExceededWarning',
    );
  });
});

test('a response without a length is read to its end', async () => {
  const head = '201 Created\r\nContent-Type: Application/JSON; charset=utf-8\r\nConnection: close';
  const port = await serveRaw((socket) => {
    rawAnswer(head, '{"a"', ':1}')(socket);
    socket.once('data', () => setImmediate(() => socket.end()));
  });
  expect(
    await new ClnrestClient({ url: `http://127.0.0.1:${port}`, rune }).call<unknown>('x'),
  ).toEqual({
    a: 1,
  });
});
