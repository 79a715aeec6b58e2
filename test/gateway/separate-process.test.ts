import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, temporaryDirectory } from '@clnrest/testing';
import { FakeNode } from '@clnrest/testing/fake-node';
import { ask, call } from '@clnrest/testing/http-client';
import { afterEach, describe, expect, test } from 'vitest';
import { TestProcess } from '../support/process.ts';
import { waitUntil } from '../support/wait-until.ts';

const COMMAND = new URL('../../packages/clnrest/bin/clnrest.js', import.meta.url).pathname;
const isRoot = process.getuid?.() === 0;
/** The user of files that belong to no account, on all Linux systems. */
const UNPRIVILEGED = 65_534;

const started: TestProcess[] = [];
afterEach(async () => {
  for (const gateway of started.splice(0)) await gateway.stop('SIGKILL');
});

/** Runs `clnrest gateway` over a node, without TLS. */
async function start(node: FakeNode, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const port = await freePort();
  const gateway = new TestProcess(
    process.execPath,
    [COMMAND, 'gateway', `--rpc-file=${node.socketPath}`, ...args],
    {
      CLNREST_PORT: String(port),
      CLNREST_PROTOCOL: 'http',
      CLNREST_ALLOW_ROOT: 'true',
      ...env,
    },
  );
  started.push(gateway);
  const url = `http://127.0.0.1:${port}`;
  return { gateway, url };
}

function fakeNode(): Promise<FakeNode> {
  return FakeNode.start({
    getinfo: (each) => each.result('{"id":"02","version":"v26.06.8","network":"regtest"}'),
    echo: (each) => each.result(each.params),
  });
}

function childrenOf(pid: number | undefined): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}

