import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { describe, expect, test, type TestContext } from 'vitest';
import { openTab } from '@clnrest/testing/browser';
import { BUILD } from '../support/under-test.ts';
import { useNode } from '../support/use-node.ts';

const node = useNode('--rest-rune-recheck=1');

const listener = () => node().rune(['method=listclnrest-notifications']);

async function listen(context: TestContext, rune: string) {
  const tab = await openTab(context, node().url);
  await tab.page.goto(`${node().url}/events`);
  await tab.page.getByLabel('Rune', { exact: true }).fill(rune);
  await tab.page.getByRole('button', { name: 'Connect', exact: true }).click();
  return tab;
}

/** Creates an invoice and finds it on the page. */
async function seeInvoice(page: Page): Promise<string> {
  const label = `seen ${randomUUID()}`;
  await node().rpc.call('invoice', ['18446744073709551msat', label, 'to be seen']);
  const line = page
    .locator('.event', { hasText: 'invoice_creation' })
    .filter({ hasText: label.slice(0, 20) });
  await line.first().locator('summary').click();
  return line.first().locator('pre').innerText();
}

describe('/events over a node', { timeout: 90_000 }, () => {
  test('shows a created invoice', async (context) => {
    const { page, complaints } = await listen(context, await listener());
    await page.getByText(/^Connected since/).waitFor();
    const whole = await seeInvoice(page);
    expect(whole).toContain('"msat": 18446744073709551,');
    expect(complaints).toEqual([]);
  });

  test('shows the node’s message if a rune does not allow a subscription', async (context) => {
    const { page } = await listen(context, await node().rune(['method=invoice']));
    await page.getByText(/^Refused: Not permitted: method is not equal to invoice/).waitFor();
  });

  test('reports that the rune was revoked', async (context) => {
    const rune = await listener();
    const { page } = await listen(context, rune);
    await page.getByText(/^Connected since/).waitFor();
    const { unique_id: id } = await node().rpc.call<{ unique_id: string }>('decode', [rune]);
    await node().rpc.call('blacklistrune', { start: Number(id), end: Number(id) });
    await page.getByText('Refused: Not authorized: Blacklisted rune', { exact: true }).waitFor();
  });

  test('reconnects when the plugin restarts, and reports missed events', async (context) => {
    const { rpc, url } = node();
    const { page } = await listen(context, await listener());
    await page.getByText(/^Connected since/).waitFor();
    const { plugins } = await rpc.call<{ plugins: { name: string }[] }>('plugin', ['list']);
    const rest = plugins.find(({ name }) => name.endsWith(`/${BUILD.prefix}`))?.name ?? '';
    await rpc.call('plugin', { subcommand: 'stop', plugin: rest });
    await page.getByText(/^Reconnecting/).waitFor();
    const port = { [`${BUILD.prefix}-port`]: Number(new URL(url).port) };
    await rpc.call('plugin', { subcommand: 'start', plugin: rest, ...port });
    await page.getByText(/^Connected since/).waitFor();
    await page
      .getByText('Some notifications were missed: the server no longer has them')
      .first()
      .waitFor();
    await seeInvoice(page);
  });
});
