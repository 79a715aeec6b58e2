import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { RUNE } from '@clnrest/testing';
import { FakeNode } from '@clnrest/testing/fake-node';
import { connect, openConnected, openEvents, topics } from '../testing/events-page.ts';
import { notification } from '../testing/notification.ts';

const REFUSED = expect.stringMatching(/status of 401/) as string;

const lines = (page: Page) => page.locator('.event');
const clipboard = (page: Page) => page.evaluate('navigator.clipboard.readText()');

describe('on /events', { timeout: 60_000 }, () => {
  test('an event is shown and copied with all digits', async (context) => {
    const { page, gateway, complaints } = await openConnected(context);
    await page.getByText('No events yet.').waitFor();
    const paid = '{"invoice_payment":{"msat":18446744073709551615,"label":"one coffee"}}';
    gateway.notify(notification('invoice_payment', paid));
    const line = lines(page).filter({ hasText: 'invoice_payment' });
    await line.getByText(/msat 18446744073709551615\s+label one coffee/).waitFor();
    const time = line.locator('time');
    expect(await time.getAttribute('title')).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/);
    await line.locator('summary').click();
    expect(await line.locator('pre').innerText()).toBe(
      '{\n  "invoice_payment": {\n    "msat": 18446744073709551615,\n    "label": "one coffee"\n  }\n}',
    );
    await line.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('status').getByText('Copied.').waitFor();
    expect(await clipboard(page)).toBe(paid);
    gateway.notify(notification('a', '{"a":1.10}'));
    await page.getByText('2 received').waitFor();
    await page.getByRole('button', { name: 'Copy all' }).click();
    await page.getByRole('status').getByText('2 copied.').waitFor();
    expect(await clipboard(page)).toBe(`[${paid},\n{"a":1.10}]\n`);
    expect(complaints).toEqual([]);
  });

  test('the text is selected if the clipboard is not available', async (context) => {
    const { page, gateway } = await openEvents(context);
    // Browsers have no clipboard on pages of other hosts over plain http.
    await page.addInitScript("Object.defineProperty(navigator, 'clipboard', { value: undefined })");
    await page.reload();
    await connect(page);
    await page.getByText(/^Connected since/).waitFor();
    gateway.notify(notification('a', '{"a":[1]}'));
    await lines(page).locator('summary').click();
    await page.getByRole('button', { name: 'Copy', exact: true }).click();
    await page
      .getByRole('status')
      .getByText('Text selected: copy it with your keyboard.')
      .waitFor();
    const selected = String(await page.evaluate('String(getSelection())'));
    expect(JSON.parse(selected)).toEqual({ a: [1] });
  });

  test('the page works behind a proxy with a path prefix', async (context) => {
    const { gateway, page } = await openEvents(context);
    gateway.node.on('help', (call) => call.result('{"help":[{"command":"getinfo "}]}'));
    const proxy = createServer((request, response) => {
      const { method, headers, url = '' } = request;
      const path = url.replace(/^\/node/, '');
      const asked = httpRequest(`${gateway.url}${path}`, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      response.on('close', () => asked.destroy());
      asked.on('error', () => response.destroy());
      request.pipe(asked);
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    onTestFinished(() => {
      proxy.closeAllConnections();
      proxy.close();
    });
    const { port } = proxy.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/node/events`);
    await connect(page);
    await page.getByText(/^Connected since/).waitFor();
    await page.getByRole('link', { name: 'API' }).click();
    // The groups are closed: the list beside them opens an operation.
    await page.getByRole('link', { name: 'getinfo' }).first().click();
    await page.locator('.opblock.is-open').waitFor();
    expect(page.url().replace(/#.*/, '')).toBe(`http://127.0.0.1:${port}/node/`);
  });

  test('events can be filtered by topic and text', async (context) => {
    const { page, gateway, complaints } = await openConnected(context);
    for (const topic of ['connect', 'foo', 'connect']) gateway.notify(notification(topic));
    gateway.notify(notification('bar', '{"bar":{"label":"Coffee"}}'));
    await page.getByText('4 received').waitFor();
    expect(await topics(page)).toEqual(['bar', 'connect', 'foo', 'connect']);
    const choice = page.getByRole('group', { name: 'Filter by topic' });
    await choice.getByRole('button', { name: 'connect 2' }).click();
    await expect.poll(() => topics(page)).toEqual(['connect', 'connect']);
    await choice.getByRole('button', { name: 'foo 1' }).click();
    await expect.poll(() => topics(page)).toEqual(['connect', 'foo', 'connect']);
    for (const name of ['connect 2', 'foo 1']) await choice.getByRole('button', { name }).click();
    const words = page.getByLabel('Topic or text contains');
    await words.fill('coffee');
    await expect.poll(() => topics(page)).toEqual(['bar']);
    await words.fill('nowhere');
    await page.getByText('No events match this filter.').waitFor();
    await words.fill('FOO');
    gateway.notify(notification('foo.bar'));
    await expect.poll(() => topics(page)).toEqual(['foo.bar', 'foo']);
    expect(complaints).toEqual([]);
  });

  test('a pause stops only the list, and clearing empties it', async (context) => {
    const { page, gateway, complaints } = await openConnected(context);
    gateway.notify(notification('before'));
    await lines(page).first().waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    for (const topic of ['while', 'paused']) gateway.notify(notification(topic));
    await page.getByText('3 received, 2 waiting').waitFor();
    expect(await topics(page)).toEqual(['before']);
    await page.getByRole('button', { name: 'Resume' }).click();
    await expect.poll(() => topics(page)).toEqual(['paused', 'while', 'before']);
    await page.getByText('3 received', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await expect.poll(() => topics(page)).toEqual([]);
    await page.getByText('No events yet.').waitFor();
    gateway.notify(notification('after'));
    await expect.poll(() => topics(page)).toEqual(['after']);
    await page.getByRole('button', { name: 'Disconnect' }).click();
    await page.getByText('Disconnected', { exact: true }).waitFor();
    expect(await topics(page)).toEqual(['after']);
    expect(complaints).toEqual([]);
  });

  test('a refusal shows the node’s message, and another rune can be entered', async (context) => {
    const message = 'Not permitted: method is not equal to <b>invoice</b>';
    const node = await FakeNode.start({ checkrune: (call) => call.error(1502, message) });
    const { page, complaints } = await openEvents(context, { node });
    await connect(page);
    await page.getByText(`Refused: ${message}`, { exact: true }).waitFor();
    const field = page.getByLabel('Rune', { exact: true });
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await page.evaluate('document.activeElement.id')).toBe('rune');
    expect(complaints).toEqual([REFUSED]);
    node.on('checkrune', (call) => call.result('{"valid":true}'));
    await connect(page);
    await page.getByText(/^Connected since/).waitFor();
    expect(await field.getAttribute('aria-invalid')).toBe(null);
  });

  test('a malformed rune is not sent', async (context) => {
    const { page, gateway, complaints } = await openEvents(context);
    await connect(page, 'not, a rune');
    await page.getByText(/^Refused: Invalid `rune`/).waitFor();
    expect(gateway.node.calls).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('revoking the rune disconnects the page, which shows the reason', async (context) => {
    const { page, gateway } = await openConnected(context, { settings: { runeRecheck: 1 } });
    const message = 'Not authorized: Blacklisted rune';
    gateway.node.on('checkrune', (call) => call.error(1503, message));
    await page.getByText(`Refused: ${message}`, { exact: true }).waitFor();
    await page.getByRole('status').getByText(`Refused. ${message}`).waitFor();
    await page.getByRole('button', { name: 'Connect', exact: true }).waitFor();
  });
});

describe('the rune', { timeout: 60_000 }, () => {
  const stored = (page: Page) =>
    page.evaluate('JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie])');
  const NOTHING = '[{},{},""]';

  test('is forgotten with the page', async (context) => {
    const { page } = await openConnected(context);
    expect(await stored(page)).toBe(NOTHING);
    expect(await page.content()).not.toContain(RUNE);
    await page.reload();
    expect(await page.getByLabel('Rune', { exact: true }).inputValue()).toBe('');
    await page.getByText('Not connected', { exact: true }).waitFor();
  });

  test('is remembered by the tab on request, until it is refused', async (context) => {
    const { page, gateway } = await openEvents(context);
    await page.getByLabel(/Remember the rune/).check();
    await connect(page);
    await page.getByText(/^Connected since/).waitFor();
    await page.reload();
    await page.getByText(/^Connected since/).waitFor();
    gateway.node.on('checkrune', (call) => call.error(1503, 'Not authorized: Blacklisted rune'));
    await page.reload();
    await page.getByText('Refused: Not authorized: Blacklisted rune').waitFor();
    expect(await stored(page)).toBe(NOTHING);
  });

  test('is forgotten when the request is withdrawn', async (context) => {
    const { page } = await openEvents(context);
    await page.getByLabel(/Remember the rune/).check();
    await connect(page);
    await page.getByText(/^Connected since/).waitFor();
    expect(await stored(page)).toContain(RUNE);
    await page.getByRole('button', { name: 'Disconnect' }).click();
    await page.getByLabel(/Remember the rune/).uncheck();
    expect(await stored(page)).toBe(NOTHING);
  });

  test('is read from the fragment of the address, which is then removed', async (context) => {
    const { page, gateway, complaints } = await openEvents(context);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto('about:blank');
    await page.goto(`${gateway.url}/events#rune=${encodeURIComponent(RUNE)}`);
    await page.getByText(/^Connected since/).waitFor();
    await page.waitForURL(`${gateway.url}/events`);
    expect(asked.filter((url) => url.includes(RUNE.slice(0, 9)) && !url.includes('#'))).toEqual([]);
    expect(gateway.node.paramsOf('checkrune')).toEqual([
      `{"rune":"${RUNE}","method":"getinfo","params":{}}`,
    ]);
    expect(await stored(page)).toBe(NOTHING);
    // Also if the page is already open.
    const other = RUNE.replace('A', 'B');
    await page.evaluate(`location.hash = '#rune=${other}'`);
    await expect.poll(() => gateway.node.paramsOf('checkrune').at(-1)).toContain(other);
    await page.waitForURL(`${gateway.url}/events`);
    expect(complaints).toEqual([]);
  });
});
