import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { builds } from '@clnrest/gateway/builds';
import { ask, post } from '../support/http.ts';
import { missingForNode } from '../support/real-node.ts';
import { startNodeWith, type TestNode } from '../support/node.ts';
import { missingForNoJit } from '../support/no-jit.ts';
import { pluginWithoutJit } from '../support/under-test.ts';

const missing = missingForNoJit() ?? missingForNode();

describe.each(Object.values(builds))('$prefix on a system that forbids a JIT compiler', (build) => {
  let directory = '';
  let node: TestNode;

  beforeAll(async () => {
    if (missing !== undefined) return;
    directory = await mkdtemp(join(tmpdir(), 'clnrest-test-'));
    node = await startNodeWith({ build, plugin: await pluginWithoutJit(build, directory) });
  });
  beforeEach((context) => {
    if (missing !== undefined) context.skip(missing);
  });
  afterAll(async () => {
    if (missing !== undefined) return;
    await node.stop();
    await rm(directory, { recursive: true, force: true });
  });

  test('logs this once, with the remedy', async () => {
    const line =
      /INFO +plugin-(?:cln)?rest: .* runs without its JIT.* MemoryDenyWriteExecute=false/;
    await node.logged(line);
    const rune = await node.rune();
    expect((await ask(node, '/v1/getinfo', { rune })).status).toBe(201);
    expect(node.log.filter((text) => line.test(text))).toHaveLength(1);
    // The log would contain V8's own warnings.
    expect(node.log.filter((line) => /warning|wasm|fatal error|trap/i.test(line))).toEqual([]);
  });

  test('runs commands over TLS, if the rune allows them', async () => {
    const rune = await node.rune(['method=invoice']);
    const body = '{"label":"big","amount_msat":9007199254740993,"description":"☃"}';
    const made = await post(node, '/v1/invoice', rune, body);
    expect([made.status, made.headers['content-type']]).toEqual([201, 'application/json']);
    const refused = await post(node, '/v1/listinvoices', rune, '{}');
    expect([refused.status, refused.json()]).toMatchObject([401, { code: 1502 }]);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const listed = await ask(node, '/v1/listinvoices', {
      rune: await node.rune(),
      headers: form,
      body: 'label=big',
    });
    expect(listed.text).toContain('"amount_msat":9007199254740993,');
  });

  test('parses large bodies on a thread', async () => {
    const rune = await node.rune();
    const string = 'a'.repeat(100_000);
    for (const [type, body] of [
      ['application/json', JSON.stringify({ key: 'large', string, mode: 'create-or-replace' })],
      ['application/yaml', `{key: large, string: ${string}, mode: create-or-replace}`],
    ] as const) {
      const headers = { 'content-type': type };
      const made = await ask(node, '/v1/datastore', { rune, headers, body });
      expect(made.status).toBe(201);
      expect(made.text).toContain(`"string":"${string}"`);
    }
  });

  test('supports other formats and compression', async () => {
    const rune = await node.rune();
    const id = (await node.rpc.call<{ id: string }>('getinfo')).id;
    const inFormat = (accept: string) =>
      ask(node, '/v1/getinfo', { rune, headers: { accept: `application/${accept}` } });
    expect((await inFormat('yaml')).text).toContain(`id: ${id}\n`);
    expect((await inFormat('xml')).text).toContain(`<id>${id}</id>`);
    expect((await inFormat('x-www-form-urlencoded')).text).toContain(`id=${id}&`);
    await node.rpc.call('datastore', {
      key: 'large',
      string: 'x'.repeat(100_000),
      mode: 'create-or-replace',
    });
    for (const [coding, opened] of Object.entries({ gzip: gunzipSync, br: brotliDecompressSync })) {
      const headers = { 'accept-encoding': coding };
      const answer = await ask(node, '/v1/listdatastore', { rune, headers });
      expect(answer.headers['content-encoding']).toBe(coding);
      expect(opened(answer.bytes).toString()).toContain('x'.repeat(100_000));
    }
  });

  test.each(['websocket', 'polling'])(
    'sends notifications over Socket.IO by %s',
    async (transport) => {
      const socket = io(node.url, {
        forceNew: true,
        transports: [transport],
        extraHeaders: { rune: await node.rune() },
        ca: await readFile(node.caFile, 'utf8'),
      });
      onTestFinished(() => void socket.close());
      await once(socket as never, 'connect');
      const label = `sent by ${transport}`;
      const received = new Promise((resolve) => {
        socket.on('message', (message: Record<string, { label?: string }>) => {
          if (message['invoice_creation']?.label === label) resolve(message);
        });
      });
      await node.rpc.call('invoice', ['any', label, 'd']);
      expect(await received).toMatchObject({ invoice_creation: { label } });
    },
  );

  test('sends notifications as server-sent events', async () => {
    const sent = get(`${node.url}/v1/notifications?topics=invoice_creation`, {
      headers: { rune: await node.rune() },
      ca: await readFile(node.caFile),
      agent: false,
    });
    onTestFinished(() => void sent.destroy());
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    answer.setEncoding('utf8');
    await node.rpc.call('invoice', ['any', 'sent as an event', 'd']);
    let text = '';
    for await (const piece of answer) {
      text += piece as string;
      if (text.includes('sent as an event')) break;
    }
    expect(text).toContain('event: invoice_creation\n');
  });

  test('serves pages, compressed on request', async () => {
    const page = await ask(node, '/', { method: 'GET' });
    expect([page.status, page.text.startsWith('<!DOCTYPE html>')]).toEqual([200, true]);
    const answer = await ask(node, '/swagger-ui-bundle.js', {
      method: 'GET',
      headers: { 'accept-encoding': 'gzip' },
    });
    expect(answer.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(answer.bytes).toString()).toContain('SwaggerUIBundle');
  });
});
