import { RpcError } from '@clnrest/lightningd';
import { parsePairingLink, Rune } from '@clnrest/runes';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, test, type TestContext } from 'vitest';
import { openTab } from '@clnrest/testing/browser';
import { card, readText } from '@clnrest/testing/runes-page';
import { useNode } from '../support/use-node.ts';

const node = useNode();

const ALL = ['method=showrunes', 'method=createrune', 'method=blacklistrune'];

interface ShownRune {
  readonly unique_id: string;
  readonly rune: string;
  readonly blacklisted?: boolean;
}

async function showRune(id: string): Promise<ShownRune | undefined> {
  const { runes } = await node().rpc.call<{ runes: ShownRune[] }>('showrunes');
  return runes.find(({ unique_id }) => unique_id === id);
}

const idOf = (rune: string): string => Rune.fromBase64(rune).uniqueId ?? '';

/** Opens the tab for management. */
async function openManagement(context: TestContext) {
  const tab = await openTab(context, node().url);
  await tab.page.goto(`${node().url}/runes`);
  await tab.page.getByRole('tab', { name: 'Runes of this node' }).click();
  return tab;
}

async function enter(page: Page, rune: string): Promise<void> {
  await page.getByLabel('Rune that allows managing runes').fill(rune);
  await page.getByRole('button', { name: 'Show the runes' }).click();
}

/** Opens the tab and connects with a rune, by default one that allows everything on the page. */
async function connect(context: TestContext, rune?: string) {
  const admin = rune ?? (await node().rune(['name#Admin'], ALL));
  const tab = await openManagement(context);
  await enter(tab.page, admin);
  await card(tab.page, 'Create a rune').waitFor();
  return { ...tab, admin };
}

const rowOf = (page: Page, id: string): Locator => page.locator(`[data-rune="${id}"]`);

/** Fills the form for a new rune. */
async function choose(page: Page, preset: string, name: string): Promise<void> {
  const form = page.locator('#creating-fold');
  if ((await form.getAttribute('open')) === null)
    await page.getByText('New rune from a preset').click();
  await page.getByLabel('Preset').selectOption({ label: preset });
  await page.getByLabel('Name (a comment').fill(name);
}

