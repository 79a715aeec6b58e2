import { rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { RpcClient } from '@clnrest/lightningd';
import { SandboxError } from '../sandbox-error.ts';
import { type RunningSandbox, runSandbox } from '../sandbox.ts';
import { restAuthorityFile, ServerStartError, waitForRestServer } from '../startup/rest-server.ts';
import type { FailureReport, RunRequest, StartReport } from './messages.ts';

/** Another program can take a free port before the server listens on it. */
const PORT_ATTEMPTS = 5;

/** Runs the node of `startSandbox` until the standard input closes, which also happens when the parent is killed. */
export async function runProgram(): Promise<void> {
  const request = JSON.parse(process.argv[2] ?? '') as RunRequest;
  const parentEnded = new Promise<void>((resolve) => {
    process.stdin.on('end', resolve).on('error', resolve).resume();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, resolve);
  });
  process.stdout.on('error', () => undefined);
  try {
    await runUntil(request, parentEnded);
  } catch (error) {
    print({ failure: failureOf(error) });
    process.exitCode = 1;
  } finally {
    if (request.remove !== undefined) rmSync(request.remove, { recursive: true, force: true });
    process.stdin.destroy();
  }
}

async function runUntil(request: RunRequest, parentEnded: Promise<void>): Promise<void> {
  const { sandbox, url } = await start(request);
  try {
    print(await report(sandbox, url));
    await Promise.race([parentEnded, sandbox.stopped]);
  } finally {
    await sandbox.stop();
  }
}

async function start(request: RunRequest): Promise<{ sandbox: RunningSandbox; url?: string }> {
  if (!request.rest) return { sandbox: await runSandbox({ args: request.args }) };
  const plugin = fileURLToPath(new URL('plugins/rest', import.meta.url));
  const givenPort = request.args.some((word) => /^--rest-port(?:=|$)/.test(word));
  for (let attempt = 1; ; attempt++) {
    const port = givenPort ? [] : [`--rest-port=${await freePort()}`];
    const sandbox = await runSandbox({ args: [...request.args, ...port], plugins: [plugin] });
    try {
      return { sandbox, url: await waitForRestServer(sandbox) };
    } catch (error) {
      await sandbox.stop();
      const isTaken = error instanceof ServerStartError && /another program/i.test(error.message);
      if (givenPort || !isTaken || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

async function report(sandbox: RunningSandbox, url: string | undefined): Promise<StartReport> {
  const rpc = new RpcClient({ socketPath: sandbox.rpcPath });
  try {
    const { rune } = await rpc.call('createrune');
    const authorityFile = url?.startsWith('https:')
      ? await restAuthorityFile(rpc, sandbox)
      : undefined;
    const { id, alias, network, lightningDir, networkDir, rpcPath } = sandbox;
    const rest = url === undefined ? undefined : { url, authorityFile };
    return { id, alias, network, lightningDir, networkDir, rpcFile: rpcPath, rune, rest };
  } finally {
    await rpc.close();
  }
}

function failureOf(error: unknown): FailureReport['failure'] {
  if (error instanceof SandboxError) return { code: error.code, message: error.message };
  if (error instanceof ServerStartError) return { code: 'plugin_failed', message: error.message };
  throw error;
}

function print(message: StartReport | FailureReport): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
