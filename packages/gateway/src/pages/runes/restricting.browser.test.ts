import { READONLY, Restriction, Rune } from '@clnrest/runes';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { card, readText, restrictedRune } from '@clnrest/testing/runes-page';
import { openRunes, UNRESTRICTED } from '../../testing/open-runes.ts';

const RUNE = Rune.fromBase64(UNRESTRICTED);
const restricted = (...restrictions: readonly Restriction[]): string =>
  RUNE.restrictAll(restrictions).toBase64();

/** Finds a line of the form, which has one line for each alternative. */
const line = (page: Page, index: number) =>
  page.locator('form#draft').getByRole('listitem').nth(index);
const hasFocus = (field: Locator) => field.evaluate((it) => it.matches(':focus'));
const options = async (page: Page, id: string): Promise<readonly string[]> =>
  page
    .locator(`datalist#${id} option`)
    .evaluateAll((all) => all.map((one) => one.getAttribute('value') ?? ''));

describe('restricting a rune', { timeout: 60_000 }, () => {
  test('a form adds restrictions with alternatives', async (context) => {
    const { page, complaints, input } = await openRunes(context);
    await input.fill(UNRESTRICTED);
    await line(page, 0).getByLabel('Command', { exact: true }).fill('getinfo');
    await page.getByRole('button', { name: 'Add alternative' }).click();
    expect(await hasFocus(line(page, 1).getByLabel('Field'))).toBe(true);
    await line(page, 1).getByLabel('Operator').selectOption('^');
    await line(page, 1).getByLabel('Command', { exact: true }).fill('list');
    expect(await readText(page.locator('#draft-preview'))).toBe(
      "the command is 'getinfo', or the command starts with 'list' method=getinfo|method^list",
    );
    await page.getByRole('button', { name: 'Add restriction' }).click();
    expect(await line(page, 1).count()).toBe(0);
    await line(page, 0).getByLabel('Field').selectOption('rate');
    await line(page, 0).getByLabel('Number', { exact: true }).fill('60');
    await page.keyboard.press('Enter');
    expect(await restrictedRune(page)).toBe(
      restricted(Restriction.of('method=getinfo', 'method^list'), Restriction.of('rate=60')),
    );
    expect(await page.getByText('A rune with 2 restrictions, 2 of them added.').count()).toBe(1);
    expect(complaints).toEqual([]);
  });

  test('the form suggests the commands of the node and their parameters', async (context) => {
    const { page, input, gateway } = await openRunes(context);
    await input.fill(UNRESTRICTED);
    await expect.poll(() => options(page, 'commands')).toEqual(['getinfo', 'listpeers', 'pay']);
    expect(await line(page, 0).getByLabel('Command', { exact: true }).getAttribute('list')).toBe(
      'commands',
    );
    await line(page, 0).getByLabel('Field').selectOption('pname');
    expect(await options(page, 'parameters')).toEqual([]);
    await page.getByLabel('Suggest parameters of this command').fill('pay');
    expect(await options(page, 'parameters')).toEqual(['bolt11', 'amount_msat', 'label']);
    expect(await readText(page.locator('#about-usage'))).toBe('pay bolt11 [amount_msat] [label]');
    await line(page, 0).getByLabel('Parameter', { exact: true }).fill('amount_msat');
    await line(page, 0).getByLabel('Operator').selectOption('<');
    await line(page, 0).getByLabel('Value').fill('5000');
    await page.getByRole('button', { name: 'Add restriction' }).click();
    await line(page, 0).getByLabel('Field').selectOption('parr');
    expect(await options(page, 'positions')).toEqual(['0', '1', '2']);
    await line(page, 0).getByLabel('Position (from 0)').fill('1');
    await line(page, 0).getByLabel('Operator').selectOption('!');
    expect(await line(page, 0).getByLabel('Value').isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Add restriction' }).click();
    expect(await restrictedRune(page)).toBe(
      restricted(Restriction.of('pnameamountmsat<5000'), Restriction.of('parr1!')),
    );
    // The page made one request, which needs no rune.
    expect(gateway.node.calls.map(({ method }) => method)).toEqual(['help']);
  });

  test('the form works without the list of commands', async (context) => {
    const { page, input, complaints } = await openRunes(context);
    await expect.poll(() => options(page, 'commands')).toHaveLength(3);
    await page.route('**/v1/list-methods', (route) => route.abort());
    await page.reload();
    await input.fill(UNRESTRICTED);
    await page.getByText('The node’s commands are not available').waitFor();
    await line(page, 0).getByLabel('Command', { exact: true }).fill('pay');
    await page.getByRole('button', { name: 'Add restriction' }).click();
    expect(await restrictedRune(page)).toBe(restricted(Restriction.of('method=pay')));
    for (const complaint of complaints) expect(complaint).toContain('ERR_FAILED');
  });

  test('a date picker sets a time in the local time zone', async (context) => {
    const { page, input } = await openRunes(context, {}, { timezoneId: 'Asia/Tokyo' });
    await input.fill(UNRESTRICTED);
    await line(page, 0).getByLabel('Field').selectOption('time');
    const picker = line(page, 0).getByLabel('Date and time');
    expect(await picker.getAttribute('type')).toBe('datetime-local');
    await picker.fill('2040-01-31T12:00');
    const seconds = Date.UTC(2040, 0, 31, 3) / 1000;
    expect(await readText(page.locator('#draft-preview'))).toBe(
      `until 2040-01-31 03:00:00 UTC time<${seconds}`,
    );
    await page.getByRole('button', { name: 'Add restriction' }).click();
    expect(await restrictedRune(page)).toBe(restricted(Restriction.of(`time<${seconds}`)));
  });

  test('the form supports invoices, node ids, intervals and comments', async (context) => {
    const { page, input } = await openRunes(context);
    await input.fill(UNRESTRICTED);
    const node = `02${'ab'.repeat(32)}`;
    const add = async (kind: string, fields: Readonly<Record<string, string>>, unit?: string) => {
      await line(page, 0).getByLabel('Field').selectOption(kind);
      for (const [name, value] of Object.entries(fields)) {
        await line(page, 0).getByLabel(name, { exact: true }).fill(value);
      }
      if (unit !== undefined) await line(page, 0).getByLabel('Unit').selectOption(unit);
      await page.getByRole('button', { name: 'Add restriction' }).click();
    };
    await add('pinv_amount', { Parameter: 'bolt11', Millisatoshi: '10000' });
    await add('pinv_node', { Parameter: 'bolt11', 'Node id': node });
    await add('id', { 'Node id': node });
    await add('pnum', { Number: '2' });
    await add('per', { Number: '5' }, 'hour');
    await add('comment', { Text: 'for the shop' });
    expect(await restrictedRune(page)).toBe(
      restricted(
        ...[
          'pinvbolt11_amount<10000',
          `pinvbolt11_node=${node}`,
          `id=${node}`,
          'pnum=2',
          'per=5hour',
          'comment#for the shop',
        ].map((text) => Restriction.of(text)),
      ),
    );
  });

  test('buttons and text add restrictions', async (context) => {
    const { page, input } = await openRunes(context);
    await input.fill(UNRESTRICTED);
    await page.getByRole('button', { name: 'Read only' }).click();
    await page.getByRole('button', { name: 'Once a minute' }).click();
    await page.getByText('Write restrictions as text').click();
    const text = page.getByLabel('Restrictions', { exact: true });
    await text.fill('method/stop\npnum<3|pnamelabel=a\\|b');
    await page.getByRole('button', { name: 'Add from text' }).click();
    expect(await text.inputValue()).toBe('');
    expect(await restrictedRune(page)).toBe(
      restricted(
        ...READONLY,
        Restriction.of('per=1min'),
        Restriction.of('method/stop'),
        Restriction.of('pnum<3', 'pnamelabel=a|b'),
      ),
    );
    await text.fill('method');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('an operator is missing').waitFor();
    expect(await text.getAttribute('aria-invalid')).toBe('true');
    expect(await hasFocus(text)).toBe(true);
  });

  test('only added restrictions can be removed', async (context) => {
    const { page, input } = await openRunes(context);
    await input.fill(restricted(Restriction.of('method=pay')));
    await page.getByRole('button', { name: 'Once a minute' }).click();
    await page.getByRole('button', { name: 'Read only' }).click();
    const list = card(page, 'What the rune allows').getByRole('listitem');
    expect(await list.count()).toBe(4);
    expect(await list.first().getByRole('button').count()).toBe(0);
    await page.getByRole('button', { name: 'Remove: at most once every minute' }).click();
    expect(await restrictedRune(page)).toBe(restricted(Restriction.of('method=pay'), ...READONLY));
    // The focus moves to the next button.
    const focused = await page.evaluate('document.activeElement.getAttribute("aria-label")');
    expect(focused).toContain("Remove: the command starts with 'list'");
    await page.getByRole('button', { name: 'Remove all added restrictions' }).click();
    expect(await restrictedRune(page)).toBe(restricted(Restriction.of('method=pay')));
    expect(await page.evaluate('document.activeElement.id')).toBe('explaining-title');
  });

  test('errors are shown at the invalid field', async (context) => {
    const { page, input } = await openRunes(context);
    await input.fill(UNRESTRICTED);
    await page.getByRole('button', { name: 'Add restriction' }).click();
    const command = line(page, 0).getByLabel('Command', { exact: true });
    await line(page, 0).getByText('Enter a command.').waitFor();
    expect(await command.getAttribute('aria-invalid')).toBe('true');
    expect(await hasFocus(command)).toBe(true);
    await page.keyboard.type('pay');
    expect(await command.getAttribute('aria-invalid')).toBeNull();
  });

  test('warnings of lint are shown before a restriction is added', async (context) => {
    const { page, input } = await openRunes(context);
    await input.fill(restricted(Restriction.of('method=pay')));
    await line(page, 0).getByLabel('Command', { exact: true }).fill('xpay');
    expect(await readText(page.locator('#draft-preview'))).toContain('Mistake: no call passes');
  });

  test('nothing can be added after an empty restriction', async (context) => {
    const { page, input } = await openRunes(context);
    const empty = Buffer.concat([Buffer.alloc(32), Buffer.from('=0&method=pay&')]);
    await input.fill(empty.toString('base64url'));
    await page.getByText('This rune ends with an empty restriction.').waitFor();
    expect(await page.getByRole('button', { name: 'Add restriction' }).isVisible()).toBe(false);
  });
});
