import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { overhang, PHONE } from '@clnrest/testing/browser';
import { card } from '@clnrest/testing/runes-page';
import { openRunes, type RunesTab } from '../../testing/open-runes.ts';

/** Returns a forged rune with any text: the page cannot check whether a rune is genuine. */
const withText = (text: string | Buffer): string =>
  Buffer.concat([Buffer.alloc(32), Buffer.from(text)]).toString('base64url');
const repeated = (count: number, make: (i: number) => string, between: string): string =>
  Array.from({ length: count }, (_, i) => make(i)).join(between);

/** Invisible characters, except line feeds, which the page's markup contains. */
const INVISIBLE = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

const MARKUP =
  '<img src=x onerror=alert(1)></p><script>alert(2)</script><b class="card" id="verdict">\\\\"\'`${alert(3)}';

/** Uses all parts of the page that show text of the rune, and waits for the result of the check. */
async function useEverything({ page, input }: RunesTab, rune: string): Promise<void> {
  await input.fill(rune);
  await card(page, 'What the rune allows').waitFor();
  await page.getByText('Output of decode').click();
  await page.getByText('Show the link as a QR code').click();
  await page.getByRole('button', { name: 'Once a minute' }).click();
  await page.getByLabel('Command', { exact: true }).last().fill('pay');
  await page.getByLabel('Last used').fill('1');
  await page.getByText('Not permitted:').waitFor();
}

/** Counts elements that only injected markup can have created. */
async function injected(page: Page): Promise<unknown> {
  return page.evaluate(
    "document.querySelectorAll('main :is(img, script, b, iframe, style)').length",
  );
}

describe('/runes is safe with a hostile rune:', { timeout: 60_000 }, () => {
  test.for([
    ['markup', `=0&pnamea=${MARKUP}&<x`.replace('&<x', '')],
    ['markup as id', `=${MARKUP}&method=x`],
    [
      'control characters and bidirectional overrides',
      '=0&pnamea=\u0007\u001b[2J\n\r\u202e\u2066\u200b\u2028\ufeff&method=\u202edetimrep',
    ],
  ] as const)('%s', async ([, text], context) => {
    const tab = await openRunes(context);
    const { page, complaints } = tab;
    page.on('dialog', (dialog) => complaints.push(dialog.message()));
    await useEverything(tab, withText(text));
    expect(await injected(page)).toBe(0);
    const shown = (await page.locator('main').textContent()) ?? '';
    expect(INVISIBLE.exec(shown)).toBeNull();
    expect(complaints).toEqual([]);
  });

  test('bytes that are not UTF-8', async (context) => {
    const tab = await openRunes(context);
    const bytes = Buffer.concat([
      Buffer.from('=0&pnamea='),
      Buffer.from([0xff, 0xed, 0xa0, 0x80, 0xc3]),
    ]);
    await useEverything(tab, withText(bytes));
    const reading = card(tab.page, 'What the rune allows');
    expect(await reading.locator('ol').innerText()).toContain(
      String.raw`pnamea=\xff\xed\xa0\x80\xc3`,
    );
    expect(tab.complaints).toEqual([]);
  });

  test.for([
    ['a command of 64 kB', `=0&method=${'x'.repeat(65_000)}`],
    [
      'a thousand restrictions',
      `=0&${repeated(1_000, (i) => `method=c${i}|pnamea${i}=<b>${i}`, '&')}`,
    ],
    ['three thousand time limits', `=0&${repeated(3_000, () => 'time<1', '&')}`],
    ['six thousand alternatives', `=0&${repeated(6_000, () => 'a=', '|')}`],
    ['an id of 64 kB', `=${'9'.repeat(65_000)}&method=x`],
  ] as const)('%s, on a phone', async ([, text], context) => {
    const tab = await openRunes(context, {}, { viewport: PHONE });
    const { page, complaints } = tab;
    await useEverything(tab, withText(text));
    expect(await overhang(page)).toBe(0);
    // The page shows a part of a long list, and more on request.
    expect(Number(await page.evaluate("document.querySelectorAll('main *').length"))).toBeLessThan(
      5_000,
    );
    const more = page.getByRole('button', { name: /^Show (?:100|20) more of / }).first();
    if ((await more.count()) > 0) {
      const list = more.locator('xpath=preceding-sibling::*[1]');
      const before = await list.evaluate((it) => it.childElementCount);
      await more.click();
      expect(await list.evaluate((it) => it.childElementCount)).toBeGreaterThan(before);
    }
    const all = page.getByRole('button', { name: /^Show all / }).first();
    if ((await all.count()) > 0) await all.click();
    await page.getByRole('button', { name: 'Clear everything' }).click();
    expect(await page.evaluate("document.querySelectorAll('main *').length")).toBeLessThan(400);
    expect(complaints).toEqual([]);
  });

  test('an invalid rune is reported without quoting it', async (context) => {
    const { page, input, complaints } = await openRunes(context);
    await input.fill('<b>'.repeat(200_000));
    await page.getByRole('alert').getByText('too long to be a rune: 600000 characters').waitFor();
    await input.fill('<b>\u202e');
    await page.getByRole('alert').getByText("'<' at character 1").waitFor();
    expect(await injected(page)).toBe(0);
    expect(complaints).toEqual([]);
  });
});
