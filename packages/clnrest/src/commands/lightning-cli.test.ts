import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { temporaryDirectory } from '@clnrest/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { UsageError } from '../usage-error.ts';
import { lightningCli } from './lightning-cli.ts';

/** Listens on a socket and closes every connection. */
async function listenAt(socket: string): Promise<void> {
  mkdirSync(dirname(socket), { recursive: true });
  const server = createServer((connection) => connection.destroy());
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  onTestFinished(() => void server.close());
}

async function run(...words: readonly string[]) {
  let error = '';
  const status = await lightningCli(words, {
    out: () => undefined,
    error: (text) => void (error += text),
    input: () => Promise.resolve(''),
  });
  return { status, error };
}

describe('without a network', () => {
  test.each([
    ['regtest', '--regtest'],
    ['signet', '--signet'],
    ['testnet4', '--network=testnet4'],
  ])('and with a node on %s only, suggests %s', async (network, option) => {
    const directory = temporaryDirectory();
    const socket = join(directory, network, 'lightning-rpc');
    await listenAt(socket);
    expect(await run(`--lightning-dir=${directory}`, 'getinfo')).toEqual({
      status: 2,
      error:
        `clnrest cli: no socket at ${join(directory, 'bitcoin', 'lightning-rpc')}\n` +
        `clnrest cli: found a socket on ${network}, at ${socket}: add ${option}\n`,
    });
  });

  test('and without a node, gives no hint', async () => {
    const { status, error } = await run(`--lightning-dir=${temporaryDirectory()}`, 'getinfo');
    expect([status, error.split('\n').length]).toEqual([2, 2]);
  });

  test('and with a given socket, gives no hint', async () => {
    const directory = temporaryDirectory();
    await listenAt(join(directory, 'regtest', 'lightning-rpc'));
    const named = `--rpc-file=${join(directory, 'x')}`;
    const { error } = await run(`--lightning-dir=${directory}`, named, 'getinfo');
    expect(error).toBe(`clnrest cli: no socket at ${join(directory, 'x')}\n`);
  });

  test('and with a node that does not listen, gives no hint', async () => {
    const directory = temporaryDirectory();
    await listenAt(join(directory, 'regtest', 'lightning-rpc'));
    mkdirSync(join(directory, 'bitcoin'));
    writeFileSync(join(directory, 'bitcoin', 'lightning-rpc'), '');
    const { error } = await run(`--lightning-dir=${directory}`, 'getinfo');
    expect(error).not.toContain('regtest');
  });
});

test('with a given network, gives no hint', async () => {
  const directory = temporaryDirectory();
  await listenAt(join(directory, 'regtest', 'lightning-rpc'));
  const { error } = await run(`--lightning-dir=${directory}`, '--signet', 'getinfo');
  expect(error).toBe(`clnrest cli: no socket at ${join(directory, 'signet', 'lightning-rpc')}\n`);
});

test('rejects a filter that is not JSON without quoting it', async () => {
  const socket = join(temporaryDirectory(), 'x');
  await listenAt(socket);
  const words = [`--rpc-file=${socket}`, '--filter', '-tXzL3GhECjqxj', 'getinfo'];
  await expect(run(...words)).rejects.toThrow(new UsageError('filter is not valid JSON'));
});
