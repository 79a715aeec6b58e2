import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeSocket } from '../fake-lightningd/fake-socket.ts';
import { bundle } from '../testing/program.ts';
import { RpcClient } from './client.ts';

let directory = '';
let child: ChildProcess | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rpc-'));
});

afterEach(async () => {
  child?.kill('SIGKILL');
  await rm(directory, { recursive: true, force: true });
});

describe('a program that calls a node', () => {
  const text = `
    import { RpcClient } from '../index.ts';
    const node = new RpcClient({ socketPath: process.argv[2] });
    const pipeline = node.pipeline({ batching: true });
    const { signal } = new AbortController();
    await Promise.all([node.call('a', {}, { signal, timeoutMs: 60000 }), node.call('b'), pipeline.call('c')]);
    const late = await node.call('slow', {}, { timeoutMs: 10 }).catch((error) => error.code);
    const aborted = await node.call('slow', {}, { signal: AbortSignal.timeout(10) }).catch((error) => error.name);
    const bytes = [];
    for await (const piece of await node.callStream('d')) bytes.push(piece);
    console.log(late, aborted, Buffer.concat(bytes).toString());
  `;

  test.each([[[]], [['--jitless']]])(
    'exits although connections are open, node %j',
    async (flags) => {
      await using node = await FakeSocket.start((request) => {
        if (request.method !== 'slow') request.result(`"${request.method}"`);
      });
      const program = await bundle(join(directory, 'program.mjs'), { text });
      const running = spawn(process.execPath, [...flags, program, node.socketPath], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      child = running;
      let output = '';
      running.stdout.on('data', (piece: Buffer) => {
        output += piece.toString();
      });
      expect(await once(running, 'close')).toEqual([0, null]);
      expect(output).toBe('timed_out TimeoutError "d"\n');
    },
  );
});

describe.runIf(process.platform === 'linux')('a node whose queue of connections is full', () => {
  /** A server that accepts no connections while it is stopped. */
  const server = `
    require('node:net')
      .createServer((socket) => {
        socket.on('error', () => {});
        socket.on('data', (request) => {
          const { id } = JSON.parse(request);
          socket.write(JSON.stringify({ jsonrpc: '2.0', id, result: 'served' }));
        });
      })
      .listen({ path: process.argv[1], backlog: 2 }, () => console.log('listening'));
  `;

  async function start(): Promise<{ socketPath: string; pid: number }> {
    const socketPath = join(directory, 'lightning-rpc');
    const running = spawn(process.execPath, ['-e', server, socketPath], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child = running;
    await once(running.stdout, 'data');
    return { socketPath, pid: running.pid ?? 0 };
  }

  test('is waited for', async () => {
    const { socketPath, pid } = await start();
    process.kill(pid, 'SIGSTOP');
    const client = new RpcClient({ socketPath });
    const calls = Array.from({ length: 20 }, () => client.call('getinfo'));
    const abort = new AbortController();
    const aborted = client
      .call('getinfo', {}, { signal: abort.signal })
      .catch((error: unknown) => error);
    await expect(client.call('getinfo', {}, { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'timed_out',
    });
    abort.abort();
    expect(await aborted).toBe(abort.signal.reason);
    process.kill(pid, 'SIGCONT');
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['served']));
    await client.close();
  });

  test('is overloaded after two seconds', async () => {
    const { socketPath, pid } = await start();
    process.kill(pid, 'SIGSTOP');
    const client = new RpcClient({ socketPath });
    const calls = Array.from({ length: 5 }, () => client.call('getinfo'));
    await expect(
      Promise.any(calls.map((call) => call.catch((error: unknown) => error))),
    ).resolves.toMatchObject({
      code: 'overloaded',
      cause: { code: 'EAGAIN' },
    });
    const rest = Promise.allSettled(calls);
    await client.close();
    await rest;
  });
});
