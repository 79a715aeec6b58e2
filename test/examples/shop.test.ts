import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
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
}

interface Shop {
  readonly child: ChildProcess;
  readonly order: () => Promise<Order>;
  readonly get: (id: string) => Promise<Order>;
}

async function startShop(ordersFile: string): Promise<Shop> {
  const runeFile = join(directory, 'rune');
  writeFileSync(runeFile, await node().rune(['method=invoice', 'method=waitanyinvoice']));
  const { url, caFile } = node();
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
  for (const { id } of orders) expect(await third.get(id)).toMatchObject({ id, paid: true });
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
