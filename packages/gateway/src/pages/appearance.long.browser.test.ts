import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { RUNE } from '@clnrest/testing';
import { accessProblems, APPEARANCES, openTab, overhang } from '@clnrest/testing/browser';
import { FakeNode } from '@clnrest/testing/fake-node';
import { testGateway, type TestGateway } from '../testing/gateway.ts';

async function helpful(): Promise<TestGateway> {
  const node = await FakeNode.start({
    help: (call) => {
      const many = Array.from({ length: 8 }, (_, i) => `{"command":"plugin-${i} [a_parameter]"}`);
      call.result(`{"help":[{"command":"getinfo "},${many.join()}]}`);
    },
    getinfo: (call) => call.result(`{"id":"02aabb","num_peers":0,"alias":"${'x'.repeat(200)}"}`),
  });
  return testGateway({ node });
}

/** Returns the accessibility problems of the page or of a part, and the page's overflow. */
async function faults(page: Page, within?: string): Promise<readonly string[]> {
  const beyond = await overhang(page);
  return [
    ...(await accessProblems(page, within)),
    ...(beyond > 0 ? [`${beyond} px beyond the edge`] : []),
  ];
}

/** Opens the dialog for the rune on an untouched page. */
async function openDialogWithKeyboard(page: Page): Promise<void> {
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to content');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  // openapi.json, servers, Authorize.
  for (let i = 0; i < 2; i++) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
}

describe('pages are accessible:', { timeout: 120_000 }, () => {
  test.for(APPEARANCES)(
    'the API’s page, also with a keyboard: $name',
    async ({ colorScheme, viewport }, context) => {
      const gateway = await helpful();
      const { page, complaints } = await openTab(context, gateway.url, { colorScheme, viewport });
      await page.goto(gateway.url);
      const found: string[] = [];
      const look = async (when: string, within?: string) => {
        for (const fault of await faults(page, within)) found.push(`${when}: ${fault}`);
      };
      const operation = page.locator('.opblock-post').first();
      await page.locator('.opblock-tag').first().waitFor();
      await look('initial');
      const dialog = page.locator('.dialog-ux');
      await openDialogWithKeyboard(page);
      await dialog.getByRole('textbox').waitFor();
      await page.keyboard.type(RUNE);
      await look('dialog for the rune', '.dialog-ux');
      await page.keyboard.press('Enter');
      await dialog.getByRole('button', { name: 'Remove authorization' }).waitFor();
      await look('dialog with the rune', '.dialog-ux');
      await dialog.getByRole('button', { name: 'Close' }).first().click();
      await page.getByRole('link', { name: 'getinfo' }).click();
      await operation.getByRole('button', { name: 'Execute' }).click();
      await operation.locator('.live-responses-table').first().waitFor();
      await look('response', '.opblock.is-open');
      for (const tab of await operation.getByRole('tab', { name: 'Schema' }).all())
        await tab.click();
      await page.evaluate("document.querySelectorAll('.models button').forEach((b) => b.click())");
      await look('all sections open');
      const answer = operation.locator('.responses-table .response').last();
      const { width = 0 } = (await answer.locator('.renderedMarkdown').boundingBox()) ?? {};
      expect(width).toBeGreaterThan(viewport.width / 2);
      expect(found).toEqual([]);
      // The page follows the system's colour scheme.
      const ground = () =>
        page.evaluate("getComputedStyle(document.querySelector('.opblock-post')).backgroundColor");
      const before = await ground();
      const [other, root] =
        colorScheme === 'light'
          ? (['dark', 'html.dark-mode'] as const)
          : (['light', 'html:not(.dark-mode)'] as const);
      await page.emulateMedia({ colorScheme: other });
      await page.locator(root).waitFor();
      expect(await ground()).not.toBe(before);
      expect(complaints).toEqual([]);
    },
  );

  test.for(APPEARANCES)(
    'the list of methods: $name',
    async ({ colorScheme, viewport }, context) => {
      const gateway = await helpful();
      const { page, complaints } = await openTab(context, gateway.url, { colorScheme, viewport });
      await page.goto(`${gateway.url}/v1/list-methods`);
      expect(await faults(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await page.getByRole('link', { name: 'Events' }).click();
      await page.waitForURL(`${gateway.url}/events`);
    },
  );
});