/** The HTTP process of a gateway. */
function httpProcess(gateway: TestProcess): number {
  const found = childrenOf(gateway.child.pid).find((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--http-process'),
  );
  if (found === undefined) throw new Error('no HTTP process');
  return found;
}

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

test('serves until SIGTERM, and exits with 0', async () => {
  const node = await fakeNode();
  const { gateway, url } = await start(node, ['--log-format=json']);
  await gateway.line(/REST server running at/);
  expect((await call(url, 'echo', '{"a":1}')).body).toBe('{"a":1}');
  expect(await ask(`${url}/health`)).toMatchObject({ status: 200, body: 'ok\n' });
  expect((await ask(`${url}/`)).body).toContain('<html');
  const child = httpProcess(gateway);
  // Only the gateway itself: it stops its processes.
  gateway.child.kill('SIGTERM');
  expect(await gateway.exited).toBe(0);
  expect(isRunning(child)).toBe(false);
  for (const line of gateway.lines) {
    expect(JSON.parse(line)).toMatchObject({ time: expect.any(String), level: 'info' });
  }
  expect(gateway.lines.at(-1)).toContain('the gateway has stopped');
});

test('survives restarts of the node and of its HTTP process, and pending requests end', async () => {
  const node = await fakeNode();
  const { gateway, url } = await start(node);
  await gateway.line(/REST server running at/);
  const pending = call(url, 'waitanyinvoice', '{}');
  node.on('waitanyinvoice', () => undefined);
  await node.call('waitanyinvoice');
  await node.stop();
  expect((await pending).status).toBe(502);
  expect((await call(url, 'echo', '{"a":1}')).status).toBe(503);
  process.kill(httpProcess(gateway), 'SIGKILL');
  await gateway.line(/REST server running again at/);
  expect((await call(url, 'echo', '{"a":1}')).status).toBe(503);
  await node.listen();
  expect((await call(url, 'echo', '{"a":2}')).body).toBe('{"a":2}');
  expect(node.paramsOf('echo')).toEqual(['{"a":2}']);
});

test('its HTTP process ends when it is killed, and has no option in its environment', async () => {
  const { gateway } = await start(await fakeNode(), [], { CLNREST_NAMES: 'secret.example' });
  await gateway.line(/REST server running at/);
  const child = httpProcess(gateway);
  const seen = ['cmdline', 'environ'].map((file) => readFileSync(`/proc/${child}/${file}`, 'utf8'));
  expect(seen.join()).not.toContain('secret.example');
  gateway.child.kill('SIGKILL');
  await waitUntil(() => Promise.resolve(isRunning(child) ? undefined : true));
});

test('waits for the port of a gateway that was killed', async () => {
  const node = await fakeNode();
  const first = await start(node);
  await first.gateway.line(/REST server running at/);
  const { gateway } = await start(node, [`--port=${new URL(first.url).port}`]);
  await gateway.line(/is in use: waiting up to 3 seconds/);
  first.gateway.child.kill('SIGKILL');
  await gateway.line(/REST server running at/);
  expect((await call(first.url, 'echo', '{"a":1}')).body).toBe('{"a":1}');
});

describe('exits with a sentence', () => {
  test('if a port is in use', async () => {
    const node = await fakeNode();
    const { gateway, url } = await start(node);
    await gateway.line(/REST server running at/);
    const second = await start(node, [`--port=${new URL(url).port}`]);
    expect(await second.gateway.exited).toBe(1);
    expect(second.gateway.lines.at(-1)).toMatch(/^clnrest gateway: .*Another program listens on/);
  });

  test.runIf(isRoot)('as root without permission', async () => {
    const { gateway } = await start(await fakeNode(), [], { CLNREST_ALLOW_ROOT: '' });
    expect(await gateway.exited).toBe(3);
    expect(gateway.lines).toEqual([expect.stringContaining('does not run as root')]);
  });
});

/** Whether another user can run the installed command. */
function isReadableByOthers(): boolean {
  const { status } = spawnSync(process.execPath, ['--check', COMMAND], {
    uid: UNPRIVILEGED,
    gid: UNPRIVILEGED,
  });
  return status === 0;
}

describe.runIf(isRoot && isReadableByOthers())('as another user', () => {
  const user = `--user=${UNPRIVILEGED}:${UNPRIVILEGED}`;

  test('serves with certificates that it can only read, and writes nothing', async () => {
    const node = await fakeNode();
    const certs = join(temporaryDirectory(), 'certs');
    mkdirSync(certs);
    const args = [`--certs=${certs}`, '--protocol=https'];
    const issuing = await start(node, args);
    await issuing.gateway.line(/REST server running at/);
    await issuing.gateway.stop();
    for (const name of readdirSync(certs)) chmodSync(join(certs, name), 0o444);
    chmodSync(join(certs, '..'), 0o755);
    chmodSync(node.directory, 0o755);
    chmodSync(node.socketPath, 0o660);
    chownSync(node.socketPath, 0, UNPRIVILEGED);
    const { gateway, url } = await start(node, [...args, user], { CLNREST_ALLOW_ROOT: '' });
    await gateway.line(/REST server running at/);
    for (const pid of [gateway.child.pid, httpProcess(gateway)]) {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      expect(/^Uid:\s+(.*)$/m.exec(status)?.[1]?.split('\t')).toEqual(
        Array.from({ length: 4 }, () => String(UNPRIVILEGED)),
      );
      expect(/^CapEff:\s+(.*)$/m.exec(status)?.[1]).toBe('0'.repeat(16));
      expect(/^Groups:\s+(.*)$/m.exec(status)?.[1]?.trim()).toBe(String(UNPRIVILEGED));
    }
    const ca = readFileSync(join(certs, 'ca.pem'), 'utf8');
    const options = { method: 'POST', headers: { rune: 'x' }, ca };
    expect((await ask(`${url.replace('http:', 'https:')}/v1/echo`, options)).status).toBe(401);
    expect(readdirSync(certs)).toHaveLength(6);
  });

  test('names a socket that the user has no permission for', async () => {
    const node = await fakeNode();
    chmodSync(node.directory, 0o755);
    chmodSync(node.socketPath, 0o600);
    const { gateway } = await start(node, [user]);
    await gateway.line(/UNUSUAL this user has no permission to connect to .*rpc-file-mode=0660/);
  });
});
