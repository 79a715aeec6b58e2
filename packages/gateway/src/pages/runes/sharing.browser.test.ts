import { READONLY, Restriction, Rune } from '@clnrest/runes';
import type { Page } from 'playwright-core';
import decodeQR from 'qr/decode.js';
import { describe, expect, test } from 'vitest';
import { card, readText, restrictedRune } from '@clnrest/testing/runes-page';
import { openRunes, UNRESTRICTED } from '../../testing/open-runes.ts';

/** Presses a copy button. Returns the content of the clipboard. */
async function copied(page: Page, what: string): Promise<unknown> {
  const part = page.getByRole('heading', { name: what }).locator('..');
  await part.getByRole('button').click();
  await part.getByRole('button', { name: 'Copied' }).waitFor();
  return page.evaluate('navigator.clipboard.readText()');
}

/** Decodes the QR code on the page from a screenshot. */
async function scanned(page: Page): Promise<string> {
  const image = page.getByRole('img', { name: 'The pairing link as a QR code' });
  await image.scrollIntoViewIfNeeded();
  const png = await image.screenshot();
  const pixels: unknown = await page.evaluate(`(async () => {
    const bytes = Uint8Array.from(atob('${png.toString('base64')}'), (c) => c.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext('2d');
    context.drawImage(bitmap, 0, 0);
    // As text, because an array of numbers takes seconds on its way.
    const { data } = context.getImageData(0, 0, width, height);
    const base64 = btoa(Array.from(data, (byte) => String.fromCharCode(byte)).join(''));
    return { width, height, base64 };
  })()`);
  const { width, height, base64 } = pixels as { width: number; height: number; base64: string };
  return decodeQR({ width, height, data: Uint8Array.from(Buffer.from(base64, 'base64')) });
}

describe('a rune can be shared', { timeout: 60_000 }, () => {
  test('as text, with the added restrictions', async (context) => {
    const { page, complaints, input } = await openRunes(context);
    await input.fill(UNRESTRICTED);
    await page.getByRole('button', { name: 'Read only' }).click();
    const rune = Rune.fromBase64(UNRESTRICTED).restrictAll(READONLY).toBase64();
    expect(await copied(page, 'Rune with all restrictions')).toBe(rune);
    expect(complaints).toEqual([]);
  });

  test('as a curl command for the checked call', async (context) => {
    const { page, input } = await openRunes(context);
    await input.fill(UNRESTRICTED);
    await page.getByLabel('Command', { exact: true }).last().fill('pay');
    await page.getByLabel('Parameters (JSON').fill(`{"label": "it's"}`);
    await page.getByLabel('Node address').fill('https://node.local:3010');
    expect(await copied(page, 'Call with curl')).toBe(
      [
        'curl --cacert ca.pem',
        '--request POST',
        '--url https://node.local:3010/v1/pay',
        `--header 'Rune: ${UNRESTRICTED}'`,
        "--header 'Content-Type: application/json'",
        `--data '{"label":"it'\\''s"}'`,
      ].join(' \\\n     '),
    );
    expect(await readText(page.locator('#out-curl-hint'))).toContain('ca.pem is in');
    await page.getByLabel('Node address').fill('http://127.0.0.1:3010');
    expect(await copied(page, 'Call with curl')).not.toContain('--cacert');
    expect(await page.locator('#out-curl-hint').isVisible()).toBe(false);
  });

  test.for(['light', 'dark'] as const)(
    'as a pairing link to be scanned, %s',
    async (colorScheme, context) => {
      const { page, input, gateway } = await openRunes(context, {}, { colorScheme });
      await input.fill(UNRESTRICTED);
      const link = `clnrest+${gateway.url}?rune=${UNRESTRICTED}`;
      expect(await copied(page, 'Pairing link for a wallet')).toBe(link);
      await page.getByText('Show the link as a QR code').click();
      expect(await scanned(page)).toBe(link);
    },
  );

  test('for another address or for this one', async (context) => {
    const { page, input, gateway } = await openRunes(context);
    await input.fill(UNRESTRICTED);
    const address = page.getByLabel('Node address');
    expect(await address.inputValue()).toBe(gateway.url);
    await address.fill('no where');
    expect(await address.getAttribute('aria-invalid')).toBe('true');
    expect(await page.getByRole('heading', { name: 'Pairing link' }).isVisible()).toBe(false);
    await address.fill('https://node.local/behind');
    await page
      .getByText('Cannot create a pairing link: a pairing link must have a host and a port')
      .waitFor();
    await address.fill('');
    await address.blur();
    expect(await address.inputValue()).toBe(gateway.url);
  });

  test('as selected text if the clipboard is not available', async (context) => {
    const { page, input } = await openRunes(context, {}, { permissions: [] });
    await page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })");
    await input.fill(UNRESTRICTED);
    await page.getByRole('button', { name: 'Copy' }).first().click();
    await page.getByRole('button', { name: 'Selected' }).waitFor();
    expect(await page.evaluate('getSelection().toString().trim()')).toBe(UNRESTRICTED);
  });

  test('with /events, in the fragment of the address', async (context) => {
    const { page, input, gateway } = await openRunes(context);
    await input.fill(UNRESTRICTED);
    await page.getByRole('button', { name: 'Once a minute' }).click();
    const rune = await restrictedRune(page);
    const link = page.getByRole('link', { name: 'Watch events with this rune' });
    expect(await link.getAttribute('href')).toBe(`events#rune=${encodeURIComponent(rune)}`);
    expect(gateway.node.calls.map(({ method }) => method)).toEqual(['help']);
    await link.click();
    await page.getByText('Connected since').waitFor();
    // The page of events subscribes with the rune.
    expect(gateway.node.paramsOf('checkrune').join()).toContain(rune);
    await page.waitForURL(`${gateway.url}/events`);
  });

  test('but not with /events if the rune is for another node', async (context) => {
    const { page, input } = await openRunes(context);
    await input.fill(`clnrest+https://node.local:3010?rune=${UNRESTRICTED}`);
    await card(page, 'Share the rune').waitFor();
    expect(await page.locator('#out-events').isVisible()).toBe(false);
    expect(await page.locator('#out-events').getAttribute('href')).toBeNull();
  });

  test('and is read from the fragment of the address, which is then removed', async (context) => {
    const { page, input, gateway } = await openRunes(context);
    const narrow = Rune.fromBase64(UNRESTRICTED).restrict(Restriction.of('method=pay')).toBase64();
    for (const rune of [UNRESTRICTED, narrow]) {
      await page.goto(`${gateway.url}/runes#rune=${encodeURIComponent(rune)}`);
      await expect.poll(() => input.inputValue()).toBe(rune);
      await page.waitForURL(`${gateway.url}/runes`);
    }
    expect(await card(page, 'What the rune allows').getByRole('listitem').count()).toBe(1);
  });
});
