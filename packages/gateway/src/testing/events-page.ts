import type { BrowserContextOptions, Page } from 'playwright-core';
import type { TestContext } from 'vitest';
import { openTab, type Tab } from './browser.ts';
import { testGateway, type TestGateway, type TestOptions } from './gateway.ts';
import { RUNE } from './rune.ts';

/** Stricter than any guide's: nothing inline, no picture but files. */
const STRICT = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** A tab with the events of a gateway that sends at once. */
export interface Visit extends Tab {
  readonly gateway: TestGateway;
}

/** Opens `/events`. */
export async function visit(
  context: TestContext,
  options: TestOptions = {},
  sight: BrowserContextOptions = {},
): Promise<Visit> {
  const settings = { contentSecurityPolicy: STRICT, ...options.settings };
  const gateway = await testGateway({ holdMs: 0, ...options, settings });
  const tab = await openTab(context, gateway.url, sight);
  await tab.page.goto(`${gateway.url}/events`);
  return { ...tab, gateway };
}

/** Types a rune, and connects with it. */
export async function connect(page: Page, rune = RUNE): Promise<void> {
  await page.getByLabel('Rune', { exact: true }).fill(rune);
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
}

/** Opens `/events`, and connects. */
export async function listening(
  context: TestContext,
  options: TestOptions = {},
  sight: BrowserContextOptions = {},
): Promise<Visit> {
  const there = await visit(context, options, sight);
  await connect(there.page);
  await there.page.getByText(/^Connected since \d\d:\d\d:\d\d$/).waitFor();
  return there;
}

/** The topics in the list, from the top. */
export function topics(page: Page): Promise<string[]> {
  return page.locator('.event .topic').allInnerTexts();
}
