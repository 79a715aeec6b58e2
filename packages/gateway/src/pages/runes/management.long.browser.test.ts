import { Restriction, restrictionsInEnglish, Rune } from '@clnrest/runes';
import type { Page } from 'playwright-core';
import { describe, expect, test, type TestContext } from 'vitest';
import { accessProblems, APPEARANCES, overhang, PHONE } from '@clnrest/testing/browser';
import { openRunes, type RunesTab, STRICT_POLICY } from '../../testing/open-runes.ts';
import { RuneNode } from '../../testing/rune-node.ts';

const MARKUP = '<img src=x onerror=alert(1)><b class="card">&amp;"\'`${alert(2)}';

/** An item of showrunes. */
function itemOf(text: string, more: object = {}): object {
  const { uniqueId, restrictions } = Rune.fromBase64(text);
  return {
    rune: text,
    unique_id: uniqueId,
    restrictions_as_english: restrictionsInEnglish(restrictions),
    ...more,
  };
}

/** Opens the tab for management of a node with these runes, and connects. */
async function openList(
  context: TestContext,
  items: readonly unknown[],
  options: Parameters<typeof openRunes>[2] = {},
): Promise<RunesTab> {
  const tab = await openRunes(context, { contentSecurityPolicy: STRICT_POLICY }, options);
  const { page, gateway, complaints } = tab;
  page.on('dialog', (dialog) => complaints.push(dialog.message()));
  gateway.node.on('showrunes', (call) => call.result(JSON.stringify({ runes: items })));
  gateway.node.on('createrune', (call) => call.result(JSON.stringify(itemOf(MADE))));
  gateway.node.on('blacklistrune', (call) =>
    call.result('{"blacklist":[{"start":3,"end":3},{"start":90,"end":99}]}'),
  );
  await page.getByRole('tab', { name: 'Runes of this node' }).click();
  await page.getByLabel('Rune that allows managing runes').fill(ADMIN);
  await page.getByRole('button', { name: 'Show the runes' }).click();
  await page.locator('.rune-row').first().waitFor();
  return tab;
}

const node = new RuneNode();
const ADMIN = node.create(['name#Admin']);
const MADE = node.create(['name#Made'], ['method=pay']);

/** Returns the page's accessibility problems and its overflow. */
async function faults(page: Page): Promise<readonly string[]> {
  const beyond = await overhang(page);
  return [...(await accessProblems(page)), ...(beyond > 0 ? [`${beyond} px beyond the edge`] : [])];
}

describe('the list of runes is accessible', { timeout: 120_000 }, () => {
  test.for(APPEARANCES)('$name', async ({ colorScheme, viewport }, context) => {
    const items = [
      itemOf(ADMIN),
      itemOf(node.create(['name#Shop'], ['method=invoice'], ['time<1900000000']), {
        last_used: 1_700_000_000.5,
      }),
      itemOf(node.create(['method=pay'], ['time<1']), { blacklisted: true }),
      itemOf(node.create([`name#${'long'.repeat(300)}`], [`pnamelabel=${'x'.repeat(3_000)}`])),
    ];
    const { page, complaints } = await openList(context, items, { colorScheme, viewport });
    const found: Record<string, readonly string[]> = {};
    const look = async (when: string): Promise<void> => {
      found[when] = await faults(page);
    };
    await look('the list');
    for (const summary of await page.locator('#session summary').all()) await summary.click();
    await page.getByLabel('Preset').selectOption({ label: 'Zeus' });
    await page.getByLabel('Maximum amount').fill('x');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByRole('button', { name: 'Revoke …', exact: true }).click();
    await look('all sections open, with errors');
    await page
      .getByRole('button', { name: /^Hand out rune/ })
      .first()
      .click();
    await look('the dialog to hand out');
    await page.getByLabel('Address of the node').fill('no where');
    await look('the dialog with an invalid address');
    await page.getByLabel('Address of the node').fill('0.0.0.0:3010');
    await page.getByText('Programs cannot connect to 0.0.0.0.').waitFor();
    expect(await page.getByRole('group', { name: 'Link for a wallet' }).isVisible()).toBe(false);
    await page.keyboard.press('Escape');
    await page
      .getByRole('button', { name: /^Revoke rune/ })
      .first()
      .click();
    await look('the confirmation');
    await page.keyboard.press('Escape');
    await page.getByLabel('Preset').selectOption({ label: 'Read only' });
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByRole('heading', { name: 'Created' }).waitFor();
    await look('a created rune');
    await page.getByRole('button', { name: 'Disconnect' }).click();
    await look('the form to connect');
    expect(found).toEqual(Object.fromEntries(Object.keys(found).map((when) => [when, []])));
    expect(complaints).toEqual([]);
  });
});

