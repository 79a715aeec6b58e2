import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { describe, expect, test, type TestContext } from 'vitest';
import { openTab } from '@clnrest/testing/browser';
import { envelope, respondWith, serve } from '@clnrest/testing/serve';
import type * as client from './index.ts';

const RUNE = 'KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==';

/** Globals of the page: the library and a client of the server. */
declare const clnrest: typeof client;
declare const node: client.ClnrestClient;

async function bundleLibrary() {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: "export * from '@clnrest/client'",
      resolveDir: import.meta.dirname,
      loader: 'ts',
    },
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'clnrest',
    conditions: ['@clnrest/source'],
  });
  return { code: outputFiles[0]?.text ?? '', files: Object.keys(metafile.inputs) };
}

/** The bundle of all tests. */
let bundled: ReturnType<typeof bundleLibrary> | undefined;

function bundle(): ReturnType<typeof bundleLibrary> {
  bundled ??= bundleLibrary();
  return bundled;
}

/** Allows every origin, which is the gateway's default. */
function withCors(listener: (request: IncomingMessage, response: ServerResponse) => void) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    response.setHeader('Access-Control-Allow-Origin', '*');
    if (request.method !== 'OPTIONS') {
      listener(request, response);
      return;
    }
    response.setHeader(
      'Access-Control-Allow-Headers',
      request.headers['access-control-request-headers'] ?? '',
    );
    response.writeHead(204);
    response.end();
  };
}

/** Opens a page of another origin than the server's, with a client of the server. */
async function open(context: TestContext, url: string): Promise<Page> {
  const { page } = await openTab(context, url);
  await page.goto(
    (await serve(respondWith(200, '<!doctype html>', { 'content-type': 'text/html' }))).url,
  );
  await page.addScriptTag({ content: (await bundle()).code });
  const make = `var node = new clnrest.ClnrestClient(${JSON.stringify({ url, rune: RUNE })})`;
  await page.addScriptTag({ content: make });
  return page;
}

describe('the bundle for browsers', () => {
  test('contains no Node modules', async () => {
    const { code, files } = await bundle();
    expect(code.match(/node:|require\(|\bprocess\.|\bBuffer\b/)).toBeNull();
    expect(files.filter((file) => file.includes('transport/node'))).toEqual([]);
    expect(files.some((file) => file.includes('transport/fetch'))).toBe(true);
  });
});

test('the bundle has the size that the README states', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const stated = /gzipped it is ([0-9]+) kB/.exec(readme)?.[1];
  expect(Math.round(gzipSync((await bundle()).code).length / 1000)).toBe(Number(stated));
});

