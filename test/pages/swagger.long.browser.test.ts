import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openTab } from '@clnrest/testing/browser';
import { type OpenApiDocument, operationsOf, type Placed } from '@clnrest/testing/openapi-check';
import { useNode } from '../support/use-node.ts';

const node = useNode('--rest-protocol=http');

/** Commands that stop the node, and are therefore skipped. */
const ENDS = new Set(['stop', 'graceful']);
/** Chromium's console message for a refused request. */
const REFUSED = /^Failed to load resource: the server responded with a status of [45]\d\d /;
/** Swagger UI takes each underscore in a name for an old form of a space, and also finds the name itself. */
const UNDERSCORE = /^Deprecated: escaping deep link whitespace with `_` is unsupported/;

/** Operations whose status the test knows. */
const KNOWN = {
  'get:list-methods': '200',
  getinfo: '201',
  invoice: '201',
  decode: '201',
  listfunds: '201',
  createrune: '201',
  pay: '500',
};
/** Of the others, one in so many is executed: all take minutes, and `test/rest/openapi.test.ts` checks the whole document. */
const ONE_IN = 16;

/** Opens the page and returns the operations to execute. */
async function openPage(page: Page): Promise<readonly Placed[]> {
  // Other plugins can still be starting before.
  await node().logged(/Server started with public key/);
  const [answer] = await Promise.all([
    page.waitForResponse(`${node().url}/openapi.json`),
    page.goto(node().url),
  ]);
  return operationsOf((await answer.json()) as OpenApiDocument)
    .filter(({ path, verb }) => path !== '/v1/notifications' || verb !== 'get')
    .filter(({ operation }) => !ENDS.has(operation.operationId))
    .filter(({ operation }, index) => operation.operationId in KNOWN || index % ONE_IN === 0);
}

async function authorize(page: Page, rune: string): Promise<void> {
  await page.getByRole('button', { name: 'Authorize' }).first().click();
  const dialog = page.locator('.dialog-ux');
  await dialog.getByRole('textbox').fill(rune);
  await dialog.getByRole('button', { name: 'Apply credentials' }).click();
  await dialog.getByRole('button', { name: 'Close' }).first().click();
}

/** Opens an operation, executes it with its example and returns the shown status. */
async function tryOut(page: Page, { operation }: Placed): Promise<string> {
  const { operationId, tags } = operation;
  const fragment = `#/${encodeURIComponent(tags[0] ?? '')}/${encodeURIComponent(operationId)}`;
  await page.locator(`.command-list a[href=${JSON.stringify(fragment)}]`).click();
  // The page escapes ids as in selectors.
  const id = operationId.replaceAll(/[:.]/g, '\\$&');
  const shown = page.locator(`[id=${JSON.stringify(`operations-${tags[0]}-${id}`)}]`);
  await shown.getByRole('button', { name: 'Execute' }).click();
  const status = shown.locator('.live-responses-table td.response-col_status').last();
  await status.waitFor();
  return (await status.innerText()).trim();
}

test('Swagger UI can execute the operations of this node', async (context) => {
  const rune = await node().rune();
  const statuses: Record<string, string> = {};
  const { page, complaints } = await openTab(context, node().url);
  const all = await openPage(page);
  await authorize(page, rune);
  for (const each of all) {
    const { operationId } = each.operation;
    const status = await tryOut(page, each);
    // An undocumented status has an additional text. Without a response, the number is missing.
    expect(`${operationId}: ${status}`).toMatch(/: \d{3}$/);
    statuses[operationId] = status;
  }
  const expected = (complaint: string): boolean =>
    REFUSED.test(complaint) || UNDERSCORE.test(complaint);
  expect(complaints.filter((complaint) => !expected(complaint))).toEqual([]);
  expect(Object.keys(statuses)).toHaveLength(all.length);
  expect(all.length).toBeGreaterThan(60 / ONE_IN);
  expect(statuses).toMatchObject(KNOWN);
}, 300_000);
