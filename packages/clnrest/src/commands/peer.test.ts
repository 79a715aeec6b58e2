import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { identityOf } from '@clnrest/commando';
import { runSandbox } from '@clnrest/sandbox/in-process';
import { RpcClient } from '@clnrest/lightningd';
import { freePort, temporaryDirectory } from '@clnrest/testing';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { call } from './call.ts';
import { doctor } from './doctor.ts';
import { identity } from './identity.ts';

/** A node that all tests share. */
const node = { address: '', stop: () => Promise.resolve() };
let rpc: RpcClient;

beforeAll(async () => {
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'clnrest-'));
  const args = [`--lightning-dir=${directory}`, `--bind-addr=127.0.0.1:${port}`];
  const sandbox = await runSandbox({ args });
  rpc = new RpcClient({ socketPath: sandbox.rpcPath });
  node.address = `${sandbox.id}@127.0.0.1:${port}`;
  node.stop = async () => {
    await rpc.close();
    await sandbox.stop();
    rmSync(directory, { recursive: true });
  };
});

afterAll(() => node.stop());

async function rune(...restrictions: string[][]): Promise<string> {
  return (await rpc.call<{ rune: string }>('createrune', { restrictions })).rune;
}

async function run(command: typeof call, ...words: readonly string[]) {
  let out = '';
  let error = '';
  const terminal = {
    out: (text: string) => void (out += text),
    error: (text: string) => void (error += text),
    input: () => Promise.resolve(''),
    isInteractive: false,
  };
  const status = await command(words, terminal, { HOME: '/nowhere' });
  return { status, out, error };
}

describe('clnrest call --peer', () => {
  test('calls a command, with an identity that it keeps', async () => {
    const file = join(temporaryDirectory(), 'identity');
    const { out: id } = await run(identity, file);
    expect(id).toMatch(/^0[23][0-9a-f]{64}\n$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await run(identity, file)).out).toBe(id);
    const own = await rune([`id=${id.trim()}`], ['method=listpeers']);
    const to = [`--peer=${node.address}`, `--rune=${own}`];
    const known = await run(call, ...to, `--identity-file=${file}`, 'listpeers', `id=${id.trim()}`);
    expect([known.status, known.error]).toEqual([0, '']);
    expect(JSON.parse(known.out)).toMatchObject({ peers: [{ id: id.trim(), connected: true }] });
    const unknown = await run(call, ...to, 'listpeers');
    expect(unknown.status).toBe(1);
    expect(JSON.parse(unknown.out)).toEqual({
      code: 19537,
      message: `Invalid rune: Not permitted: id is not equal to ${id.trim()}`,
    });
  });

  test('reports a node that is not reachable, and invalid options', async () => {
    const [id] = node.address.split('@');
    const away = await run(call, `--peer=${id}@127.0.0.1:1`, '--rune=a', 'getinfo');
    expect([away.status, away.out]).toEqual([2, '']);
    expect(away.error).toContain('Cannot connect to the node: connect ECONNREFUSED');
    const file = join(temporaryDirectory(), 'identity');
    writeFileSync(file, 'no key');
    for (const words of [
      ['--peer=x', '--rune=a', 'getinfo'],
      [`--peer=${node.address}`, 'getinfo'],
      [`--peer=${node.address}`, '--rune=a', '--url=http://a', 'getinfo'],
      [`--peer=${node.address}`, '--rune=a', `--identity-file=${file}`, 'getinfo'],
      ['--rune=a', `--identity-file=${file}`, 'getinfo'],
    ]) {
      expect(await run(call, ...words)).toMatchObject({ status: 3, out: '' });
    }
    expect(await run(identity)).toMatchObject({ status: 3, out: '' });
  });
});

describe('clnrest doctor ID@host:port', () => {
  async function codes(...words: readonly string[]): Promise<string[]> {
    const { out } = await run(doctor, '--json', ...words);
    const { checks } = JSON.parse(out) as { checks: { check: string; code: string }[] };
    return checks.map(({ check, code }) => `${check} ${code}`);
  }

  test('finds a node that works, and shows our id', async () => {
    const text = await rune(['method=getinfo']);
    expect(await codes(`--rune=${text}`, node.address)).toEqual([
      'peer peer_served',
      'rune rune_read',
      'node rune_known',
    ]);
    const file = join(temporaryDirectory(), 'identity');
    writeFileSync(file, '11'.repeat(32));
    const shown = await run(doctor, `--identity-file=${file}`, node.address);
    expect(shown.out).toContain(`your node id is ${identityOf('11'.repeat(32)).nodeId}`);
    expect(shown.out).toMatch(/, 1 warning\n$/);
    expect(shown.status).toBe(0);
  });

  test('finds a rune of another node, a blacklisted one, and no rune', async () => {
    const foreign = 'KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==';
    expect((await codes(`--rune=${foreign}`, node.address)).at(-1)).toBe('node rune_foreign');
    const text = await rune(['method=help']);
    const { unique_id } = await rpc.call<{ unique_id: string }>('decode', { string: text });
    await rpc.call('blacklistrune', { start: Number(unique_id) });
    expect((await codes(`--rune=${text}`, node.address)).at(-1)).toBe('node rune_blacklisted');
    expect(await codes(node.address)).toEqual([
      'peer peer_served',
      'rune rune_missing',
      'node left_out',
    ]);
  });

  test('finds why a node is not reachable', async () => {
    const [id, place] = node.address.split('@');
    const first = async (...words: readonly string[]) => (await codes(...words))[0];
    expect(await first(`${id}@127.0.0.1:1`)).toBe('peer peer_unreachable');
    const other = identityOf('22'.repeat(32)).nodeId;
    expect(await first(`${other}@${place}`)).toBe('peer peer_unknown');
    const silent = createServer();
    onTestFinished(() => void silent.close());
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const { port } = silent.address() as AddressInfo;
    expect(await first('--timeout=0.3', `${id}@127.0.0.1:${port}`)).toBe('peer peer_silent');
    // Not taken for a URL.
    for (const wrong of [`${id?.slice(1)}@${place}`, String(id)]) {
      const { error, status } = await run(doctor, wrong);
      expect([status, error]).toEqual([3, expect.stringContaining('Invalid address of a node')]);
    }
  });

  test('rejects an invalid address', async () => {
    expect(await run(doctor, `${'05'.repeat(33)}@host`)).toMatchObject({ status: 3, out: '' });
  });
});
