import type { BrowserContextOptions, Page } from 'playwright-core';
import type { TestContext } from 'vitest';
import { RUNE } from '@clnrest/testing';
import { openTab, type Tab } from '@clnrest/testing/browser';
import { testGateway, type TestGateway, type TestOptions } from './gateway.ts';

/** Stricter than the policies in the guides: nothing inline, and images only from files. */
const STRICT = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** A tab with `/events` of a gateway that does not hold notifications. */
export interface EventsTab extends Tab {
  readonly gateway: TestGateway;
}

/** Opens `/events`. */
export async function openEvents(
  context: TestContext,
  options: TestOptions = {},
  appearance: BrowserContextOptions = {},
): Promise<EventsTab> {
  const settings = { contentSecurityPolicy: STRICT, ...options.settings };
  const gateway = await testGateway({ holdMs: 0, ...options, settings });
  const tab = await openTab(context, gateway.url, appearance);
  await tab.page.goto(`${gateway.url}/events`);
  return { ...tab, gateway };
}

/** Types a rune and connects. */
export async function connect(page: Page, rune = RUNE): Promise<void> {
  await page.getByLabel('Rune', { exact: true }).fill(rune);
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
}

/** Opens `/events` and connects. */
export async function openConnected(
  context: TestContext,
  options: TestOptions = {},
  appearance: BrowserContextOptions = {},
): Promise<EventsTab> {
  const tab = await openEvents(context, options, appearance);
  await connect(tab.page);
  await tab.page.getByText(/^Connected since \d\d:\d\d:\d\d$/).waitFor();
  return tab;
}

/** Returns the topics in the list, from the top. */
export function topics(page: Page): Promise<string[]> {
  return page.locator('.event .topic').allInnerTexts();
}
