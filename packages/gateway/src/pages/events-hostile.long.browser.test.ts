import { describe, expect, test } from 'vitest';
import { openConnected, topics } from '../testing/events-page.ts';
import { notification } from '../testing/notification.ts';

const MARKUP = '<img src=x onerror="document.title=1"><script>document.title=2</script>';

describe('/events with hostile notifications', { timeout: 120_000 }, () => {
  test('shows markup and control characters as text', async (context) => {
    const { page, gateway, complaints } = await openConnected(context);
    const title = await page.title();
    const payload = JSON.stringify({ [MARKUP]: MARKUP, turned: 'paid \u202E5 msat\u2066\u200B' });
    gateway.notify(notification(MARKUP, payload));
    const line = page.locator('.event');
    await line.locator('summary').click();
    const whole = await line.locator('pre').innerText();
    expect(JSON.parse(whole)).toEqual(JSON.parse(payload));
    expect(whole).toContain('paid \\u202e5 msat\\u2066\\u200b');
    expect(await line.locator('.topic').innerText()).toBe(MARKUP.slice(0, 64));
    const shown = await page.locator('#watch').innerText();
    expect(shown).not.toMatch(/[\u202E\u2066\u200B]/);
    expect(await page.locator('#watch').locator('img, script, b').count()).toBe(0);
    // The filter button also shows the topic as text.
    await page.getByRole('group', { name: 'Filter by topic' }).getByRole('button').click();
    await expect.poll(() => topics(page)).toHaveLength(1);
    expect(await page.title()).toBe(title);
    expect(complaints).toEqual([]);
  });

  test('shows the start of a huge event and copies all of it', async (context) => {
    const limits = { subscriberBytes: 2 ** 25 };
    const { page, gateway, complaints } = await openConnected(context, { limits });
    const text = `{"huge":{"a":"${'x'.repeat(3_000_000)}"}}`;
    gateway.notify(notification('huge', text));
    const line = page.locator('.event');
    await line.locator('summary').click();
    await line.getByText('… the rest is hidden').waitFor();
    expect((await line.locator('pre').innerText()).length).toBeLessThan(201_000);
    await line.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('status').getByText('Copied.').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText().then(({ length }) => length)')).toBe(
      text.length,
    );
    expect(complaints).toEqual([]);
  });

  test('accepts any depth of nesting', async (context) => {
    const { page, gateway, complaints } = await openConnected(context);
    const nested = (depth: number) => `{"deep":${'['.repeat(depth)}1${']'.repeat(depth)}}`;
    gateway.notify(notification('nested', nested(1_000)));
    gateway.notify(notification('deeper', nested(100_000)));
    await expect.poll(() => topics(page)).toEqual(['deeper', 'nested']);
    await page.locator('summary', { hasText: 'nested' }).click();
    await page.locator('.event pre').getByText('1', { exact: true }).waitFor();
    await page.locator('summary', { hasText: 'deeper' }).click();
    await page.getByText('… the rest is hidden').waitFor();
    expect(complaints).toEqual([]);
  });

  test('stays responsive with 100,000 events', async (context) => {
    const limits = { subscriberBytes: 2 ** 27 };
    const { page, gateway, complaints } = await openConnected(context, { limits });
    for (let i = 0; i < 100_000; i++) {
      gateway.notify(
        notification(`topic-${i % 5_000}`, `{"n":${i},"filler":"${'x'.repeat(100)}"}`),
      );
    }
    await page.getByText('100,000 received, the last 10,000 kept').waitFor({ timeout: 90_000 });
    expect(await topics(page)).toHaveLength(200);
    expect((await topics(page))[0]).toBe('topic-4999');
    const buttons = page.getByRole('group', { name: 'Filter by topic' }).getByRole('button');
    expect(await buttons.count()).toBeLessThanOrEqual(24);
    await page.getByRole('button', { name: 'Show older events' }).click();
    await expect.poll(() => topics(page)).toHaveLength(400);
    await page.getByLabel('Topic or text contains').fill('"n":90001');
    await expect.poll(() => topics(page)).toEqual(['topic-1']);
    gateway.notify(notification('last', '{"n":900010}'));
    await expect.poll(() => topics(page)).toEqual(['last', 'topic-1']);
    expect(complaints).toEqual([]);
  });

  test('keeps an open event in the list', async (context) => {
    const { page, gateway, complaints } = await openConnected(context);
    gateway.notify(notification('read'));
    await page.locator('summary', { hasText: 'read' }).click();
    for (let i = 0; i < 300; i++) gateway.notify(notification('flood'));
    await page.getByText('301 received').waitFor();
    expect(await topics(page)).toEqual([...Array<string>(200).fill('flood'), 'read']);
    expect(await page.locator('details[open] pre').innerText()).toBe('{\n  "read": {}\n}');
    await page.locator('summary', { hasText: 'read' }).click();
    gateway.notify(notification('flood'));
    await expect.poll(() => topics(page)).toHaveLength(200);
    expect(complaints).toEqual([]);
  });
});
