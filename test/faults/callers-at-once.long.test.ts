import { execFile, spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { LIMITS } from '@clnrest/gateway';
import { needsProc, PluginWithFakeNode } from './plugin-with-fake-node.ts';

const CALLERS = 10_000;
/** As many addresses of this machine call at the same time. Each has a share of the connections. */
const ADDRESSES = 5;
/** Descriptors of the callers' process: Node raises its own limit to the hard limit. */
const DESCRIPTORS = CALLERS + 500;
const MIB = 1024 * 1024;
const CROWD = fileURLToPath(new URL('crowd.mjs', import.meta.url));
const execute = promisify(execFile);

needsProc();

/** How many connections got what. */
interface Counts {
  readonly served: number;
  readonly busy: number;
  readonly closed: number;
  readonly wrong: number;
}

/** Calls from a process of its own. */
async function callAtOnce(plugin: PluginWithFakeNode): Promise<Counts> {
  const request = plugin.request('getinfo', 'Connection: close');
  const response = '^HTTP/1.1 201 [^]*\\r\\n\\r\\n\\{"id":"02aa"\\}$';
  const args = [CROWD, CALLERS, ADDRESSES, plugin.port, request, response].map(String);
  const ended = new AbortController();
  onTestFinished(() => ended.abort());
  const { stdout } = await execute(process.execPath, args, { signal: ended.signal });
  return JSON.parse(stdout) as Counts;
}

test(
  '10,000 at once: each gets a whole response or none, and others are served meanwhile',
  { timeout: 120_000 },
  async (context) => {
    const limit = spawnSync('/bin/sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).stdout.trim();
    if (Number(limit) < DESCRIPTORS) {
      context.skip(`a process may have ${limit} descriptors only (ulimit -Hn)`);
    }
    const plugin = await PluginWithFakeNode.start();
    const before = plugin.state;
    const calls = plugin.node.paramsOf('getinfo').length;
    const crowd = { isCalling: true };
    const calling = callAtOnce(plugin).finally(() => (crowd.isCalling = false));
    let others = 0;
    while (crowd.isCalling) {
      expect((await plugin.wellBehavedClient.call('getinfo')).status).toBe(201);
      others++;
      await delay(20);
    }
    const { served, busy, closed, wrong } = await calling;
    expect([served + busy + closed, wrong]).toEqual([CALLERS, 0]);
    // As many as have room at any time, at least.
    expect(served).toBeGreaterThan(500);
    // What had no whole response has not run.
    expect(plugin.node.paramsOf('getinfo').length - calls).toBe(served + others);
    expect(plugin.state.memory - before.memory).toBeLessThan(150 * MIB);
    // Some connections to the node stay, for the next commands.
    await plugin.expectRecovered({ ...before, unix: before.unix + LIMITS.idleConnections });
  },
);