describe('in a browser', { timeout: 60_000 }, () => {
  test('calls keep every digit and fail with the same errors as in Node', async (context) => {
    const bodies: string[] = [];
    const { url } = await serve(
      withCors((request, response) => {
        const { rune } = request.headers;
        if (rune !== RUNE && request.method === 'POST') {
          respondWith(403, envelope(1501, 'Not authorized: Missing rune'))(request, response);
        } else if (request.url === '/v1/pay') {
          respondWith(500, envelope(210, 'No route', '{"msat":9007199254740993}'))(
            request,
            response,
          );
        } else if (request.url === '/v1/moved') {
          respondWith(302, '', { location: '/v1/getinfo' })(request, response);
        } else if (request.url === '/v1/page') {
          respondWith(200, '<html>', { 'content-type': 'text/html' })(request, response);
        } else if (request.url === '/v1/list-methods') {
          respondWith(200, '{"help":[{"command":"getinfo"}]}')(request, response);
        } else {
          request.on('data', (piece: Buffer) => bodies.push(piece.toString()));
          const result = `{"list":[{"msat":9007199254740993},{"name":"☃"}]}`;
          request.on('end', () => respondWith(201, result)(request, response));
        }
      }),
    );
    const page = await open(context, url);
    const results = await page.evaluate(async () => {
      const codeOf = async (failing: Promise<unknown>) =>
        failing.then(
          () => 'none',
          (error: client.ClnrestError) => [
            error.code,
            error.mayHaveRun,
            clnrest.stringifyJson([error.data]),
          ],
        );
      const items: unknown[] = [];
      for await (const item of node.items<unknown>('a-plugins-list', 'list')) items.push(item);
      return {
        answer: clnrest.stringifyJson(
          await node.call<unknown>('a-plugins-command', { amount_msat: 2n ** 64n - 1n }),
        ),
        items: clnrest.stringifyJson(items),
        methods: await node.listMethods(),
        pay: await codeOf(node.call<unknown>('pay')),
        moved: await codeOf(node.call<unknown>('moved')),
        page: await codeOf(node.call<unknown>('page')),
        unreachable: await codeOf(
          new clnrest.ClnrestClient({ url: 'http://127.0.0.1:1', rune: 'x' }).call<unknown>('x'),
        ),
        other: await codeOf(
          new clnrest.ClnrestClient({ url: node.toJSON().url, rune: 'x' }).call<unknown>('x'),
        ),
        words: await new clnrest.ClnrestClient({ url: 'http://127.0.0.1:1', rune: 'x' })
          .call<unknown>('x')
          .catch(String),
        shown: JSON.stringify(node),
      };
    });
    const result = '{"list":[{"msat":9007199254740993},{"name":"☃"}]}';
    expect(results).toEqual({
      answer: result,
      items: '[{"msat":9007199254740993},{"name":"☃"}]',
      methods: [{ name: 'getinfo', usage: 'getinfo' }],
      pay: ['command_failed', true, '[{"msat":9007199254740993}]'],
      moved: ['malformed_answer', true, '[null]'],
      page: ['malformed_answer', true, '[null]'],
      unreachable: ['connection_failed', true, '[null]'],
      other: ['rune_missing', false, '[null]'],
      words: 'ClnrestError: Cannot connect to the server, or it does not allow this page (CORS)',
      shown: `{"url":"${url}/","rune":"(hidden)"}`,
    });
    expect(bodies).toEqual(['{"amount_msat":18446744073709551615}']);
  });

  test('aborting, leaving a loop and a timeout close the connection', async (context) => {
    const left: Promise<unknown>[] = [];
    const { url } = await serve(
      withCors((request, response) => {
        request.resume();
        left.push(once(response, 'close'));
        response.writeHead(201, { 'content-type': 'application/json' });
        response.write('{"list":[1,');
      }),
    );
    const page = await open(context, url);
    const codes = await page.evaluate(async () => {
      const leave = new AbortController();
      const items = node.items<unknown>('x', 'list', undefined, { signal: leave.signal });
      const first = await items.next();
      const second = items.next().catch((error: client.ClnrestError) => error.code);
      leave.abort();
      const others = node.items<unknown>('x', 'list');
      await others.next();
      await others.return();
      const late = await node
        .call<unknown>('x', undefined, { timeoutMs: 100 })
        .catch((error: client.ClnrestError) => error.code);
      return [first.value, await second, late];
    });
    expect(codes).toEqual([1, 'cancelled', 'timed_out']);
    expect(left).toHaveLength(3);
    await Promise.all(left);
  });

  test('receives notifications and reconnects', async (context) => {
    const requests: unknown[] = [];
    const { url } = await serve(
      withCors((request, response) => {
        requests.push([request.url, request.headers['rune'], request.headers['last-event-id']]);
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('retry: 10\n\n');
        const { length } = requests;
        response.write(`id: e-${length}\nevent: paid\ndata: {"paid":${length}}\n\n`);
        if (length === 1) response.end();
      }),
    );
    const page = await open(context, url);
    const received = await page.evaluate(async () => {
      const all: unknown[] = [];
      for await (const notification of node.notifications({ topics: ['paid'] })) {
        all.push(notification);
        if (all.length === 2) break;
      }
      return all;
    });
    const one = {
      type: 'notification',
      topic: 'paid',
      payload: 1,
      params: { paid: 1 },
      text: '{"paid":1}',
    };
    expect(received).toEqual([
      { ...one, id: 'e-1' },
      { ...one, payload: 2, params: { paid: 2 }, text: '{"paid":2}', id: 'e-2' },
    ]);
    expect(requests).toEqual([
      ['/v1/notifications?topics=paid', RUNE, undefined],
      ['/v1/notifications?topics=paid', RUNE, 'e-1'],
    ]);
  });

  test('`ca` is rejected', async (context) => {
    const page = await open(context, (await serve(respondWith(201, '{}'))).url);
    const code = await page.evaluate(() => {
      try {
        return String(new clnrest.ClnrestClient({ url: 'https://x', ca: 'x' }));
      } catch (error) {
        return (error as client.ClnrestError).code;
      }
    });
    expect(code).toBe('invalid_request');
  });
});
