import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import type { TestContext } from 'vitest';
import type { Settings } from '../options/settings.ts';
import { openTab, type Tab } from './browser.ts';
import { FakeNode } from './fake-node.ts';
import { testGateway, type TestGateway } from './gateway.ts';

/** The page of runes in a browser, as people find it. */
export interface Workbench extends Tab {
  readonly gateway: TestGateway;
  readonly input: Locator;
}

/** The guide's own example of a stricter policy than ours. */
export const STRICT_POLICY =
  "default-src 'self'; font-src 'self'; img-src 'self'; frame-src 'self'; style-src 'self'; script-src 'self';";

/** A rune without restrictions, from createrune's manual. */
export const UNRESTRICTED = 'KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==';

const HELP = JSON.stringify({
  help: [
    { command: 'pay bolt11 [amount_msat] [label]' },
    { command: 'listpeers [id] [level]' },
    { command: 'getinfo ' },
  ],
});

/** Opens the page of a gateway whose node knows three commands. */
export async function openWorkbench(
  context: TestContext,
  settings: Partial<Settings> = {},
  options: BrowserContextOptions = {},
): Promise<Workbench> {
  const node = await FakeNode.start({ help: (call) => call.result(HELP) });
  const gateway = await testGateway({ settings, node });
  const tab = await openTab(context, gateway.url, options);
  await tab.page.goto(`${gateway.url}/runes`);
  return { ...tab, gateway, input: tab.page.getByLabel('Rune or pairing link') };
}

/** A part of the page by its heading. */
export function card(page: Page, heading: string): Locator {
  return page.getByRole('region', { name: heading });
}

/** What the page hands out: the rune with all that was added. */
export async function handedOut(page: Page): Promise<string> {
  return (
    (await page.getByRole('group', { name: 'Rune with all restrictions' }).textContent()) ?? ''
  );
}

/** A text without line breaks and repeated spaces, as people read it. */
export async function readText(locator: Locator): Promise<string> {
  return (await locator.innerText()).replace(/\s+/g, ' ').trim();
}