/** Hands out the first created rune. Returns the rune and the link in the dialog. */
async function handOutCreated(page: Page): Promise<{ rune: string; link: string; title: string }> {
  await page.locator('#created').getByRole('button', { name: 'Hand out' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('img', { name: 'The pairing link as a QR code' }).waitFor();
  const handed = {
    title: await readText(dialog.getByRole('heading').first()),
    rune: await readText(dialog.getByRole('group', { name: 'Only the rune' })),
    link: await readText(dialog.getByRole('group', { name: 'Link for a wallet' })),
  };
  await dialog.getByRole('button', { name: 'Close' }).click();
  return handed;
}

/** Returns `allowed`, or the node's message. */
async function checked(
  rune: string,
  method: string,
  params: Record<string, unknown> = {},
): Promise<string> {
  try {
    await node().rpc.call('checkrune', { rune, method, params });
    return 'allowed';
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return error.message;
  }
}

const invoice = async (amount: string): Promise<string> => {
  const label = crypto.randomUUID();
  const made = await node().rpc.call<{ bolt11: string }>('invoice', [amount, label, 'd']);
  return made.bolt11;
};

describe('/runes manages the runes of a node', { timeout: 60_000 }, () => {
  test('lists them with name, meaning, last use, expiry and state', async (context) => {
    const in40Days = Math.floor(Date.now() / 1000) + 40 * 86_400;
    const shop = await node().rune(
      ['name#Shop & <b>till</b>'],
      ['method=invoice', 'method=listinvoices'],
      [`time<${in40Days}`],
      ['rate=60'],
    );
    const old = await node().rune(['name#Old'], ['method=getinfo'], ['time<1700000000']);
    const gone = await node().rune(['dumb example#'], ['method=getinfo']);
    const used = await node().rune(['method=getinfo']);
    await checked(used, 'getinfo');
    await node().rpc.call('blacklistrune', { start: Number(idOf(gone)) });
    const { page, admin, complaints } = await connect(context);
    expect(await readText(rowOf(page, idOf(shop)))).toMatch(
      /^Shop & <b>till<\/b> rune \d+ active invoice, listinvoices; at most once every second Last used never Expires in 1 month /,
    );
    expect(await readText(rowOf(page, idOf(old)))).toMatch(
      /^Old rune \d+ expired getinfo .* Expired \d+ years? ago/,
    );
    expect(await readText(rowOf(page, idOf(gone)))).toMatch(
      /^dumb example rune \d+ revoked getinfo/,
    );
    expect(await readText(rowOf(page, idOf(used)))).toMatch(
      /^No name rune \d+ active getinfo Last used less than a minute ago Expires never/,
    );
    expect(await readText(rowOf(page, idOf(admin)))).toContain('used by this page');
    // Search, state and order.
    await page.getByLabel('Search by name').fill('shop TILL');
    expect(await page.locator('.rune-row').count()).toBe(1);
    await page.getByLabel('Search by name').fill(idOf(old));
    expect(await page.locator('.rune-row h3').allInnerTexts()).toEqual(['Old']);
    await page.getByLabel('Search by name').fill('no such rune');
    await page.getByText(/^No rune of \d+ matches\.$/).waitFor();
    await page.getByLabel('Search by name').fill('');
    await page.getByRole('combobox', { name: 'Show' }).selectOption('revoked');
    expect(await page.locator('.rune-row h3').allInnerTexts()).toEqual(['dumb example']);
    await page.getByRole('combobox', { name: 'Show' }).selectOption('all');
    await page.getByLabel('Order').selectOption('expiry');
    expect(await page.locator('.rune-row h3').first().innerText()).toBe('Old');
    expect(complaints).toEqual([]);
  });

  test('creates a rune that receives, and hands it out by link and QR code', async (context) => {
    const { page, complaints } = await connect(context);
    const name = String.raw`Till "1" | A & B \ é☃`;
    await choose(page, 'Receive only', name);
    await page.getByLabel('Rate').selectOption('60');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    const { rune, link, title } = await handOutCreated(page);
    expect(title).toBe(`Hand out rune ${idOf(rune)} “${name}”`);
    expect(parsePairingLink(link)).toEqual({ url: node().url, rune, ca: undefined });
    const encoded = Rune.fromBase64(rune).restrictions.map((each) => each.alternatives.map(String));
    expect(encoded.slice(-2)).toEqual([['rate=60'], [`name#${name}`]]);
    expect(await checked(rune, 'invoice')).toBe('allowed');
    expect(await checked(rune, 'pay')).toMatch(
      /^Not permitted: method is not equal to invoice AND/,
    );
    // The list has the rune without another request, and the dialog has left nothing in the page.
    expect(await rowOf(page, idOf(rune)).getByRole('heading').innerText()).toBe(name);
    expect(await page.content()).not.toContain(rune);
    // After the rune is revoked, the page offers neither link nor code.
    const handOut = page.getByRole('button', { name: `Hand out rune ${idOf(rune)} ` });
    expect(await handOut.count()).toBe(2);
    await page.getByRole('button', { name: `Revoke rune ${idOf(rune)} ` }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await rowOf(page, idOf(rune)).getByText('revoked').waitFor();
    expect(await handOut.count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('creates a rune that spends up to a limit', async (context) => {
    const { page } = await connect(context);
    await choose(page, 'Spend up to a limit per payment', '');
    await page.getByLabel('Maximum amount').fill('1.5');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    const reason = 'Enter a whole number of satoshi, without a fraction.';
    await page.locator('#create-limit-problem', { hasText: reason }).waitFor();
    const preview = page.locator('#create-preview');
    await preview.getByText(`Maximum amount of a payment: ${reason}`).waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('create-limit');
    await page.getByRole('combobox', { name: 'Expires' }).selectOption('date');
    await page.getByLabel('Date and time').fill('2001-01-01T00:00');
    await preview.getByText('Date and time: This time has passed. Enter a later one.').waitFor();
    await page.getByRole('combobox', { name: 'Expires' }).selectOption('365');
    await page.getByLabel('Maximum amount').fill('1 000');
    const warning = preview.getByText('can repeat payments without end. Choose a rate.');
    await warning.waitFor();
    await page.getByLabel('Rate').selectOption('1');
    expect(await warning.count()).toBe(0);
    await page.getByLabel('Rate').selectOption('none');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    const { rune } = await handOutCreated(page);
    const [small, large, any] = await Promise.all(['1000000', '1000001', 'any'].map(invoice));
    expect(await checked(rune, 'pay', { bolt11: small })).toBe('allowed');
    expect(await checked(rune, 'xpay', { invstring: small })).toBe('allowed');
    expect(await checked(rune, 'pay', { bolt11: large })).toMatch(/is greater or equal to 1000001/);
    expect(await checked(rune, 'pay', { bolt11: any })).toMatch(/^Not permitted: .*not present/);
    expect(await checked(rune, 'pay', { bolt11: small, maxfee: 5_000_000 })).toMatch(
      /pnum is not equal to 1/,
    );
    expect(await checked(rune, 'keysend')).toMatch(/^Not permitted: method/);
  });

  test('creates the runes of a program', async (context) => {
    const { page } = await connect(context);
    await choose(page, 'LNbits', 'Bank');
    await page.getByRole('button', { name: 'Create 3 runes' }).click();
    await page.getByRole('heading', { name: 'Created 3 runes' }).waitFor();
    const titles = await page.locator('#created li').allInnerTexts();
    expect(titles.map((text) => /“(.*)”/.exec(text)?.[1])).toEqual([
      'Bank, CLNREST_READONLY_RUNE',
      'Bank, CLNREST_INVOICE_RUNE',
      'Bank, CLNREST_PAY_RUNE',
    ]);
    const [id = ''] = /\d+/.exec(titles[2] ?? '') ?? [];
    const { rune = '' } = (await showRune(id)) ?? {};
    // The fault of lightningd v26.06 with several restrictions on parameters does not depend on the page.
    const bill = { label: 'LNbits 1', description: null };
    expect(await checked(rune, 'pay', { ...bill, bolt11: await invoice('10000000') })).toBe(
      'allowed',
    );
    expect(await checked(rune, 'pay', { ...bill, bolt11: await invoice('10000001') })).toMatch(
      /^Not permitted/,
    );
  });

  test('revokes a rune after a confirmation, restores it, and shows that in other tabs', async (context) => {
    const { page, admin } = await connect(context);
    const rune = await node().rune(['name#Lost phone'], ['method=getinfo']);
    await page.getByRole('button', { name: 'Load again' }).click();
    const row = rowOf(page, idOf(rune));
    await row.waitFor();
    const other = await page.context().newPage();
    await other.goto(`${node().url}/runes#manage`);
    await enter(other, admin);
    await rowOf(other, idOf(rune)).getByText('active').waitFor();

    const revoke = row.getByRole('button', { name: `Revoke rune ${idOf(rune)} “Lost phone”` });
    await revoke.press('Enter');
    const dialog = page.getByRole('dialog', { name: `Revoke rune ${idOf(rune)} “Lost phone”?` });
    // Escape, and Enter on the focused button, change nothing.
    await page.keyboard.press('Escape');
    await revoke.press('Enter');
    await dialog.waitFor();
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    expect(await checked(rune, 'getinfo')).toBe('allowed');

    await revoke.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await row.getByText('revoked').waitFor();
    expect(await checked(rune, 'getinfo')).toBe('Not authorized: Blacklisted rune');
    await rowOf(other, idOf(rune)).getByText('revoked').waitFor();
    expect(await row.getByRole('button', { name: /^Hand out/ }).count()).toBe(0);
    // The focus is on the button that undoes it.
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Restore …');
    await page.keyboard.press('Enter');
    await page.getByText('The node still refuses expired runes.').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click();
    await row.getByText('active').waitFor();
    await row.getByRole('button', { name: /^Hand out/ }).waitFor();
    expect(await checked(rune, 'getinfo')).toBe('allowed');
    await rowOf(other, idOf(rune)).getByText('active').waitFor();
  });

  test('revokes and restores ranges of ids, but never a range that ends lightningd', async (context) => {
    const { page } = await connect(context);
    const sent: string[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/blacklistrune')) sent.push(request.postData() ?? '');
    });
    await page.getByText('Revoke several ids').click();
    await page.getByLabel('First id').fill('5000');
    await page.getByLabel('Last id').fill('4000');
    await page.getByRole('button', { name: 'Revoke …', exact: true }).click();
    await page.getByText('The last id must not be less than the first.').waitFor();
    expect(sent).toEqual([]);
    await page.getByLabel('Last id').fill('5009');
    await page.getByRole('button', { name: 'Revoke …', exact: true }).click();
    await page.getByText('These are 10 ids: 0 of them in the list.').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('Show the node’s list of revoked ids').click();
    const restore = page.getByRole('button', { name: 'Restore runes 5000 to 5009' });
    await restore.click();
    await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click();
    await restore.waitFor({ state: 'detached' });
    const { blacklist } = await node().rpc.call<{ blacklist: { start: number }[] }>(
      'blacklistrune',
    );
    expect(blacklist.filter(({ start }) => start >= 5000)).toEqual([]);
  });

  test('asks before it creates a dangerous rune', async (context) => {
    const { page } = await connect(context);
    await choose(page, 'Zeus', 'Unlimited');
    await page.getByLabel('Limit each payment').uncheck();
    await page.getByText('Without a limit, anyone who has the rune can spend all funds.').waitFor();
    const create = page.getByRole('button', { name: 'Create', exact: true });
    const dialog = page.getByRole('dialog', { name: 'Create a dangerous rune?' });
    await create.click();
    await dialog.getByText('Danger:').first().waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect(await page.locator('#created').isVisible()).toBe(false);
    await create.click();
    await dialog.getByRole('button', { name: 'Create it anyway' }).click();
    const { rune } = await handOutCreated(page);
    expect(await checked(rune, 'withdraw')).toBe('allowed');
  });

  test('checks each submission once, even if the button is pressed twice', async (context) => {
    const { page } = await connect(context);
    await choose(page, 'Read only', 'Twice');
    await page.getByRole('button', { name: 'Create', exact: true }).dblclick();
    await page.getByRole('heading', { name: 'Created', exact: true }).waitFor();
    const { runes } = await node().rpc.call<{ runes: { restrictions_as_english: string }[] }>(
      'showrunes',
    );
    const twice = runes.filter((each) => each.restrictions_as_english.includes('name Twice'));
    expect(twice).toHaveLength(1);
  });
});

/** Texts that do not connect, and what the page shows. */
const REFUSED: readonly (readonly [name: string, rune: () => Promise<string>, words: RegExp])[] = [
  [
    'a rune that may not list',
    () => node().rune(['method=getinfo']),
    /^Not permitted: method is not equal to getinfo$/,
  ],
  [
    'a rune of another node',
    () => Promise.resolve('KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA=='),
    /^This rune belongs to another node, or is damaged: .*Not authorized: Not derived from master$/,
  ],
  ['a text that is not a rune', () => Promise.resolve('hello world'), /^Not a rune: /],
  ['an empty field', () => Promise.resolve(''), /^Enter a rune\.$/],
];

describe('/runes shows what the node refuses', { timeout: 60_000 }, () => {
  test.for(REFUSED)('%s', async ([, rune, words], context) => {
    const { page } = await openManagement(context);
    await enter(page, await rune());
    await page.locator('#sign-in-problem', { hasText: words }).waitFor();
    expect(await page.locator('#session').isVisible()).toBe(false);
    expect(await page.evaluate('document.activeElement.id')).toBe('operator-rune');
  });

  test('a rune that may create, but neither list nor revoke', async (context) => {
    const { page } = await connect(context, await node().rune(['method=createrune']));
    await page.getByText(/No list: Not permitted: method is not equal to createrune/).waitFor();
    expect(await card(page, 'Runes of this node').isVisible()).toBe(false);
    await page
      .getByText('Your rune does not allow blacklistrune: method is not equal to createrune.')
      .waitFor();
    await choose(page, 'Read only', 'statistics');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    const { rune } = await handOutCreated(page);
    expect(await checked(rune, 'listpeers')).toBe('allowed');
  });

  test('a rune that may only list', async (context) => {
    const { page } = await connect(context, await node().rune(['method=showrunes']));
    await page
      .getByText('Your rune does not allow createrune: method is not equal to showrunes.')
      .waitFor();
    await page.locator('.rune-row').first().waitFor();
    expect(await page.getByRole('button', { name: /^Revoke/ }).count()).toBe(0);
  });

  test('a rune that was revoked since', async (context) => {
    const { page, admin } = await connect(context);
    await page.locator('.rune-row').first().waitFor();
    await node().rpc.call('blacklistrune', { start: Number(idOf(admin)) });
    await page
      .getByRole('button', { name: /^Revoke rune/ })
      .first()
      .click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page
      .locator('#sign-in-problem', { hasText: 'Not authorized: Blacklisted rune' })
      .waitFor();
    expect(await page.locator('.rune-row').count()).toBe(0);
  });

  test('that the operator has revoked the own rune', async (context) => {
    const { page, admin } = await connect(context);
    await page.getByRole('button', { name: `Revoke rune ${idOf(admin)} “Admin”` }).click();
    await page.getByText('this page uses this rune, and disconnects').waitFor();
    await page.getByText('You can restore the rune only with another rune').waitFor();
    expect(await page.getByText('You can restore it later').count()).toBe(0);
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('You have revoked the rune that this page used.').waitFor();
  });

  test('that it cannot be reached, and continues when it can', async (context) => {
    const { page } = await connect(context);
    await page.locator('.rune-row').first().waitFor();
    const rows = await page.locator('.rune-row').count();
    await page.context().setOffline(true);
    await page.getByRole('button', { name: 'Load again' }).click();
    await page.getByText(/No list: .* The list below is the last one\./).waitFor();
    expect(await page.locator('.rune-row').count()).toBe(rows);
    await page
      .getByRole('button', { name: /^Revoke rune/ })
      .first()
      .click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.locator('#list-problem', { hasText: 'could not be revoked' }).waitFor();
    await page.context().setOffline(false);
    await page.getByRole('button', { name: 'Load again' }).click();
    await page.getByText(/The list is from \d\d:\d\d:\d\d\./).waitFor();
  });
});

describe('/runes keeps the operator’s rune secret', { timeout: 60_000 }, () => {
  test('in memory only, and sends it to the node only', async (context) => {
    const { page, admin, complaints } = await connect(context);
    await page.locator('.rune-row').first().waitFor();
    const paths: string[] = [];
    page.on('request', (request) => paths.push(request.url() + (request.postData() ?? '')));
    await page.locator('summary', { hasText: 'Details' }).first().click();
    await page.getByRole('button', { name: 'Load again' }).click();
    await page.getByText(/The list is from/).waitFor();
    const code = admin.slice(0, 40);
    expect(paths.length).toBeGreaterThan(0);
    expect(paths.join()).not.toContain(code);
    expect(page.url()).toBe(`${node().url}/runes#manage`);
    expect(await page.getByLabel('Rune that allows managing runes').inputValue()).toBe('');
    expect(await page.content()).not.toContain(code);
    const { cookies, origins } = await page.context().storageState({ indexedDB: true });
    expect({ cookies, origins }).toEqual({ cookies: [], origins: [] });
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
    await page.getByRole('button', { name: 'Disconnect' }).click();
    expect(await page.locator('.rune-row').count()).toBe(0);
    await page.reload();
    expect(await page.getByLabel('Rune that allows managing runes').inputValue()).toBe('');
    expect(complaints).toEqual([]);
  });

  test('and opens a listed rune beside', async (context) => {
    const rune = await node().rune(['name#To explain'], ['method=getinfo']);
    const { page } = await connect(context);
    const row = rowOf(page, idOf(rune));
    await row.locator('summary').click();
    await row.getByRole('button', { name: 'Explain, restrict and check' }).click();
    expect(await page.getByLabel('Rune or pairing link').inputValue()).toBe(rune);
    expect(await page.evaluate('document.activeElement.id')).toBe('rune-input');
    expect(page.url()).toBe(`${node().url}/runes`);
  });
});
