import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { temporaryDirectory } from '@clnrest/testing';
import { need } from '@clnrest/testing/programs';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { TestProcess } from '../support/process.ts';
import { LISTEN_METHOD } from '../support/under-test.ts';
import { useNode } from '../support/use-node.ts';

const PROGRAM = new URL('../../examples/listener.py', import.meta.url).pathname;
const node = useNode();
beforeEach((context) => need(context, 'python3'));

function listen(rune: string, ...words: readonly string[]): TestProcess {
  return start('--rune-file', fileOf(rune), ...words);
}

function start(...words: readonly string[]): TestProcess {
  const listener = new TestProcess('python3', [PROGRAM, ...words]);
  onTestFinished(async () => void (await listener.stop('SIGKILL')));
  return listener;
}

function fileOf(rune: string): string {
  const file = join(temporaryDirectory(), 'rune');
  writeFileSync(file, rune);
  return file;
}

/** The words of the command in the README, with the files of the test. */
function readmeCommand(files: Readonly<Record<string, string>>): string[] {
  const readme = readFileSync(new URL('../../examples/README.md', import.meta.url), 'utf8');
  const [, words = ''] = /^python3 examples\/listener\.py (.+)$/m.exec(readme) ?? [];
  return words.split(' ').map((word) => files[word] ?? word);
}

test('the listener prints notifications of its topics, with every digit', async () => {
  const rune = await node().rune([`method=${LISTEN_METHOD}`]);
  const { url, caFile, rpc } = node();
  const listener = start(
    ...readmeCommand({
      'https://127.0.0.1:3010': url,
      '~/.lightning/regtest/clnrest/ca.pem': caFile,
      'listener.rune': fileOf(rune),
      invoice_payment: 'invoice_creation',
    }),
  );
  // The program prints nothing when it is subscribed. Invoices follow until it has printed one.
  const create = async (): Promise<boolean> => {
    const label = `listener ${Math.random()}`;
    const params = { amount_msat: 9_007_199_254_740_993n, label, description: 'd' };
    await rpc.call('invoice', params);
    return listener.lines.length > 0;
  };
  await expect.poll(create, { timeout: 20_000, interval: 200 }).toBe(true);
  expect(listener.lines[0]).toMatch(
    /^\{"topic": "invoice_creation", "message": \{.*9007199254740993/,
  );
});

test('a refused rune ends the listener with the reason', async () => {
  const { url, caFile } = node();
  const listener = listen(await node().rune(['method=pay']), '--ca', caFile, url);
  expect(await listener.exited).toBe(1);
  expect(listener.lines.join('\n')).toContain('Not permitted');
});

test('a listener that lost its connection resumes after the last event', async () => {
  const resumed: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    resumed.push(request.headers['last-event-id'] as string | undefined);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const at = resumed.length;
    response.write(`id: e-${2 * at}\n: listening\n\nid: e-${2 * at + 1}\nevent: foo\n`);
    response.write(`data: {"n":${at}}\n\nid: e-9\nevent: foo\ndata: {"n`);
    // An incomplete event: it does not count.
    setImmediate(() => response.destroy());
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const listener = listen('x', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await listener.line(/"n": 2/);
  expect(resumed.slice(0, 2)).toEqual([undefined, 'e-3']);
});
