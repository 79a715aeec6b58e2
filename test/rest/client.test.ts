import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { ClnrestClient, type ClnrestError } from '@clnrest/client';
import { build } from 'esbuild';
import { describe, expect, onTestFinished, test } from 'vitest';
import { TestProcess } from '../support/process.ts';
import { CLNREST } from '../support/sandbox-node.ts';
import { connections, until } from '../support/socket-count.ts';
import { BUILD } from '../support/under-test.ts';
import { useNode } from '../support/use-node.ts';

const node = useNode();

async function client(...restrictions: string[][]): Promise<ClnrestClient> {
  const { url, caFile } = node();
  const rune = await node().rune(...restrictions);
  const made = new ClnrestClient({ url, rune, ca: readFileSync(caFile, 'utf8') });
  onTestFinished(() => made.close());
  return made;
}

const failure = (failing: Promise<unknown>): Promise<ClnrestError> =>
  failing.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: ClnrestError) => error,
  );

describe('the client', () => {
  test('returns results of the declared types', async () => {
    const all = await client();
    const info = await all.call('getinfo');
    expect(info).toMatchObject({ network: 'regtest', num_peers: expect.any(Number) as number });
    const label = `client ${Math.random()}`;
    const params = { amount_msat: 10_000n, label, description: 'é ☃' };
    const { bolt11, payment_hash } = await all.call('invoice', params);
    expect(bolt11).toMatch(/^lnbcrt/);
    const { invoices } = await all.call('listinvoices', { label });
    expect(invoices).toMatchObject([
      { label, payment_hash, amount_msat: 10_000, status: 'unpaid' },
    ]);
    expect(await all.callText('listinvoices', { label })).toContain('"amount_msat":10000');
    const methods = await all.listMethods();
    expect(methods.map(({ name }) => name)).toContain('listinvoices');
  });

  test('keeps every digit of large integers in both directions', async () => {
    const all = await client();
    const label = `large ${Math.random()}`;
    const large = { amount_msat: 9_007_199_254_740_993n, label, description: 'y' };
    await all.call('invoice', large);
    const { invoices } = await all.call('listinvoices', { label });
    expect(invoices[0]?.amount_msat).toBe(9_007_199_254_740_993n);
  });

  test('throws a separate error for each kind of refusal', async () => {
    const { url, caFile } = node();
    const ca = readFileSync(caFile, 'utf8');
    const info = await client(['method=getinfo']);
    expect(await failure(info.call('stop'))).toMatchObject({
      code: 'rune_not_permitted',
      status: 401,
      nodeCode: 1502,
      message: 'Not permitted: method is not equal to getinfo',
      mayHaveRun: false,
    });
    const foreign = 'KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==';
    for (const rune of [foreign, 'rubbish']) {
      const error = await failure(new ClnrestClient({ url, ca, rune }).call('getinfo'));
      expect(error).toMatchObject({ code: 'rune_not_authorized', mayHaveRun: false });
      expect(error.message).not.toContain(rune);
    }
    const all = await client();
    expect(await failure(all.call<unknown>('no-such-command'))).toMatchObject({
      code: 'unknown_command',
    });
    expect(await failure(all.call<unknown>('invoice', {}))).toMatchObject({
      code: 'command_failed',
    });
    expect(await failure(all.call('invoice', '{"a":1,"a":2}'))).toMatchObject({
      code: 'request_refused',
    });
    const untrusting = new ClnrestClient({ url, rune: foreign });
    expect(await failure(untrusting.call('getinfo'))).toMatchObject({
      code: 'certificate_not_trusted',
    });
  });

  test('waits between calls as its rune requires', async () => {
    const { url, caFile } = node();
    const rune = await node().rune(['per=1sec']);
    const options = { url, rune, ca: readFileSync(caFile, 'utf8') };
    const hasty = new ClnrestClient(options);
    await hasty.call('getinfo');
    expect(await failure(hasty.call('getinfo'))).toMatchObject({ code: 'too_soon' });
    const patient = new ClnrestClient({ ...options, pace: true });
    const begun = performance.now();
    await Promise.all([patient.call('getinfo'), patient.call('getinfo'), patient.call('getinfo')]);
    expect(performance.now() - begun).toBeGreaterThan(2_000);
  });

  test('filters the result', async () => {
    const all = await client();
    const info = await all.call(
      'getinfo',
      {},
      { filter: { id: true, our_features: { init: true } } },
    );
    expect(info).toEqual({
      id: expect.stringMatching(/^0[23]/) as string,
      our_features: { init: expect.stringMatching(/^[0-9a-f]+$/) as string },
    });
    await all.call('invoice', { amount_msat: 1, label: 'filtered', description: '' });
    const { invoices } = await all.call(
      'listinvoices',
      {},
      { filter: { invoices: [{ label: true }] } },
    );
    expect(invoices).not.toEqual([]);
    expect(
      invoices.flatMap((invoice) => Object.keys(invoice)).filter((name) => name !== 'label'),
    ).toEqual([]);
  });

  test('yields the items of a list while it arrives', async () => {
    const all = await client();
    for (let i = 0; i < 5; i++) {
      await all.call('datastore', { key: ['items', String(i)], string: `item ${i}` });
    }
    const strings: unknown[] = [];
    for await (const entry of all.items<{ string?: string }>('listdatastore', 'datastore', {
      key: ['items'],
    })) {
      strings.push(entry.string);
    }
    expect(strings).toEqual(['item 0', 'item 1', 'item 2', 'item 3', 'item 4']);
  });

  test('cancels the waiting command in the node when a call is aborted', async (context) => {
    if (process.platform !== 'linux') context.skip('connections are counted from /proc');
    const all = await client();
    await all.call('getinfo');
    const idle = connections(node());
    const leave = new AbortController();
    const waits = Array.from({ length: 5 }, () =>
      failure(all.call('waitanyinvoice', { lastpay_index: 999 }, { signal: leave.signal })),
    );
    await until('five waits in the node', () => connections(node()) >= idle + 4);
    leave.abort();
    for (const wait of waits) expect(await wait).toMatchObject({ code: 'cancelled' });
    await until('the waits are gone', () => connections(node()) <= idle, 1_000);
  });

  test('receives only the chosen notifications', async () => {
    const all = await client();
    const leave = new AbortController();
    const events = all.notifications({ topics: ['invoice_creation'], signal: leave.signal });
    const first = events.next();
    const label = `heard ${Math.random()}`;
    // The server keeps nothing for a client before it subscribes, so the test repeats the notification.
    let made = 0;
    const making = setInterval(() => {
      const params = { amount_msat: 1_000, label: `${label} ${++made}`, description: 'd' };
      all.call('invoice', params).catch(() => undefined);
    }, 100);
    const { value } = await first;
    clearInterval(making);
    expect(value).toMatchObject({ type: 'notification', topic: 'invoice_creation' });
    expect(JSON.stringify(value)).toContain(label);
    leave.abort();
    await failure(events.next());
  });
});

