import { Restriction, Rune } from '@clnrest/runes';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { card, readText } from '@clnrest/testing/runes-page';
import { openRunes, UNRESTRICTED } from '../../testing/open-runes.ts';

const rune = (...restrictions: readonly (readonly string[])[]): string =>
  Rune.fromBase64(UNRESTRICTED)
    .restrictAll(restrictions.map((all) => Restriction.of(...all)))
    .toBase64();
const asking = (page: Page) => card(page, 'Check a call');
const verdict = (page: Page) => readText(asking(page).getByRole('status'));

/** The generator of secp256k1, which is a valid node id. */
const OTHER_PEER = '0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798';

describe('the check of a call', { timeout: 60_000 }, () => {
  test('shows the result of each restriction', async (context) => {
    const { page, complaints, input } = await openRunes(context);
    await input.fill(rune(['method=pay', 'method^list'], ['pnamelevel/io'], ['pnum<2']));
    expect(await verdict(page)).toContain('Enter a command');
    await page.getByLabel('Command').last().fill('listpeers');
    expect(await verdict(page)).toBe('Refused. Not permitted: parameter level not present');
    await page.getByLabel('Parameters (JSON').fill('{"level": "debug"}');
    expect(await verdict(page)).toBe('Allowed. All restrictions hold.');
    await page.getByLabel('Parameters (JSON').fill('["debug"]');
    const items = await asking(page).locator('ol > li').allInnerTexts();
    expect(items.map((text) => text.split(/\s*\n+/))).toEqual([
      [
        'passes',
        "the command is 'pay', or the command starts with 'list'",
        'fails',
        'method is not equal to pay',
        'passes',
        'method^list',
      ],
      ['fails', "the parameter named 'level' is given and is not 'io'", 'pnamelevel not present'],
      ['passes', 'the number of parameters is a number less than 2'],
    ]);
    expect(await readText(asking(page))).toContain(
      'Only the node can check whether the rune is genuine and not blacklisted.',
    );
    expect(complaints).toEqual([]);
  });

  test('uses a time, a last use and a requesting peer', async (context) => {
    const { page, input } = await openRunes(context, {}, { timezoneId: 'UTC' });
    const node = `02${'ab'.repeat(32)}`;
    await input.fill(rune(['time<1893456000'], ['per=1min'], ['id!', `id=${node}`]));
    await page.getByLabel('Command').last().fill('pay');
    expect(await verdict(page)).toBe('Allowed. All restrictions hold.');
    await page.getByLabel('Time (default').fill('2030-01-01T00:00:00');
    expect(await verdict(page)).toBe(
      'Refused. Not permitted: time is greater or equal to 1893456000',
    );
    await page.getByLabel('Time (default').fill('2029-12-31T23:59:59');
    await page.getByLabel('Last used (seconds ago)').fill('59');
    expect(await verdict(page)).toBe('Refused. Not permitted: too soon');
    await page.getByLabel('Last used (seconds ago)').fill('60');
    expect(await verdict(page)).toBe('Allowed. All restrictions hold.');
    await page.getByLabel('Requesting peer (').fill(OTHER_PEER);
    expect(await verdict(page)).toBe(
      `Refused. Not permitted: id is present AND id is not equal to ${node}`,
    );
    await page.getByLabel('Requesting peer (').fill(node);
    expect(await verdict(page)).toBe('Allowed. All restrictions hold.');
  });

  test('asks for the last use only if a restriction needs it', async (context) => {
    const { page, input } = await openRunes(context);
    await input.fill(rune(['method=pay']));
    expect(await page.getByLabel('Last used').isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Once a minute' }).click();
    expect(await page.getByLabel('Last used').isVisible()).toBe(true);
  });

  test('inserts the names of a command’s parameters', async (context) => {
    const { page, input } = await openRunes(context);
    await input.fill(UNRESTRICTED);
    await page.getByLabel('Command').last().fill('pay');
    await asking(page).getByText('pay bolt11 [amount_msat] [label]').waitFor();
    await page.getByRole('button', { name: 'Insert parameter names' }).click();
    expect(await page.getByLabel('Parameters (JSON').inputValue()).toBe('{"bolt11": ""}');
  });

  test('shows errors at the invalid field', async (context) => {
    const { page, input } = await openRunes(context);
    await input.fill(UNRESTRICTED);
    await page.getByLabel('Command').last().fill('pay');
    for (const [label, value, words] of [
      ['Parameters (JSON', '{"a":', 'Invalid parameters'],
      ['Requesting peer (', '02ab', 'A node id has 66 hex digits'],
    ] as const) {
      const field = page.getByLabel(label);
      await field.fill(value);
      expect(await field.getAttribute('aria-invalid')).toBe('true');
      const described = (await field.getAttribute('aria-describedby')) ?? '';
      const texts = await page
        .locator(
          described
            .split(' ')
            .map((id) => `#${id}`)
            .join(),
        )
        .allInnerTexts();
      expect(texts.join(' ')).toContain(words);
      expect(await asking(page).locator('ol > li').count()).toBe(0);
      await field.fill('');
    }
    expect(await verdict(page)).toBe('Allowed. The rune has no restrictions.');
  });
});
