import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { ClnrestClient } from '@clnrest/client';
import { SandboxError, startSandbox } from '@clnrest/sandbox';
import { temporaryDirectory } from '@clnrest/testing';
import { TestProcess } from '../support/process.ts';
import { waitUntil } from '../support/wait-until.ts';

describe('a sandbox in a temporary directory', () => {
  test('has paths, a client, a rune and a REST server, and removes its directory', async () => {
    const start = performance.now();
    const node = await startSandbox({ args: ['--alias=alice'], rest: true });
    onTestFinished(() => node.stop());
    // A second on an idle machine; the bound allows for a busy one.
    expect(performance.now() - start).toBeLessThan(10_000);

    expect(await node.rpc.call('getinfo')).toMatchObject({ id: node.id, alias: 'alice' });
    expect(existsSync(node.rpcFile)).toBe(true);
    expect(readFileSync(node.logFile, 'utf8')).toContain('Server started with public key');
    const { valid } = await node.rpc.call('checkrune', { rune: node.rune, method: 'stop' });
    expect(valid).toBe(true);

    const { url = '', ca = '', caFile = '' } = node.rest ?? {};
    expect(readFileSync(caFile, 'utf8')).toBe(ca);
    const client = new ClnrestClient({ url, rune: node.rune, ca });
    expect((await client.call('getinfo')).id).toBe(node.id);
    client.close();

    await node.stop();
    expect(existsSync(node.lightningDir)).toBe(false);
    expect(() => process.kill(node.pid, 0)).toThrow();
    await node.stop();
  });

  test('runs beside others, and reports when it stops by itself', async () => {
    const nodes = await Promise.all([startSandbox(), startSandbox()]);
    onTestFinished(async () => {
      await Promise.all(nodes.map((node) => node.stop()));
    });
    const [first, second] = nodes;
    expect(first.id).not.toBe(second.id);
    await first.rpc.call('stop');
    await first.stopped;
    expect(existsSync(first.lightningDir)).toBe(false);
    expect((await second.rpc.call('getinfo')).id).toBe(second.id);
  });
});

test('a directory of the caller stays, and a later sandbox continues', async () => {
  const directory = temporaryDirectory();
  const first = await startSandbox({ directory });
  await first.rpc.call('invoice', { amount_msat: 1, label: 'kept', description: 'd' });
  process.kill(first.pid, 'SIGKILL');
  await first.stopped;
  await first.stop();
  const second = await startSandbox({ directory });
  onTestFinished(() => second.stop());
  expect(second.id).toBe(first.id);
  expect((await second.rpc.call('listinvoices')).invoices).toHaveLength(1);
  await expect(startSandbox({ directory })).rejects.toMatchObject({ code: 'already_running' });
  expect(existsSync(second.rpcFile)).toBe(true);
});

test('a sandbox that cannot start leaves nothing', async () => {
  const directory = temporaryDirectory();
  vi.stubEnv('TMPDIR', directory);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const failures = [
    { args: ['--no-such-option'], code: 'bad_option' },
    { args: ['--important-plugin=/no/such/plugin'], code: 'bad_option' },
    { rest: true, args: ['--rest-port=1'], code: 'plugin_failed' },
  ];
  for (const { code, ...options } of failures) {
    const error: unknown = await startSandbox(options).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SandboxError);
    expect(error).toMatchObject({ code });
  }
  expect(readdirSync(directory)).toEqual([]);
});

describe('when the parent ends', () => {
  let program: string;

  beforeAll(async () => {
    const directory = temporaryDirectory(() => undefined);
    program = `${directory}/parent.mjs`;
    await build({
      stdin: {
        contents: `
          import { startSandbox } from '@clnrest/sandbox';
          const { pid, lightningDir } = await startSandbox();
          console.log('started', pid, lightningDir);
          process.stdin.resume().on('end', () => process.stdin.destroy());`,
        resolveDir: fileURLToPath(new URL('.', import.meta.url)),
      },
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'esm',
      conditions: ['@clnrest/source'],
      plugins: [
        {
          name: 'own-urls',
          setup(bundler) {
            bundler.onLoad({ filter: /node-process\.ts$/ }, ({ path }) => ({
              contents: readFileSync(path, 'utf8').replace(
                'import.meta.url',
                JSON.stringify(`file://${path}`),
              ),
              loader: 'ts',
            }));
          },
        },
      ],
      outfile: program,
    });
  });

  test.each(['SIGKILL', 'SIGTERM'] as const)('by %s, the node ends, too', async (signal) => {
    const parent = new TestProcess(process.execPath, [program]);
    const [, pid = '', directory = ''] = await parent.line(/^started (\d+) (.*)$/);
    process.kill(parent.child.pid ?? -1, signal);
    await parent.exited;
    await waitUntil(async () =>
      existsSync(directory) || isRunning(Number(pid)) ? undefined : true,
    );
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
