import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readOrigins } from '../options/origins.ts';
import type { Settings } from '../options/settings.ts';
import { openTab } from '../testing/browser.ts';
import { FakeNode } from '../testing/fake-node.ts';
import { testGateway, type TestGateway } from '../testing/gateway.ts';
import { RUNE } from '../testing/rune.ts';

/** The guide's own example of a stricter policy. */
const STRICT =
  "default-src 'self'; font-src 'self'; img-src 'self'; frame-src 'self'; style-src 'self'; script-src 'self';";

async function helpful(settings: Partial<Settings>): Promise<TestGateway> {
  const node = await FakeNode.start({
    help: (call) => call.result('{"help":[{"command":"getinfo "}]}'),
    getinfo: (call) => call.result('{"id":"02aabb"}'),
  });
  return testGateway({ settings, node });
}

/** Does what a person does who tries a command out. Gives what the page shows of the answer. */
async function tryGetinfo(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Authorize' }).first().click();
  const dialog = page.locator('.dialog-ux');
  await dialog.getByRole('textbox').fill(RUNE);
  await dialog.getByRole('button', { name: 'Apply credentials' }).click();
  await dialog.getByRole('button', { name: 'Close' }).first().click();
  const operation = page.locator('#operations-node-callMethod');
  await operation.locator('.opblock-summary').click();
  await operation.getByRole('button', { name: 'Execute' }).click();
  const answer = operation.locator('.live-responses-table').first();
  await answer.getByText('02aabb').waitFor();
  return answer.innerText();
}

describe('in a browser', { timeout: 60_000 }, () => {
  test.for([
    { protocol: 'https', swaggerRoot: '' },
    { protocol: 'http', swaggerRoot: '/doc' },
  ] as const)('Swagger UI calls a command with a rune (%j)', async (settings, context) => {
    const gateway = await helpful(settings);
    const { page, complaints } = await openTab(context, gateway.url);
    await page.goto(`${gateway.url}${settings.swaggerRoot}`);
    expect(await tryGetinfo(page)).toMatch(/^201\s/m);
    expect(gateway.node.paramsOf('checkrune')).toEqual([
      `{"rune":"${RUNE}","method":"getinfo","params":{}}`,
    ]);
    expect(complaints).toEqual([]);
  });

  test('Swagger UI works under a strict policy, without some icons', async (context) => {
    const gateway = await helpful({ contentSecurityPolicy: STRICT });
    const { page, complaints } = await openTab(context, gateway.url);
    await page.goto(gateway.url);
    expect(await tryGetinfo(page)).toMatch(/^201\s/m);
    for (const complaint of complaints) expect(complaint).toMatch(/image 'data:/);
  });

  test('the list of methods has nothing to complain of under a strict policy', async (context) => {
    const gateway = await helpful({ contentSecurityPolicy: STRICT });
    const { page, complaints } = await openTab(context, gateway.url);
    await page.goto(`${gateway.url}/v1/list-methods`);
    expect(await page.getByRole('listitem').allInnerTexts()).toEqual(['getinfo']);
    expect(
      await page.evaluate('getComputedStyle(document.querySelector("ul")).listStyleType'),
    ).toBe('none');
    expect(complaints).toEqual([]);
  });

  test('a page of another origin calls with its rune, if it is allowed', async (context) => {
    const other = createServer((_request, response) => response.end('<p>elsewhere</p>'));
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const origin = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const allowing = await helpful({ origins: readOrigins([origin]) });
    const refusing = await helpful({ origins: readOrigins([`${origin}0`]) });
    const { page } = await openTab(context, allowing.url);
    await page.goto(origin);
    const ask = (url: string) => `fetch('${url}/v1/getinfo', {
      method: 'POST',
      headers: { Rune: '${RUNE}', 'content-type': 'application/json' },
      body: '{}',
    }).then((response) => response.text(), String)`;
    expect(await page.evaluate(ask(allowing.url))).toBe('{"id":"02aabb"}');
    expect(await page.evaluate(ask(refusing.url))).toBe('TypeError: Failed to fetch');
    expect(refusing.node.calls).toEqual([]);
  });
});
