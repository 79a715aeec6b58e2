import type { Page } from 'playwright-core';
import { READONLY, Rune } from '@clnrest/runes';
import { describe, expect, test } from 'vitest';
import { accessProblems, APPEARANCES, overhang } from '@clnrest/testing/browser';
import { restrictedRune } from '@clnrest/testing/runes-page';
import { openRunes, UNRESTRICTED } from '../../testing/open-runes.ts';

/** Returns the page's accessibility problems and its overflow. */
async function faults(page: Page): Promise<readonly string[]> {
  const beyond = await overhang(page);
  return [...(await accessProblems(page)), ...(beyond > 0 ? [`${beyond} px beyond the edge`] : [])];
}

describe('/runes is accessible', { timeout: 120_000 }, () => {
  test.for(APPEARANCES)('$name', async ({ colorScheme, viewport }, context) => {
    const { page, input } = await openRunes(context, {}, { colorScheme, viewport });
    const found: Record<string, readonly string[]> = {};
    const look = async (when: string): Promise<void> => {
      found[when] = await faults(page);
    };
    await look('initial');
    await input.fill('no rune');
    await look('with an invalid rune');
    await input.fill(UNRESTRICTED);
    await look('with an unrestricted rune');
    await page.getByRole('button', { name: 'Read only' }).click();
    await page.getByRole('button', { name: 'Once a minute' }).click();
    await page.getByRole('button', { name: 'Add alternative' }).click();
    await page.getByLabel('Field').last().selectOption('pname');
    await page.getByRole('button', { name: 'Add restriction' }).click();
    await look('with an incomplete form');
    await page.getByLabel('Command', { exact: true }).first().fill('pay');
    await page.getByLabel('Parameter', { exact: true }).last().fill('x'.repeat(300));
    await page.getByLabel('Command', { exact: true }).last().fill('pay');
    await page.getByLabel('Parameters (JSON').fill('[1');
    await page.getByLabel('Node address').fill('no where');
    await look('with invalid parameters of a call');
    await page.getByLabel('Parameters (JSON').fill('');
    await page.getByLabel('Node address').fill('');
    await page.getByLabel('Last used').fill('10');
    for (const summary of await page.locator('summary').all()) await summary.click();
    await page.getByRole('img').waitFor();
    await look('all sections open');
    await input.fill(
      Buffer.concat([Buffer.alloc(32), Buffer.from(`=0&method=${'x'.repeat(20_000)}`)]).toString(
        'base64url',
      ),
    );
    await look('with a long rune');
    expect(found).toEqual(Object.fromEntries(Object.keys(found).map((when) => [when, []])));
  });

  test('with only a keyboard', async (context) => {
    const { page } = await openRunes(context);
    const press = async (...keys: readonly string[]): Promise<void> => {
      for (const key of keys) await page.keyboard.press(key);
    };
    /** Presses Tab until the element with this name has the focus. */
    const goTo = async (name: string): Promise<void> => {
      for (let i = 0; i < 60; i++) {
        await press('Tab');
        const named: unknown = await page.evaluate(`(() => {
          const at = document.activeElement;
          return at.getAttribute('aria-label') ?? at.labels?.[0]?.firstElementChild?.textContent ?? at.textContent;
        })()`);
        if (String(named).startsWith(name)) return;
      }
      throw new Error(`the keyboard does not reach ${name}`);
    };
    await goTo('Rune or pairing link');
    await page.keyboard.type(UNRESTRICTED);
    await goTo('Read only');
    await press('Enter');
    await goTo('Field');
    await press('End');
    await goTo('Text');
    await page.keyboard.type('by keyboard');
    await press('Enter');
    await goTo('Write restrictions as text');
    await press('Enter');
    await goTo('Restrictions');
    await page.keyboard.type('pnum<3');
    await goTo('Add from text');
    await press('Enter');
    // The focus stays in the field, for further text.
    expect(await page.evaluate('document.activeElement.id')).toBe('text-input');
    await goTo('Command');
    await page.keyboard.type('listpeers');
    await page.getByText('All restrictions hold.').waitFor();
    await goTo('Copy');
    await press('Enter');
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const rune = Rune.fromBase64(await restrictedRune(page));
    expect(rune.restrictions.map((each) => each.encode())).toEqual([
      ...READONLY.map((each) => each.encode()),
      'comment#by keyboard',
      'pnum<3',
    ]);
    for (let i = 0; i < 40; i++) {
      await press('Shift+Tab');
      if (await page.evaluate("document.activeElement.matches('[data-added]')")) break;
    }
    await press('Enter');
    expect(Rune.fromBase64(await restrictedRune(page)).restrictions).toHaveLength(3);
  });
});
