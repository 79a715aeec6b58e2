import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Restriction, Rune } from '@clnrest/runes';
import { RUNE } from '@clnrest/testing';
import { openTab } from '@clnrest/testing/browser';
import { FakeNode } from '@clnrest/testing/fake-node';
import type { Settings } from '../options/settings.ts';
import { readRegistration } from '../paths/read-registration.ts';
import { testGateway, type TestGateway } from '../testing/gateway.ts';

/** The stricter policy in the reference of options. */
const STRICT =
  "default-src 'self'; font-src 'self'; img-src 'self'; frame-src 'self'; style-src 'self'; script-src 'self';";

/** Starts a gateway on a node with these commands; `getinfo` and `invoice` return results. */
async function helpful(
  settings: Partial<Settings> = {},
  commands: readonly string[] = ['getinfo ', 'invoice amount_msat label description [expiry]'],
): Promise<TestGateway> {
  const node = await FakeNode.start({
    help: (call) => call.result(JSON.stringify({ help: commands.map((command) => ({ command })) })),
    getinfo: (call) => call.result('{"id":"02aabb"}'),
    invoice: (call) => call.result('{"bolt11":"lnbcrt1aabb"}'),
  });
  return testGateway({ settings, node });
}

/** Enters a rune, which the page then sends with each call. */
async function authorize(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Authorize' }).first().click();
  const dialog = page.locator('.dialog-ux');
  await dialog.getByRole('textbox').fill(RUNE);
  await dialog.getByRole('button', { name: 'Apply credentials' }).click();
  await dialog.getByRole('button', { name: 'Close' }).first().click();
}

/** Opens an operation with its link in the list. */
async function unfold(page: Page, tag: string, id: string): Promise<Locator> {
  const fragment = `#/${encodeURIComponent(tag)}/${encodeURIComponent(id)}`;
  await page.locator(`.command-list a[href=${JSON.stringify(fragment)}]`).click();
  // The page escapes ids as in selectors.
  const escaped = `operations-${tag}-${id.replaceAll(/[^\w-]/g, String.raw`\$&`)}`;
  const operation = page.locator(`[id=${JSON.stringify(escaped)}].is-open`);
  await operation.waitFor();
  return operation;
}

/** Executes a command on the page. Returns the shown response. */
async function execute(operation: Locator, expected: string): Promise<string> {
  await operation.getByRole('button', { name: 'Execute' }).click();
  const answer = operation.locator('.live-responses-table').first();
  await answer.getByText(expected).first().waitFor();
  return answer.innerText();
}

/** Filters commands, and opens the endless one, which cannot be executed. */
async function filterCommands(page: Page): Promise<void> {
  const filter = page.getByLabel('Filter commands');
  const names = () => page.locator('.command-list a:visible').allInnerTexts();
  await filter.fill('creates INVOI');
  expect(await names()).toEqual(['invoice']);
  await page.getByText('1 command matches.').waitFor();
  await filter.fill('nothing like this');
  await page.getByText('No command matches.').waitFor();
  await filter.fill('');
  expect(await names()).toHaveLength(6);
  const endless = await unfold(page, 'server', 'get:notifications');
  await endless.getByText('Streams server-sent events until the client disconnects').waitFor();
  expect(await endless.getByRole('button', { name: 'Execute' }).count()).toBe(0);
}

