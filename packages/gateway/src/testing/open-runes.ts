import type { BrowserContextOptions, Locator } from 'playwright-core';
import type { TestContext } from 'vitest';
import { openTab, type Tab } from '@clnrest/testing/browser';
import { FakeNode } from '@clnrest/testing/fake-node';
import type { Settings } from '../options/settings.ts';
import { testGateway, type TestGateway } from './gateway.ts';

/** A tab with the page `/runes`. */
export interface RunesTab extends Tab {
  readonly gateway: TestGateway;
  readonly input: Locator;
}

/** The stricter policy in the reference of options. */
export const STRICT_POLICY =
  "default-src 'self'; font-src 'self'; img-src 'self'; frame-src 'self'; style-src 'self'; script-src 'self';";

/** A rune without restrictions, from the manual of createrune. */
export const UNRESTRICTED = 'KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==';

const HELP = JSON.stringify({
  help: [
    { command: 'pay bolt11 [amount_msat] [label]' },
    { command: 'listpeers [id] [level]' },
    { command: 'getinfo ' },
  ],
});

/** Opens `/runes` of a gateway whose node has three commands. */
export async function openRunes(
  context: TestContext,
  settings: Partial<Settings> = {},
  options: BrowserContextOptions = {},
): Promise<RunesTab> {
  const node = await FakeNode.start({ help: (call) => call.result(HELP) });
  const gateway = await testGateway({ settings, node });
  const tab = await openTab(context, gateway.url, options);
  await tab.page.goto(`${gateway.url}/runes`);
  return { ...tab, gateway, input: tab.page.getByLabel('Rune or pairing link') };
}
