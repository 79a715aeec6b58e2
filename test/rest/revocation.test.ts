import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ask, post } from '../support/http.ts';
import { pluginProcesses } from '../support/plugin-processes.ts';
import { useNode } from '../support/use-node.ts';

const plugin = fileURLToPath(new URL('revoking-plugin.mjs', import.meta.url));
const node = useNode('--rest-protocol=http', `--plugin=${plugin}`);

const CALLERS = 8;
/** Calls of each caller before the revocation, and after it. */
const CALLS = 20;

/** Creates a rune, and returns it with its unique id. */
async function createRune(): Promise<{ rune: string; id: number }> {
  const created = await node().rpc.call<{ rune: string; unique_id: string }>('createrune', {});
  return { rune: created.rune, id: Number(created.unique_id) };
}

async function checkCount(): Promise<number> {
  return (await node().rpc.call<{ count: number }>('checkrune-count', {})).count;
}

/** The time of the last use of a rune, in seconds; undefined if it was never used. */
async function lastUse(rune: string): Promise<number | undefined> {
  const { runes } = await node().rpc.call<{ runes: { last_used?: number }[] }>('showrunes', {
    rune,
  });
  return runes[0]?.last_used;
}

/** Polls until the check holds. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

const REVOCATIONS: Readonly<Record<string, (id: number, admin: string) => Promise<unknown>>> = {
  'over the socket': (id) => node().rpc.call('blacklistrune', { start: id }),
  'over the socket, of a range': (id) =>
    node().rpc.call<unknown>('blacklistrune', { start: String(Math.max(0, id - 1)), end: id }),
  'over REST': async (id, admin) => {
    const { status } = await post(node(), '/v1/blacklistrune', admin, `{"start":${id}}`);
    expect(status).toBe(201);
  },
  'by another plugin': (id) => node().rpc.call<unknown>('revoke', { id }),
};

describe('a revocation under load', () => {
  test.each(Object.keys(REVOCATIONS))(
    '%s stops all requests that start after its reply',
    async (how) => {
      const { rune: admin } = await createRune();
      await createRune();
      const { rune, id } = await createRune();
      let revokedAt = Infinity;
      let late = 0;
      let calls = 0;
      const callers = Array.from({ length: CALLERS }, async () => {
        for (let after = 0; after < CALLS;) {
          const startedAt = performance.now();
          const { status } = await ask(node(), '/v1/getinfo', { rune });
          calls++;
          if (startedAt <= revokedAt) continue;
          after++;
          if (status !== 401) late++;
        }
      });
      await until(async () => calls >= CALLERS * CALLS);
      await REVOCATIONS[how]?.(id, admin);
      revokedAt = performance.now();
      await Promise.all(callers);
      expect(late).toBe(0);
      expect(node().log.filter((line) => line.includes('BROKEN'))).toEqual([]);
    },
  );

  test('can be undone', async () => {
    const { rune, id } = await createRune();
    for (const [relist, status] of [
      [false, 401],
      [true, 201],
      [false, 401],
    ] as const) {
      await node().rpc.call('blacklistrune', { start: id, relist });
      expect((await ask(node(), '/v1/getinfo', { rune })).status).toBe(status);
    }
  });
});

describe('requests with one rune', () => {
  test('cost the node few checks, and their last use is known', async () => {
    const { rune } = await createRune();
    await ask(node(), '/v1/getinfo', { rune });
    const before = await checkCount();
    const start = Date.now();
    for (let i = 0; i < 200; i++) await ask(node(), '/v1/getinfo', { rune });
    const end = Date.now() / 1_000;
    await until(async () => ((await lastUse(rune)) ?? 0) > end - 0.2);
    const windows = Math.ceil((Date.now() - start) / 250);
    expect((await checkCount()) - before).toBeLessThanOrEqual(windows + 1);
  });

  test('that are refused are compared with the node, one in 250 ms', async () => {
    const rune = await node().rune(['method=getinfo']);
    const before = await checkCount();
    const start = Date.now();
    for (let i = 0; i < 50; i++) {
      expect((await ask(node(), '/v1/listfunds', { rune })).status).toBe(401);
    }
    const windows = Math.ceil((Date.now() - start) / 250);
    expect((await checkCount()) - before).toBeLessThanOrEqual(windows + 1);
  });
});

test('a revocation while the HTTP process is down applies after its restart', async (context) => {
  const { rune, id } = await createRune();
  expect((await ask(node(), '/v1/getinfo', { rune })).status).toBe(201);
  const from = node().log.length;
  const { httpPid } = pluginProcesses(node());
  if (httpPid === undefined) return context.skip('processes are found in /proc, on Linux only');
  process.kill(httpPid, 'SIGKILL');
  await node().rpc.call('blacklistrune', { start: id });
  await node().logged(/REST server running again/, from);
  expect((await ask(node(), '/v1/getinfo', { rune })).status).toBe(401);
});

test('the plugin reports all uses before it stops', async () => {
  const { rune } = await createRune();
  const { plugins } = await node().rpc.call<{ plugins: { name: string }[] }>('plugin', {
    subcommand: 'list',
  });
  const path = plugins.map(({ name }) => name).find((name) => /\/(?:cln)?rest$/.test(name));
  expect((await ask(node(), '/v1/getinfo', { rune })).status).toBe(201);
  await node().rpc.call('plugin', { subcommand: 'stop', plugin: path });
  expect(await lastUse(rune)).toBeGreaterThan(Date.now() / 1_000 - 30);
});
