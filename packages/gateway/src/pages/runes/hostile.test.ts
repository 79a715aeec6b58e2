import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { overhang, PHONE } from '../../testing/browser.ts';
import { card, openRunes, type RunesTab } from '../../testing/runes-page.ts';

/** A rune of whatever text, as anyone can make one: nothing in the page tells that it is not genuine. */
const withText = (text: string | Buffer): string =>
  Buffer.concat([Buffer.alloc(32), Buffer.from(text)]).toString('base64url');
const repeated = (count: number, make: (i: number) => string, between: string): string =>
  Array.from({ length: count }, (_, i) => make(i)).join(between);

/** What none may see, but line feeds: the markup of the page has some. */
const UNSEEN = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

const MARKUP =
  '<img src=x onerror=alert(1)></p><script>alert(2)</script><b class="card" id="verdict">\\\\"\'`${alert(3)}';

/** Does all that shows text of the rune, and waits for the answer, which comes only if the page is alive. */
async function work({ page, input }: RunesTab, rune: string): Promise<void> {
  await input.fill(rune);
  await card(page, 'What the rune allows').waitFor();
  await page.getByText('Output of decode').click();
  await page.getByText('Show the link as a QR code').click();
  await page.getByRole('button', { name: 'Once a minute' }).click();
  await page.getByLabel('Command', { exact: true }).last().fill('pay');
  await page.getByLabel('Last used').fill('1');
  await page.getByText('Not permitted:').waitFor();
}

/** What of the page is no text: elements that only markup could have made. */
async function made(page: Page): Promise<unknown> {
  return page.evaluate(
    "document.querySelectorAll('main :is(img, script, b, iframe, style)').length",
  );
}

describe('a hostile rune does no harm', { timeout: 60_000 }, () => {
  test.for([
    ['markup', `=0&pnamea=${MARKUP}&<x`.replace('&<x', '')],
    ['markup for an id', `=${MARKUP}&method=x`],
    [
      'controls and turned lines',
      '=0&pnamea=\u0007\u001b[2J\n\r\u202e\u2066\u200b\u2028\ufeff&method=\u202edetimrep',
    ],
  ] as const)('%s', async ([, text], context) => {
    const workbench = await openRunes(context);
    const { page, complaints } = workbench;
    page.on('dialog', (dialog) => complaints.push(dialog.message()));
    await work(workbench, withText(text));
    expect(await made(page)).toBe(0);
    const shown = (await page.locator('main').textContent()) ?? '';
    expect(UNSEEN.exec(shown)).toBeNull();
    expect(complaints).toEqual([]);
  });

  test('bytes that are no text', async (context) => {
    const workbench = await openRunes(context);
    const bytes = Buffer.concat([
      Buffer.from('=0&pnamea='),
      Buffer.from([0xff, 0xed, 0xa0, 0x80, 0xc3]),
    ]);
    await work(workbench, withText(bytes));
    const reading = card(workbench.page, 'What the rune allows');
    expect(await reading.locator('ol').innerText()).toContain(
      String.raw`pnamea=\xff\xed\xa0\x80\xc3`,
    );
    expect(workbench.complaints).toEqual([]);
  });

  test.for([
    ['64 kB of a command', `=0&method=${'x'.repeat(65_000)}`],
    [
      'a thousand restrictions',
      `=0&${repeated(1_000, (i) => `method=c${i}|pnamea${i}=<b>${i}`, '&')}`,
    ],
    ['ten thousand times', `=0&${repeated(10_000, () => 'time<1', '&')}`],
    ['twenty thousand alternatives', `=0&${repeated(20_000, () => 'a=', '|')}`],
    ['an endless id', `=${'9'.repeat(65_000)}&method=x`],
  ] as const)('%s, on a phone', async ([, text], context) => {
    const workbench = await openRunes(context, {}, { viewport: PHONE });
    const { page, complaints } = workbench;
    await work(workbench, withText(text));
    expect(await overhang(page)).toBe(0);
    // What is shown at once has an end, and it goes on when asked.
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

  test('what is no rune is told without it, however long', async (context) => {
    const { page, input, complaints } = await openRunes(context);
    await input.fill('<b>'.repeat(200_000));
    await page.getByRole('alert').getByText('too long to be a rune: 600000 characters').waitFor();
    await input.fill('<b>\u202e');
    await page.getByRole('alert').getByText("'<' at character 1").waitFor();
    expect(await made(page)).toBe(0);
    expect(complaints).toEqual([]);
  });
});
