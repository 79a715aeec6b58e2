import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { temporaryDirectory } from '@clnrest/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { EXIT, STATUS_MEANINGS } from './exit-status.ts';
import { main } from './main.ts';

const RUNE = 'KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==';
const SECRET = '--secret=00';

async function run(words: readonly string[], stdin = '') {
  let out = '';
  let error = '';
  const status = await main(words, {
    out: (text) => void (out += text),
    error: (text) => void (error += text),
    input: () => Promise.resolve(stdin),
  });
  return { status, out, error };
}

/** Starts a gateway that responds to everything in one way. */
async function gateway(status: number, body: string): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const REFUSAL = '{"code":1502,"message":"Not permitted: x"}';

describe('0: success', () => {
  test.each([
    ['--help'],
    ['--version'],
    ['help', 'rune', 'lint'],
    ['completion', 'bash'],
    ['rune', 'decode', RUNE],
    ['rune', 'create', SECRET, 'method=getinfo'],
    ['rune', 'restrict', RUNE, 'method=getinfo'],
    ['rune', 'explain', RUNE],
  ])('%s %s %s', async (...words) => {
    expect(await run(words)).toMatchObject({ status: EXIT.ok, error: '' });
  });

  test('call', async () => {
    const url = await gateway(201, '{}');
    expect((await run(['call', `--url=${url}`, `--rune=${RUNE}`, 'x'])).status).toBe(EXIT.ok);
  });
});

describe('1: the result is negative', () => {
  test.each([
    ['rune', 'explain', '--method=pay', `${'0'.repeat(64)}:=1&method=getinfo`],
    ['rune', 'check', SECRET, '--method=pay', RUNE],
    ['doctor', '--timeout=1', 'http://127.0.0.1:1'],
  ])('%s %s %s %s', async (...words) => {
    expect(await run(words)).toMatchObject({ status: EXIT.failed, error: '' });
  });

  test.each([['call', 'x'], ['listen']])('%s', async (name, ...rest) => {
    const url = await gateway(401, REFUSAL);
    const { status, out } = await run([name, `--url=${url}`, `--rune=${RUNE}`, ...rest]);
    expect([status, JSON.parse(out)]).toEqual([EXIT.failed, JSON.parse(REFUSAL)]);
  });
});

test('a rune of another node is named as such, beside the response', async () => {
  const url = await gateway(
    401,
    '{"code":1501,"message":"Not authorized: Not derived from master"}',
  );
  const { status, out, error } = await run(['call', `--url=${url}`, `--rune=${RUNE}`, 'x']);
  expect([status, JSON.parse(out)]).toMatchObject([EXIT.failed, { code: 1501 }]);
  expect(error).toBe(
    'clnrest call: the rune belongs to another node, or is damaged: use a rune that this node has created\n',
  );
});

describe('2: the node or the gateway is not reachable', () => {
  test.each([
    ['call', '--url=http://127.0.0.1:1', `--rune=${RUNE}`, 'x'],
    ['listen', '--url=http://127.0.0.1:1', `--rune=${RUNE}`],
    ['cli', '--rpc-file=/nowhere/lightning-rpc', 'getinfo'],
  ])('%s', async (...words) => {
    const { status, out, error } = await run(words);
    expect([status, out]).toEqual([EXIT.unreachable, '']);
    expect(error).toMatch(new RegExp(`^clnrest ${words[0]}: .+\n$`));
  });
});

describe('3: the command line is not valid', () => {
  test.each([
    ['nope'],
    ['--nope'],
    ['rune', 'nope'],
    ['cli', '--nope'],
    ['call', '--nope'],
    ['listen', '--nope'],
    ['doctor', '--nope'],
    ['completion', 'nope'],
    ['completion'],
    ['rune', 'create'],
    ['rune', 'create', SECRET, 'not a restriction'],
    ['rune', 'restrict', RUNE],
    ['rune', 'decode', 'not-a-rune'],
    ['rune', 'explain', '--nope', RUNE],
    ['rune', 'check', '--method=pay', RUNE],
    ['rune', 'lint'],
    ['cli', '--conf=/nowhere/config', 'getinfo'],
    ['call', '--rune-file=/nowhere/rune', 'getinfo'],
    ['cli', '--lightning-dir=~nobody-else/x', 'getinfo'],
  ])('%s %s %s', async (...words) => {
    const { status, out, error } = await run(words);
    expect([status, out]).toEqual([EXIT.usage, '']);
    expect(error).toMatch(/^clnrest(?: [a-z]+)?: [^\n]+\n(?: {2}.*\n)*$/);
  });
});

test('the reference documents the convention', () => {
  const page = readFileSync(
    new URL('../../../docs/reference/command-line.md', import.meta.url),
    'utf8',
  );
  for (const [status, meaning] of Object.entries(STATUS_MEANINGS)) {
    expect(page).toMatch(new RegExp(`\\| ${status} +\\| ${meaning}`));
  }
});

describe('~ in a path', () => {
  test.each([
    ['cli', '--lightning-dir=~/x', 'getinfo'],
    ['cli', '--rpc-file=~/x', 'getinfo'],
  ])('%s %s is in the home directory', async (...words) => {
    const home = temporaryDirectory();
    const before = process.env['HOME'];
    process.env['HOME'] = home;
    onTestFinished(() => void (process.env['HOME'] = before));
    expect((await run(words)).error).toContain(`no socket at ${join(home, 'x')}`);
  });
});