test('notifications resume after the plugin restarts', async () => {
  const { rpc, url } = node();
  const reasons: string[] = [];
  const all = await client();
  const events = all.notifications({
    topics: ['invoice_creation'],
    onDisconnect: ({ code }) => void reasons.push(code),
  });
  let made = 0;
  const label = `again ${Math.random()}`;
  const making = setInterval(() => {
    rpc.call('invoice', ['any', `${label} ${++made}`, 'd']).catch(() => undefined);
  }, 100);
  onTestFinished(() => clearInterval(making));
  expect((await events.next()).value).toMatchObject({ type: 'notification' });
  const { plugins } = await rpc.call<{ plugins: { name: string }[] }>('plugin', ['list']);
  const rest = plugins.find(({ name }) => name.endsWith(`/${BUILD.prefix}`))?.name ?? '';
  await rpc.call('plugin', { subcommand: 'stop', plugin: rest });
  await rpc.call('plugin', {
    subcommand: 'start',
    plugin: rest,
    [`${BUILD.prefix}-port`]: Number(new URL(url).port),
  });
  const after: unknown[] = [];
  for await (const one of events) {
    after.push(one.type);
    // Notifications from before the stop can still arrive first. The new plugin does not have them.
    if (after.includes('missed') && one.type === 'notification') break;
  }
  expect(after.filter((type) => type === 'missed')).toHaveLength(1);
  // The plugin has a second to send the reason. On a busy machine, the connection can close before.
  expect(['busy', 'connection_failed']).toContain(reasons[0]);
});