test('the tabs work with the keyboard and by address', async (context) => {
  const { page, gateway } = await openRunes(context);
  const [explain, manage] = ['Explain and restrict', 'Runes of this node'].map((name) =>
    page.getByRole('tab', { name }),
  );
  await explain?.press('ArrowRight');
  expect(await manage?.getAttribute('aria-selected')).toBe('true');
  expect(await page.evaluate('document.activeElement.id')).toBe('manage-tab');
  // Tab leaves the list of tabs, and enters the panel.
  await page.keyboard.press('Tab');
  await page.keyboard.type('not a rune');
  await page.keyboard.press('Enter');
  await page.getByText('Not a rune: white space at character 4.').waitFor();
  await manage?.press('ArrowLeft');
  await page.getByLabel('Rune or pairing link').waitFor();
  expect(page.url()).toBe(`${gateway.url}/runes`);
  await page.goto(`${gateway.url}/runes#manage`);
  await page.getByLabel('Rune that allows managing runes').waitFor();
  // The text that was refused is not in the address, and a new page does not have it.
  await page.goto(`${gateway.url}/runes#rune=${encodeURIComponent(MADE)}`);
  await expect.poll(() => page.getByLabel('Rune or pairing link').inputValue()).toBe(MADE);
  expect(page.url()).toBe(`${gateway.url}/runes`);
});

describe('the list of runes is safe and quick', { timeout: 60_000 }, () => {
  test('with markup, control characters and runes that cannot be read', async (context) => {
    const hostile = [`name#${MARKUP}`, 'name#\u202eevil\u0007\u2028', `method=${MARKUP}`];
    const items = [
      ...hostile.map((text) => itemOf(node.authority.create([Restriction.of(text)]).toBase64())),
      { rune: 'not a rune', unique_id: '77', restrictions_as_english: MARKUP },
      { rune: 5, unique_id: '78' },
      'junk',
      null,
    ];
    const { page, complaints } = await openList(context, items);
    expect(await page.locator('.rune-row').count()).toBe(4);
    for (const summary of await page.locator('.rune-row summary').all()) await summary.click();
    await page.getByText('This page cannot read the rune.').waitFor();
    await page
      .getByRole('button', { name: /^Hand out rune/ })
      .last()
      .click();
    await page.keyboard.press('Escape');
    await page
      .getByRole('button', { name: /^Revoke rune/ })
      .last()
      .click();
    expect(
      await page.evaluate(
        "document.querySelectorAll('main :is(img, script, b, iframe, style)').length",
      ),
    ).toBe(0);
    const shown = (await page.locator('main').textContent()) ?? '';
    expect(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.exec(shown)).toBeNull();
    expect(complaints).toEqual([]);
  });

  test('with five thousand runes and huge comments, on a phone', async (context) => {
    const huge = node.create([`name#${'huge '.repeat(12_000)}`]);
    const base = Rune.fromBase64(node.create(['method=invoice', 'method=listinvoices']));
    const items = Array.from({ length: 5_000 }, (_, i) => {
      const rune = base.restrict(Restriction.of(`name#Till ${i}`)).toBase64();
      return { ...itemOf(rune), unique_id: String(i + 100_000) };
    });
    const { page, complaints } = await openList(context, [...items, itemOf(huge)], {
      viewport: PHONE,
    });
    await page.getByText('5001 runes.').waitFor();
    expect(await page.locator('.rune-row').count()).toBe(50);
    // Searching and sorting do not block the page for long.
    const took = await page.evaluate(`(async () => {
      const start = performance.now();
      const set = (id, value) => {
        const control = document.getElementById(id);
        control.value = value;
        control.dispatchEvent(new Event('input', { bubbles: true }));
      };
      for (const words of ['t', 'ti', 'till', 'till 4', 'till 42', '']) set('list-words', words);
      for (const order of ['name', 'used', 'expiry', 'newest']) set('list-order', order);
      return performance.now() - start;
    })()`);
    expect(took).toBeLessThan(5_000);
    await page.getByLabel('Search by name').fill('till 4242');
    await page.getByText('1 of 5001 runes.').waitFor();
    await page.getByLabel('Search by name').fill('huge');
    const row = page.locator('.rune-row');
    await row.locator('summary').click();
    await row.getByText('Show all').waitFor();
    expect(await overhang(page)).toBe(0);
    await page.getByLabel('Search by name').fill('');
    await page.getByRole('button', { name: 'Show 50 more of 5001' }).click();
    expect(await page.locator('.rune-row').count()).toBe(100);
    // The keyboard continues at the first new row.
    expect(await page.evaluate("document.activeElement.closest('li').dataset.rune")).toBe(
      await page.locator('.rune-row').nth(50).getAttribute('data-rune'),
    );
    expect(complaints).toEqual([]);
  });

  test('while the node stops responding in the middle of a list', async (context) => {
    const { page, gateway } = await openList(context, [itemOf(ADMIN)]);
    gateway.node.on('showrunes', (call) => {
      call.begin(`{"runes":[${JSON.stringify(itemOf(MADE))},`);
      call.socket.destroy();
    });
    await page.getByRole('button', { name: 'Load again' }).click();
    await page.getByText(/^Connected .*No list: /).waitFor();
    expect(await page.locator('.rune-row').count()).toBe(1);
    await page.getByText('Admin', { exact: true }).waitFor();
  });

  test('with the errors of a node that may have created a rune', async (context) => {
    const { page, gateway } = await openList(context, [itemOf(ADMIN)]);
    await page.getByText('New rune from a preset').click();
    gateway.node.on('createrune', (call) => call.error(-1, 'database <i>is</i> full\u202e'));
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByText(String.raw`database <i>is</i> full\u202e`, { exact: true }).waitFor();
    gateway.node.on('createrune', (call) => call.socket.destroy());
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByText(/The node may have run the command: load the list again\.$/).waitFor();
    gateway.node.on('createrune', (call) => call.result('{"rune":5}'));
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByText('The node returned no rune that this page can read.').waitFor();
  });
});
