import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { accessProblems, APPEARANCES, openTab, overhang, type Tab } from '@clnrest/testing/browser';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { useNode } from '../support/use-node.ts';

const EXAMPLE = new URL('../../examples/wallet/', import.meta.url).pathname;
const TYPES = new Map([
  ['.html', 'text/html'],
  ['.css', 'text/css'],
  ['.js', 'text/javascript'],
]);
const node = useNode();
let directory: string;
let server: Server;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'clnrest-wallet-'));
  await build({
    entryPoints: [join(EXAMPLE, 'wallet.ts')],
    outfile: join(directory, 'wallet.js'),
    bundle: true,
    format: 'esm',
    conditions: ['@clnrest/source'],
  });
  server = createServer(({ url = '/' }, response) => {
    const name = url === '/' ? 'index.html' : url.slice(1);
    const folder = name === 'wallet.js' ? directory : EXAMPLE;
    response.writeHead(200, { 'content-type': TYPES.get(extname(name)) ?? 'text/plain' });
    response.end(readFileSync(join(folder, name)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(directory, { recursive: true, force: true });
});

/** The rune that the example's first lines create. */
function rune(): Promise<string> {
  const text = readFileSync(join(EXAMPLE, 'wallet.ts'), 'utf8');
  const [restrictions = ''] = /\[\[[^']*(?=')/.exec(text.replaceAll('\n//', '')) ?? [];
  return node().rune(...(JSON.parse(restrictions) as string[][]));
}

interface OpenWallet extends Tab {
  readonly origin: string;
}

async function openWallet(
  context: TestContext,
  options?: Parameters<typeof openTab>[2],
): Promise<OpenWallet> {
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const tab = await openTab(context, origin, options);
  await tab.page.goto(origin);
  return { ...tab, origin };
}

async function connect(page: Page, secret: string): Promise<void> {
  await page.getByLabel('Address of the REST server').fill(node().url);
  await page.getByLabel('Rune').fill(secret);
  await page.getByRole('button', { name: 'Connect' }).click();
}

/** What the page complains about, except that it calls the node. */
function complaintsOf({ complaints }: Tab): string[] {
  return complaints.filter((text) => !text.startsWith(`requested ${node().url}/`));
}

async function createInvoice(page: Page, sat: number, description: string): Promise<string> {
  await page.getByLabel('Amount in sat').fill(String(sat));
  await page.getByLabel('Description').fill(description);
  await page.getByRole('button', { name: 'Create invoice' }).click();
  await page.getByText('Waiting for the payment…').waitFor();
  return page.getByLabel('Invoice', { exact: true }).first().inputValue();
}

async function check(page: Page, invoice: string): Promise<void> {
  await page.locator('#pay textarea').fill(invoice);
  await page.getByRole('button', { name: 'Check' }).click();
}

describe('the wallet', () => {
  test('receives and pays, and shows both when they happen', async (context) => {
    const tab = await openWallet(context);
    const { page } = tab;
    await connect(page, await rune());
    await page.getByText('None yet.').waitFor();
    expect(await page.getByText('Paid.').count()).toBe(0);

    const invoice = await createInvoice(page, 1234, 'coffee');
    const code = await page.locator('#code').getAttribute('src');
    expect(code).toMatch(/^data:image\/svg\+xml,/);
    // A payment by somebody else: the page learns of it by a notification.
    await node().rpc.call('xpay', { invstring: invoice });
    await page.getByText('Paid.').waitFor();
    const received = page.locator('#history li', { hasText: 'coffee' }).first();
    await received.getByText('+1,234 sat').waitFor();

    const params = { amount_msat: 2_500_500n, label: 'tea', description: '<b>tea</b>' };
    const { bolt11 } = await node().rpc.call('invoice', params);
    await check(page, `LIGHTNING:${bolt11.toUpperCase()}`);
    await page.getByText('2,500.500 sat', { exact: true }).waitFor();
    await page.getByText('<b>tea</b>').waitFor();
    await page.getByRole('button', { name: 'Pay now' }).click();
    await page.getByText('−2,500.500 sat').waitFor();
    expect(await page.getByRole('button', { name: 'Pay now' }).isVisible()).toBe(false);
    expect(complaintsOf(tab)).toEqual([]);
  });

  test('adds up the channels', async (context) => {
    if (node().kind !== 'sandbox')
      return context.skip('a real node needs a second one for a channel');
    await node().rpc.call<unknown>('dev-open-channel', {
      amount: 1_000_000,
      push_msat: 250_000_500,
    });
    const { page } = await openWallet(context);
    await connect(page, await rune());
    await page.getByText('749,999.500 sat').waitFor();
  });

  test('says what is wrong, and pays nothing above the limit of its rune', async (context) => {
    const tab = await openWallet(context);
    const { page } = tab;
    const notice = page.locator('#notice');
    await connect(page, 'not a rune');
    await notice.waitFor();
    await connect(page, await rune());
    await page.getByRole('button', { name: 'Check' }).waitFor();

    await check(page, 'lnbcrt1nothing');
    await notice.getByText(/invalid|not a valid invoice/i).waitFor();
    const any = await node().rpc.call('invoice', {
      amount_msat: 'any',
      label: 'any',
      description: 'x',
    });
    await check(page, any.bolt11);
    await notice.getByText('This wallet pays only invoices with an amount.').waitFor();

    const dear = await node().rpc.call('invoice', {
      amount_msat: 100_000_001n,
      label: 'dear',
      description: 'x',
    });
    await check(page, dear.bolt11);
    await page.getByRole('button', { name: 'Pay now' }).click();
    await notice.getByText(/Not permitted/).waitFor();
    const { invoices } = await node().rpc.call('listinvoices', { label: 'dear' });
    expect(invoices).toMatchObject([{ status: 'unpaid' }]);
  });

  test.for(APPEARANCES)('is accessible and fits: $name', async ({ name, ...options }, context) => {
    const { page } = await openWallet(context, options);
    await connect(page, await rune());
    const invoice = await createInvoice(page, 5, `for ${name}`);
    await check(page, invoice);
    await page.getByRole('button', { name: 'Pay now' }).waitFor();
    expect(await accessProblems(page)).toEqual([]);
    expect(await overhang(page)).toBe(0);
    const folder = process.env['CLNREST_SCREENSHOTS'];
    if (folder !== undefined) {
      await page.screenshot({ path: join(folder, `wallet-${name}.png`), fullPage: true });
    }
  });
});