describe('clnrest call and clnrest listen', () => {
  test('work with their default options', async () => {
    const { url, caFile } = node();
    const rune = await node().rune();
    const env = { ...process.env, CLNREST_RUNE: rune };
    const run = (...words: string[]) =>
      execFileSync(process.execPath, [CLNREST, 'call', '--url', url, '--ca', caFile, ...words], {
        env,
        encoding: 'utf8',
        stdio: 'pipe',
      });
    expect(JSON.parse(run('getinfo'))).toMatchObject({ network: 'regtest' });
    expect(run('-F', 'getinfo')).toMatch(/^network=regtest$/m);
    expect(() => run('no-such-command')).toThrow(expect.objectContaining({ status: 1 }) as Error);
    const listener = new TestProcess(
      process.execPath,
      [CLNREST, 'listen', '--url', url, '--ca', caFile, '--topics=invoice_creation'],
      { CLNREST_RUNE: rune },
    );
    onTestFinished(() => void listener.stop());
    const label = `listened ${Math.random()}`;
    let made = 0;
    const making = setInterval(() => {
      made++;
      node()
        .rpc.call('invoice', ['any', `${label} ${made}`, 'd'])
        .catch(() => undefined);
    }, 100);
    const [line] = await listener.line(/^\{.*\}$/);
    clearInterval(making);
    expect(Object.keys(JSON.parse(line) as object)).toEqual(['invoice_creation']);
    expect(line).toContain(label);
  });
});

test("the README's examples run unchanged, except for the node's address", async () => {
  const { url, caFile } = node();
  const readme = readFileSync(new URL('../../packages/client/README.md', import.meta.url), 'utf8');
  const blocks = [...readme.matchAll(/^```ts no-run\n([^]*?)^```/gm)].map(([, code = '']) => code);
  expect(blocks.length).toBeGreaterThan(3);
  const placed = blocks
    .join('\n')
    .replace("'https://127.0.0.1:3010'", JSON.stringify(url))
    .replace('`${homedir()}/.lightning/regtest/clnrest/ca.pem`', JSON.stringify(caFile))
    // No payment arrives in this test: it checks only that the wait ends.
    .replace(
      /const paid = await (client\.call\([^]*?\n\));/,
      'const paid = await $1.catch((e) => e.code);',
    )
    .replace(
      /^for await \(const event/m,
      'setInterval(() => client.call("invoice", ["any", String(Math.random()), "d"]), 100).unref();\n$&',
    );
  const { outputFiles } = await build({
    stdin: {
      contents: `${placed}\nprocess.stderr.write(JSON.stringify({ id, alias, bolt11: invoice.bolt11, paid }));`,
      resolveDir: import.meta.dirname,
      loader: 'ts',
    },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    conditions: ['@clnrest/source'],
  });
  const program = new TestProcess(
    process.execPath,
    ['--input-type=module', '--eval', outputFiles[0]?.text ?? ''],
    { RUNE: await node().rune() },
  );
  onTestFinished(() => void program.stop());
  const [line] = await program.line(/^\{"id":"0[23].*/);
  expect(JSON.parse(line)).toMatchObject({
    bolt11: expect.stringMatching(/^lnbcrt/) as string,
    paid: 'cancelled',
  });
});
