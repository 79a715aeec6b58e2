import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '@clnrest/testing';
import { failOnSignal } from '../support/fail-on-signal.ts';
import { ask } from '../support/http.ts';
import { SERVING, startNodeWith, type TestNode } from '../support/node.ts';
import { pluginProcesses } from '../support/plugin-processes.ts';
import { isRunning } from '../support/process-tree.ts';
import { missingForNode } from '../support/real-node.ts';
import { until } from '../support/socket-count.ts';
import { temporaryDirectory } from '@clnrest/testing';
import { BUILD, pluginFile, quoted, spelledFor, wrapper } from '../support/under-test.ts';

const AGAIN = /REST server running again at/;
const BROKEN = /BROKEN\*?\*? plugin-\w+: (.*)/;

beforeEach((context) => {
  const missing = missingForNode();
  if (missing !== undefined) context.skip(missing);
  if (process.platform !== 'linux') context.skip('processes are found in /proc, on Linux only');
});

/** A node that dies with its plugin, and a plugin whose HTTP process fails from within on signals. */
async function started(): Promise<TestNode> {
  const directory = temporaryDirectory();
  const module = await failOnSignal(directory);
  const plugin = await wrapper(
    directory,
    BUILD,
    `NODE_OPTIONS=--require=${module} exec ${quoted(pluginFile(BUILD))} "$@"`,
  );
  const node = await startNodeWith(
    { plugin: 'none', ready: SERVING },
    `--important-plugin=${plugin}`,
    spelledFor(BUILD, `--rest-port=${await freePort()}`),
    '--rest-protocol=http',
  );
  onTestFinished(() => node.stop());
  return node;
}

/** Both processes, which must be there. */
function processes(node: TestNode): { readonly pluginPid: number; readonly httpPid: number } {
  const { pluginPid, httpPid } = pluginProcesses(node);
  if (pluginPid === undefined || httpPid === undefined) throw new Error('a process is missing');
  return { pluginPid, httpPid };
}

/** The process that started the plugin. */
function nodeOf(pluginPid: number): number {
  const status = readFileSync(`/proc/${pluginPid}/status`, 'utf8');
  return Number(/^PPid:\s+([0-9]+)/m.exec(status)?.[1]);
}

function broken(node: TestNode): string[] {
  return node.log.flatMap((line) => BROKEN.exec(line)?.[1] ?? []);
}

async function status(node: TestNode, rune: string): Promise<number> {
  return (await ask(node, '/v1/getinfo', { rune })).status;
}

describe('when the HTTP process fails', { timeout: 120_000 }, () => {
  test('or is stuck, another one serves at the same address, and the log has one line with the reason', async () => {
    const node = await started();
    const rune = await node.rune();
    const { pluginPid } = processes(node);
    for (const [signal, reason] of [
      ['SIGKILL', /^The REST server failed: it was ended by SIGKILL\. It is being restarted$/],
      ['SIGUSR2', /^The REST server failed: TypeError: thrown on purpose at .*\. It is being/],
      ['SIGWINCH', /^The REST server failed: RangeError: rejected on purpose at .*\. It is/],
      ['SIGIO', /^The REST server failed: .*SIG\w+: FATAL ERROR: .*heap out of memory\. It is/],
      [
        'SIGSTOP',
        /^The REST server failed: its event loop was blocked for 10 seconds\. It is being/,
      ],
    ] as const) {
      expect(await status(node, rune)).toBe(201);
      const [before, lines] = [broken(node).length, node.log.length];
      const { httpPid } = processes(node);
      process.kill(httpPid, signal);
      await node.logged(AGAIN, lines);
      expect(isRunning(httpPid)).toBe(false);
      expect(await status(node, rune)).toBe(201);
      expect(broken(node).slice(before)).toEqual([expect.stringMatching(reason)]);
      expect(processes(node).pluginPid).toBe(pluginPid);
    }
  });

  test('too often, REST stops; the plugin and its node stay', async () => {
    const node = await started();
    const { pluginPid } = processes(node);
    for (let times = 0; times < 6; times++) {
      const lines = node.log.length;
      process.kill(processes(node).httpPid, 'SIGKILL');
      await node.logged(times < 5 ? AGAIN : /restarted 5 times .* so it stays stopped/, lines);
    }
    await expect(status(node, 'x')).rejects.toThrow('ECONNREFUSED');
    expect(await node.rpc.call('getinfo')).toMatchObject({ network: 'regtest' });
    await expect(node.rpc.call<unknown>(BUILD.registerPath, ['a', 'getinfo'])).rejects.toThrow(
      'The REST server is not running',
    );
    expect(isRunning(pluginPid)).toBe(true);
    expect(broken(node)).toHaveLength(6);
  });
});

describe('no process remains', { timeout: 60_000 }, () => {
  test.each([false, true])(
    'when the plugin is killed, its HTTP process stopped: %s',
    async (isStopped) => {
      const node = await started();
      const { pluginPid, httpPid } = processes(node);
      if (isStopped) process.kill(httpPid, 'SIGSTOP');
      process.kill(pluginPid, 'SIGKILL');
      await until('the HTTP process is gone', () => !isRunning(httpPid), 5_000);
    },
  );

  test.each([false, true])(
    'when the node is killed, the HTTP process stopped: %s',
    async (isStopped) => {
      const node = await started();
      const { pluginPid, httpPid } = processes(node);
      if (isStopped) process.kill(httpPid, 'SIGSTOP');
      process.kill(nodeOf(pluginPid), 'SIGKILL');
      await until('both are gone', () => !isRunning(httpPid) && !isRunning(pluginPid), 5_000);
    },
  );

  test('when the node is stopped, the HTTP process stopped', async () => {
    const node = await started();
    const { pluginPid, httpPid } = processes(node);
    process.kill(httpPid, 'SIGSTOP');
    await node.rpc.call('stop');
    await until('both are gone', () => !isRunning(httpPid) && !isRunning(pluginPid));
  });
});