/** Reads what the page says about the parameters of a command, and the code samples of the request. */
async function readInvoice(invoice: Locator): Promise<void> {
  const row = invoice.locator('.body-parameters tbody tr');
  await row.nth(3).waitFor();
  const rows = await row.allInnerTexts();
  expect(rows).toHaveLength(4);
  expect(rows[0]).toMatch(/^amount_msat[\s\S]*integer or string\s+A number of millisatoshi/);
  expect(await invoice.innerText()).not.toMatch(/No parameters|additionalProp/);
  const samples = invoice.locator('.code-samples');
  await samples.locator('summary').click();
  // This node's command has fewer parameters than the types of the client.
  await samples.getByText('client.call<unknown>("invoice", {').waitFor();
  expect(await samples.locator('pre').allInnerTexts()).toEqual([
    expect.stringContaining('--header "Rune: $RUNE"') as string,
    expect.stringContaining('"label": "shop-17"') as string,
    expect.stringContaining('requests.post(') as string,
  ]);
  await invoice.locator('textarea').first().fill('{"label": 12345678901234567890}');
  await samples.getByText('"label": 12345678901234567890n').waitFor();
}

/** Reads the TypeScript sample of a command that is as the types of the client describe it. */
async function readGetinfo(getinfo: Locator): Promise<void> {
  const samples = getinfo.locator('.code-samples');
  await samples.locator('summary').click();
  await samples.getByText('client.call("getinfo")').waitFor();
}

/** Changes the format of a body, which resets the body, and sends an example as YAML. */
async function resetBodies(invoice: Locator): Promise<void> {
  const body = invoice.locator('.opblock-section-request-body');
  const format = body.locator('.content-type');
  const text = body.locator('textarea').first();
  await format.selectOption('application/x-www-form-urlencoded');
  await body.locator('[data-property-name="label"] input').first().fill('of the form');
  await format.focus();
  await format.selectOption('application/json');
  await expect.poll(() => text.inputValue()).toContain('"label": "shop-17"');
  await text.fill('{"amount_msat": 1, "label": "mine", "description": ""}');
  await format.selectOption('application/yaml');
  await expect.poll(() => text.inputValue()).toContain('label: shop-17');
  await execute(invoice, 'lnbcrt1aabb');
}

/** Sends an example as JSON, another one by position, and a form. */
async function sendExamples(invoice: Locator): Promise<void> {
  const body = invoice.locator('.opblock-section-request-body');
  await body.locator('.content-type').selectOption('application/json');
  await expect
    .poll(() => body.locator('textarea').first().inputValue())
    .toContain('"label": "shop-17"');
  await execute(invoice, 'lnbcrt1aabb');
  await body.locator('.examples-select-element').selectOption({ label: 'By position' });
  await execute(invoice, 'lnbcrt1aabb');
  await body.locator('.content-type').selectOption('application/x-www-form-urlencoded');
  for (const [name, value] of Object.entries({
    amount_msat: '7',
    label: 'a b',
    description: '☃',
  })) {
    await body.locator(`[data-property-name="${name}"] input`).first().fill(value);
  }
  await execute(invoice, 'lnbcrt1aabb');
}

