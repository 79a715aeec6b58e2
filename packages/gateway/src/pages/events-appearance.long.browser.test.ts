import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { RUNE } from '@clnrest/testing';
import { accessProblems, APPEARANCES, overhang } from '@clnrest/testing/browser';
import { FakeNode } from '@clnrest/testing/fake-node';
import { connect, openConnected, openEvents, topics } from '../testing/events-page.ts';
import { notification } from '../testing/notification.ts';

async function faults(page: Page): Promise<readonly string[]> {
  const beyond = await overhang(page);
  return [...(await accessProblems(page)), ...(beyond > 0 ? [`${beyond} px beyond the edge`] : [])];
}

const LONG = 'x'.repeat(300);
const focused = (page: Page) =>
  page.evaluate('document.activeElement.id || document.activeElement.textContent.trim()');

describe('/events is accessible', { timeout: 120_000 }, () => {
  test.for(APPEARANCES)('$name', async ({ colorScheme, viewport }, context) => {
    const node = await FakeNode.start({
      checkrune: (call) => call.error(1502, `Not permitted: ${LONG}`),
    });
    const { page, gateway } = await openEvents(context, { node }, { colorScheme, viewport });
    const found: string[] = [];
    const look = async (when: string) => {
      for (const fault of await faults(page)) found.push(`${when}: ${fault}`);
    };
    await look('initial');
    await connect(page);
    await page.getByText(/^Refused: Not permitted/).waitFor();
    await look('refused');
    node.on('checkrune', (call) => call.result('{"valid":true}'));
    await connect(page);
    await page.getByText('No events yet.').waitFor();
    await look('connected');
    gateway.notify(notification(LONG, `{"${LONG}":["${LONG}",1,null,{"a":true}]}`));
    gateway.notify(
      notification('invoice_payment', '{"invoice_payment":{"msat":1000,"label":"a"}}'),
    );
    await page.getByText('2 received').waitFor();
    await look('with events');
    for (const summary of await page.locator('summary').all()) await summary.click();
    await page.getByRole('button', { name: 'invoice_payment 1' }).click();
    await look('details open, filtered by topic');
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByLabel('Topic or text contains').fill('nowhere');
    await page.getByText('No events match').waitFor();
    await look('paused, without matches');
    await page.getByLabel('Topic or text contains').fill('');
    await gateway.close();
    await page.getByText(/^Reconnecting in \d+ s: /).waitFor();
    await look('reconnecting');
    expect(found).toEqual([]);
  });

  test('with only a keyboard', async (context) => {
    const { page, gateway, complaints } = await openEvents(context);
    const press = async (...keys: readonly string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await press('Tab', 'Enter', 'Tab');
    expect(await focused(page)).toBe('rune');
    await page.keyboard.type(RUNE);
    await press('Enter');
    await page.getByText(/^Connected since/).waitFor();
    expect(await focused(page)).toBe('pause');
    gateway.notify(notification('connect', '{"connect":{"id":"02aa"}}'));
    await page.getByText('1 received').waitFor();
    await press('Tab', 'Tab', 'Tab', 'Tab');
    expect(await focused(page)).toBe('words');
    await press('Tab');
    expect(await focused(page)).toBe('connect 1');
    await press('Tab', 'Enter');
    await page.locator('details[open] pre').waitFor();
    await press('Tab', 'Enter');
    await page.getByRole('status').getByText('Copied.').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe('{"connect":{"id":"02aa"}}');
    await press('Shift+Tab', 'Space');
    await expect.poll(() => page.locator('details[open]').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('with a screen reader, which announces the status and not each event', async (context) => {
    const { page, gateway } = await openConnected(context);
    const live = page.locator('[role=status], [role=alert], [role=log], [aria-live]');
    expect(await live.count()).toBe(1);
    await live.getByText('Connected.').waitFor();
    gateway.notify(notification('a'));
    await expect.poll(() => topics(page)).toEqual(['a']);
    expect(await live.innerText()).toBe('Connected.');
    await page.getByRole('button', { name: 'Pause' }).click();
    await live.getByText('Paused. New events wait until you resume.').waitFor();
    await gateway.close();
    await page.getByText(/^Reconnecting in \d+ s: /).waitFor();
    await live.getByText(/^Connection lost, reconnecting\. /).waitFor();
  });
});
