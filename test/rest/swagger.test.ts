import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { OpenApi } from '../../packages/gateway/src/pages/openapi/document.ts';
import { openTab } from '../../packages/gateway/src/testing/browser.ts';
import { operationsOf } from '../../packages/gateway/src/testing/openapi-check.ts';
import { useNode } from '../support/use-node.ts';

const node = useNode('--rest-protocol=http');

/** Commands that end the node, which has to answer the others. */
const ENDS = ['stop', 'graceful'];
/** What Chromium prints of a request that is refused, whoever made it. */
const REFUSED = /^Failed to load resource: the server responded with a status of [45]\d\d /;

/** Opens the page, and gives the operations of its document that can be tried out, as the page calls them. */
async function openPage(page: Page): Promise<readonly string[]> {
  // Until then, other plugins may still start.
  await node().logged(/Server started with public key/);
  const [answer] = await Promise.all([
    page.waitForResponse(`${node().url}/openapi.json`),
    page.goto(node().url),
  ]);
  return operationsOf((await answer.json()) as OpenApi)
    .map(({ operation: { tags, operationId } }) => `${tags[0]}-${operationId}`)
    .filter((id) => id !== 'server-get:notifications')
    .filter((id) => !ENDS.some((command) => id.endsWith(`-${command}`)));
}

/** The page escapes ids as if they stood in a selector. */
function shownId(id: string): string {
  return `operations-${id.replaceAll(/[:.]/g, '\\$&')}`;
}

async function authorize(page: Page, rune: string): Promise<void> {
  await page.getByRole('button', { name: 'Authorize' }).first().click();
  const dialog = page.locator('.dialog-ux');
  await dialog.getByRole('textbox').fill(rune);
  await dialog.getByRole('button', { name: 'Apply credentials' }).click();
  await dialog.getByRole('button', { name: 'Close' }).first().click();
}

/** Unfolds an operation, executes it as it stands, and folds it again. Gives the status, as the page has it. */
async function tryOut(operation: Locator): Promise<string> {
  await operation.locator('.opblock-summary-control').click();
  await operation.getByRole('button', { name: 'Execute' }).click();
  const status = operation.locator('.live-responses-table td.response-col_status').last();
  await status.waitFor();
  const text = await status.innerText();
  await operation.locator('.opblock-summary-control').click();
  return text.trim();
}

test('Swagger UI tries out every operation of this node, and the node answers', async (context) => {
  const { page, complaints } = await openTab(context, node().url);
  const all = await openPage(page);
  await authorize(page, await node().rune());
  const statuses: Record<string, string> = {};
  for (const id of all) {
    const operation = page.locator(`[id=${JSON.stringify(shownId(id))}]`);
    statuses[id] = await tryOut(operation);
  }
  // One that is not in the document is said to be undocumented; one without an answer has no number.
  expect(Object.entries(statuses).filter(([, status]) => !/^\d{3}$/.test(status))).toEqual([]);
  expect(statuses).toMatchObject({
    'server-get:list-methods': '200',
    'node-getinfo': '201',
    'invoices-invoice': '201',
    'invoices-decode': '201',
    'onchain-listfunds': '201',
    'runes-createrune': '201',
    'payments-pay': '500',
  });
  expect(all.length).toBeGreaterThan(60);
  expect(complaints.filter((complaint) => !REFUSED.test(complaint))).toEqual([]);
}, 900_000);