describe('in a browser', { timeout: 120_000 }, () => {
  test.for([
    { protocol: 'https', swaggerRoot: '' },
    { protocol: 'http', swaggerRoot: '/my/doc', contentSecurityPolicy: STRICT },
  ] as const)('Swagger UI calls a command with a rune (%j)', async (settings, context) => {
    const gateway = await helpful(settings);
    const { page, complaints } = await openTab(context, gateway.url);
    await page.goto(`${gateway.url}${settings.swaggerRoot}`);
    await authorize(page);
    const answer = await execute(await unfold(page, 'node', 'getinfo'), '02aabb');
    expect(answer).toMatch(/^201\s/m);
    expect(gateway.node.paramsOf('checkrune')).toEqual([
      `{"rune":"${RUNE}","method":"getinfo","params":{}}`,
    ]);
    expect(complaints).toEqual([]);
  });

  // One page, because Swagger UI takes seconds to start.
  test('Swagger UI filters, resets bodies, sends examples and calls another node', async (context) => {
    const other = await helpful();
    const policy = `${STRICT} connect-src 'self' ${other.url}`;
    const { url, node } = await helpful({ contentSecurityPolicy: policy });
    const { page, complaints } = await openTab(context, url);
    await page.goto(url);
    await filterCommands(page);
    await authorize(page);
    const invoice = await unfold(page, 'invoices', 'invoice');
    await readInvoice(invoice);
    await resetBodies(invoice);
    expect(node.paramsOf('invoice')).toEqual([
      '{"amount_msat":10000,"label":"shop-17","description":"A cup of tea"}',
    ]);
    await sendExamples(invoice);
    await expect.poll(() => node.paramsOf('invoice').length).toBe(4);
    expect(node.paramsOf('invoice').slice(1)).toEqual([
      '{"amount_msat":10000,"label":"shop-17","description":"A cup of tea"}',
      '["10sat","shop-18","Another cup of tea"]',
      '{"amount_msat":"7","label":"a b","description":"☃"}',
    ]);
    expect(complaints).toEqual([]);

    // Another node, which the policy allows.
    const getinfo = await unfold(page, 'node', 'getinfo');
    await readGetinfo(getinfo);
    const servers = page.locator('.servers select').first();
    await servers.selectOption('{protocol}://{ip}:{port}');
    const variables = page.locator('.server-variables, .servers').last();
    const field = (name: string) => variables.locator('tr', { hasText: name });
    await field('protocol').locator('select').selectOption('http');
    await field('port').locator('input').fill(String(other.port));
    await execute(getinfo, '02aabb');
    expect(other.node.paramsOf('getinfo')).toEqual(['{}']);
    expect(node.paramsOf('getinfo')).toEqual([]);

    // An invalid address of another node.
    const calls = [node.calls.length, other.node.calls.length];
    await field('ip').locator('input').fill('::1');
    await getinfo.getByRole('button', { name: 'Execute' }).click();
    await getinfo.getByText('No request was sent. Check the address of the server.').waitFor();
    expect([node.calls.length, other.node.calls.length]).toEqual(calls);
    const colourOf = (place: string) =>
      page.evaluate(`getComputedStyle(document.querySelector('${place}')).color`);
    expect(await colourOf('.unsent')).not.toBe(await colourOf('#main'));
    await servers.selectOption({ index: 0 });
    await execute(getinfo, '02aabb');
    expect(node.paramsOf('getinfo')).toEqual(['{}']);
  });

  test('Swagger UI shows descriptions of plugins as text, and opens the link of a registered path', async (context) => {
    const evil = [
      'one ![x](https://example.org/x.png) <img src="https://example.org/y.png" onerror="alert(1)">',
      'two ` <script>alert(2)</script> ``` [x](javascript:alert(3)) ',
      'three __proto__ [constructor] [toString]',
      'constructor x',
    ];
    const commands = ['invoice amount_msat label description [expiry]', ...evil];
    const gateway = await helpful({ swaggerRoot: '/doc' }, commands);
    const registration = '["shop/{label}/tea", "invoice", "PUT"]';
    gateway.paths.register(readRegistration(registration, 4_096));
    const { page, complaints } = await openTab(context, gateway.url);
    await page.goto(`${gateway.url}/doc`);
    for (const [index, id] of ['one', 'two', 'three', 'constructor'].entries()) {
      const operation = await unfold(page, 'plugins', id);
      const line = evil[index]?.trim() ?? '';
      await operation.locator('.opblock-description').getByText(line, { exact: true }).waitFor();
      await operation.getByRole('button', { name: 'Execute' }).waitFor();
      const formats = operation.locator('.response .content-type');
      for (const format of await formats.locator('option').allInnerTexts()) {
        await formats.selectOption(format);
        expect(await operation.innerText()).not.toContain('additionalProp');
      }
    }
    expect(await page.locator('#swagger-ui :is(img, script)').count()).toBe(0);

    await unfold(page, 'paths', 'put:shop~1{label}~1tea');
    const link = await page.evaluate('location.href');
    await page.goto('about:blank');
    await page.goto(String(link));
    const operation = page.locator('.opblock.is-open');
    await expect
      .poll(() => operation.locator('textarea').first().inputValue())
      .toBe('{\n  "amount_msat": "<amount_msat>",\n  "description": "<description>"\n}');
    await operation.locator('tr', { hasText: 'label' }).locator('input').fill('a/b');
    await operation.locator('textarea').first().fill('{"amount_msat": 7, "description": ""}');
    await authorize(page);
    await execute(operation, 'lnbcrt1aabb');
    expect(gateway.node.paramsOf('invoice')).toEqual([
      '{"label":"a/b","amount_msat":7,"description":""}',
    ]);
    expect(complaints).toEqual([]);
  });

  test('Authorize accepts only runes, and shows what they allow', async (context) => {
    const gateway = await helpful({ contentSecurityPolicy: STRICT });
    const { page, complaints } = await openTab(context, gateway.url);
    await page.goto(gateway.url);
    await page.getByRole('button', { name: 'Authorize' }).first().click();
    const dialog = page.locator('.dialog-ux');
    const field = dialog.getByRole('textbox');
    const apply = dialog.getByRole('button', { name: 'Apply credentials' });
    await field.fill('not a rune');
    expect(await dialog.locator('.rune-explained .problem').innerText()).not.toBe('');
    await apply.click();
    expect(await apply.count()).toBe(1);
    const restricted = Rune.fromBase64(RUNE).restrict(
      Restriction.of('method^list', 'method=getinfo'),
    );
    await field.fill(`{"rune":"${restricted.toBase64()}","unique_id":"0"}`);
    await dialog.getByText('the command starts with').waitFor();
    await apply.click();
    await dialog.getByRole('button', { name: 'Remove authorization' }).waitFor();
    await dialog.getByText('the command starts with').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).first().click();
    await execute(await unfold(page, 'node', 'getinfo'), '02aabb');
    expect(gateway.node.paramsOf('checkrune')).toEqual([
      `{"rune":"${restricted.toBase64()}","method":"getinfo","params":{}}`,
    ]);
    expect(complaints).toEqual([]);
  });

  test('the commands of the API page are there without scripts and if the node is away', async (context) => {
    const gateway = await helpful();
    const { page } = await openTab(context, gateway.url, { javaScriptEnabled: false });
    await page.goto(gateway.url);
    const item = page.getByRole('navigation', { name: 'Commands' }).getByRole('listitem');
    expect(await item.filter({ hasText: 'Creates an invoice' }).count()).toBe(1);
    expect(await item.getByRole('link', { name: 'invoice' }).getAttribute('href')).toBe(
      '#/invoices/invoice',
    );
    await gateway.node.stop();
    await expect
      .poll(async () => {
        await page.goto(gateway.url);
        return page.getByText('The node does not list its commands').count();
      })
      .toBe(1);
  });

  test('the list of methods works under a strict policy, and links to operations', async (context) => {
    const gateway = await helpful({ contentSecurityPolicy: STRICT, swaggerRoot: '/doc' });
    const { page, complaints } = await openTab(context, gateway.url);
    await page.goto(`${gateway.url}/doc`);
    await page.getByRole('link', { name: 'Commands', exact: true }).click();
    const item = page.getByRole('listitem');
    expect(await item.allInnerTexts()).toContain(
      'invoice amount_msat label description [expiry]\nCreates an invoice',
    );
    await page.getByLabel('Filter commands').fill('invoice creates');
    expect(await page.locator('.command-list li:visible').count()).toBe(1);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${gateway.url}/doc/#/invoices/invoice`);
    await page.locator('.opblock.is-open', { hasText: '/v1/invoice' }).waitFor();
    expect(complaints).toEqual([]);
  });

  test('a page of another origin can call the server if the origin is allowed', async (context) => {
    const other = createServer((_request, response) => response.end('<p>elsewhere</p>'));
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const origin = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const allowing = await helpful({ origins: [origin] });
    const refusing = await helpful({ origins: [`${origin}0`] });
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
