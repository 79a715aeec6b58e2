import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RpcClient } from '@clnrest/lightningd';
import { freePort, temporaryDirectory } from '@clnrest/testing';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Entry, Orders } from '../../examples/shop/orders.ts';
import { NODE_KIND, SERVING } from '../support/node.ts';
import { pluginProcesses } from '../support/plugin-processes.ts';
import { startSandboxProcess } from '../support/sandbox-node.ts';
import { pluginFile, BUILD } from '../support/under-test.ts';
import { useNode } from '../support/use-node.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const directory = mkdtempSync(join(tmpdir(), 'clnrest-shop-'));
const node = useNode();

beforeAll(() =>
  build({
    entryPoints: [join(ROOT, 'examples/shop/shop.ts')],
    outfile: join(directory, 'shop.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@clnrest/source'],
  }),
);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Order {
  readonly id: string;
  readonly bolt11: string;
  readonly paid: boolean;
  readonly key?: string;
}

interface Shop {
  readonly child: ChildProcess;
  readonly order: () => Promise<Order>;
  readonly get: (id: string) => Promise<Order>;
}

/** The gateway that a shop uses. */
interface Server {
  readonly url: string;
  readonly caFile: string;
  rune(...restrictions: readonly string[][]): Promise<string>;
}

async function startShop(ordersFile: string, server: Server = node()): Promise<Shop> {
  const runeFile = join(directory, 'rune');
  writeFileSync(runeFile, await server.rune(['method=invoice', 'method=waitanyinvoice']));
  const { url, caFile } = server;
  const child = spawn(process.execPath, [join(directory, 'shop.mjs')], {
    env: { URL: url, RUNE_FILE: runeFile, CA_FILE: caFile, ORDERS_FILE: ordersFile },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) await kill(child);
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const port = /"port":(\d+)/.exec(String(line))?.[1];
  const request = async (path: string, method: string): Promise<Order> =>
    (await (await fetch(`http://127.0.0.1:${port}${path}`, { method })).json()) as Order;
  return {
    child,
    order: () => request('/orders', 'POST'),
    get: (id) => request(`/orders/${id}`, 'GET'),
  };
}

async function kill(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

/** Pays an invoice of the node: a real node without channels can only pay itself. */
async function pay({ bolt11 }: Order): Promise<void> {
  await node().rpc.call('xpay', { invstring: bolt11 });
}

test('the shop records payments', async () => {
  const shop = await startShop(join(directory, 'simple'));
  const [paid, unpaid] = [await shop.order(), await shop.order()];
  await pay(paid);
  await expect.poll(() => shop.get(paid.id), { timeout: 10_000 }).toMatchObject({ paid: true });
  expect(await shop.get(unpaid.id)).toEqual({ ...unpaid, paid: false });
});

test('payments are not lost while the shop is killed, and not forgotten afterwards', async () => {
  const file = join(directory, 'killed');
  const first = await startShop(file);
  const orders = [await first.order(), await first.order(), await first.order()];
  const [early, between, late] = orders as [Order, Order, Order];
  await pay(early);
  await expect.poll(() => first.get(early.id), { timeout: 10_000 }).toMatchObject({ paid: true });
  await kill(first.child);
  await pay(between);
  // The power failed while a line was written.
  appendFileSync(file, '{"type":"paid","id":"');
  const second = await startShop(file);
  await pay(late);
  for (const { id } of orders)
    await expect.poll(() => second.get(id), { timeout: 10_000 }).toMatchObject({ id, paid: true });
  await kill(second.child);
  const third = await startShop(file);
  for (const { id } of orders) expect(await third.get(id)).toEqual(deliveredOf(file, id));
});

function entriesOf(file: string): Entry[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Entry);
}

/** The keys that the file has for an order: more than one would be several deliveries. */
function deliveredKeys(file: string, id: string): string[] {
  return entriesOf(file).flatMap((entry) =>
    entry.type === 'paid' && entry.id === id ? [entry.key] : [],
  );
}

/** The order with its only key. */
function deliveredOf(file: string, id: string): Order {
  const [key, ...others] = deliveredKeys(file, id);
  expect(others).toEqual([]);
  expect(key).toMatch(/^[0-9a-f]{32}$/);
  const ordered = entriesOf(file).find((entry) => entry.type === 'ordered' && entry.id === id);
  if (ordered?.type !== 'ordered' || key === undefined) throw new Error(`no order ${id}`);
  return { id, bolt11: ordered.bolt11, paid: true, key };
}

test('killed at any byte that it writes, the shop neither forgets a payment nor delivers twice', () => {
  const path = join(temporaryDirectory(), 'orders');
  const payments = ['a', 'b'].map((id, index) => ({
    type: 'paid' as const,
    id,
    payIndex: index + 1,
    key: `first key of ${id}`,
  }));
  const orders = new Orders(path);
  for (const { id } of payments) orders.add({ type: 'ordered', id, bolt11: `lnbc${id}` });
  // The customers have the invoices from here on.
  const start = readFileSync(path).length;
  for (const payment of payments) orders.add(payment);
  orders.close();
  const written = readFileSync(path);
  for (let length = start; length <= written.length; length++) {
    writeFileSync(path, written.subarray(0, length));
    const restarted = new Orders(path);
    const known = payments.map(({ id }) => restarted.get(id)?.key);
    // The node returns the payments after the recorded index.
    for (const payment of payments.slice(restarted.payIndex))
      restarted.add({ ...payment, key: `second key of ${payment.id}` });
    restarted.close();
    const keys = payments.map(({ id }) => deliveredKeys(path, id));
    expect(keys).toEqual(payments.map(({ id }, at) => [known[at] ?? `second key of ${id}`]));
    const again = new Orders(path);
    expect(payments.map(({ id }) => [again.get(id)?.key])).toEqual(keys);
    again.close();
  }
});

test('the gateway is killed while the shop waits for a payment', async () => {
  const file = join(directory, 'gateway-killed');
  const shop = await startShop(file);
  const order = await shop.order();
  const { httpPid } = pluginProcesses(node());
  if (httpPid === undefined) throw new Error('no HTTP process');
  process.kill(httpPid, 'SIGKILL');
  await pay(order);
  await expect.poll(() => shop.get(order.id), { timeout: 15_000 }).toMatchObject({ paid: true });
  expect(await shop.get(order.id)).toEqual(deliveredOf(file, order.id));
});

test('node, gateway and shop are killed after payments, one of them unseen', async (context) => {
  if (NODE_KIND === 'lightningd') return context.skip('starts a sandbox of its own');
  const lightningDir = temporaryDirectory();
  const port = await freePort();
  const options = [`--plugin=${pluginFile(BUILD)}`, `--${BUILD.prefix}-port=${port}`];
  const rpc = new RpcClient({ socketPath: join(lightningDir, 'regtest/lightning-rpc') });
  const startNode = async () => {
    const started = await startSandboxProcess(lightningDir, options);
    onTestFinished(async () => void (await started.process.stop('SIGKILL')));
    await started.process.line(SERVING);
    return started;
  };
  onTestFinished(() => rpc.close());
  const first = await startNode();
  const server: Server = {
    url: `https://127.0.0.1:${port}`,
    caFile: join(lightningDir, 'regtest', BUILD.certificates, 'ca.pem'),
    rune: async (...restrictions) => (await rpc.call('createrune', { restrictions })).rune,
  };
  const file = join(directory, 'all-killed');
  const shop = await startShop(file, server);
  const [early, late] = [await shop.order(), await shop.order()];
  await rpc.call('xpay', { invstring: early.bolt11 });
  await kill(first.process.child);
  const second = await startNode();
  await expect.poll(() => shop.get(early.id), { timeout: 15_000 }).toMatchObject({ paid: true });
  await kill(shop.child);
  await rpc.call('xpay', { invstring: late.bolt11 });
  await kill(second.process.child);
  await startNode();
  const restarted = await startShop(file, server);
  await expect
    .poll(() => restarted.get(late.id), { timeout: 15_000 })
    .toMatchObject({ paid: true });
  for (const { id } of [early, late])
    expect(await restarted.get(id)).toEqual(deliveredOf(file, id));
});

test('SIGTERM stops the shop, which waits for payments', async () => {
  const { child } = await startShop(join(directory, 'stopped'));
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
});

test('payments of other programs do not stop the shop', async () => {
  const shop = await startShop(join(directory, 'others'));
  const order = await shop.order();
  const params = { amount_msat: 1_000n, label: `other ${order.id}`, description: 'd' };
  await pay({ ...order, bolt11: (await node().rpc.call('invoice', params)).bolt11 });
  await pay(order);
  await expect.poll(() => shop.get(order.id), { timeout: 10_000 }).toMatchObject({ paid: true });
});
