import { Restriction, Rune } from '@clnrest/runes';
import { describe, expect, test } from 'vitest';
import { card, readText } from '@clnrest/testing/runes-page';
import { openRunes, UNRESTRICTED } from '../../testing/open-runes.ts';

const RUNE = Rune.fromBase64(UNRESTRICTED);

describe('a pasted rune', { timeout: 60_000 }, () => {
  test('is described in words', async (context) => {
    const { page, complaints, input } = await openRunes(context);
    const rune = RUNE.restrict(Restriction.of('method^list', 'method=summary')).restrict(
      Restriction.of('per=1min'),
    );
    await input.fill(rune.toBase64());
    const reading = card(page, 'What the rune allows');
    expect(await readText(reading)).toContain('Rune 0 allows a command if all of these hold:');
    const items = await reading.getByRole('listitem').allInnerTexts();
    expect(items.map((text) => text.split(/\s*\n+/))).toEqual([
      ["the command starts with 'list', or the command is 'summary'", 'method^list|method=summary'],
      ['at most once every minute, in total for all runes with id 0', 'per=1min'],
    ]);
    expect(await page.getByText('A rune with 2 restrictions.').count()).toBe(1);
    await reading.getByText('Output of decode').click();
    const decoded = reading.getByRole('group', { name: 'Output of decode' });
    await expect.poll(() => decoded.textContent()).toContain('"unique_id": "0"');
    expect(await decoded.textContent()).toContain(
      "method (of command) starts with 'list' OR method (of command) equal to 'summary'",
    );
    expect(complaints).toEqual([]);
  });

  test('can be a pairing link', async (context) => {
    const { page, input } = await openRunes(context);
    await input.fill(`clnrest+https://node.local:3010?rune=${UNRESTRICTED}`);
    await page.getByText('A rune with no restrictions, for https://node.local:3010.').waitFor();
    expect(await page.getByLabel('Node address').inputValue()).toBe('https://node.local:3010');
  });

  test('gets a warning if it is unrestricted', async (context) => {
    const { page, input } = await openRunes(context);
    await input.fill(UNRESTRICTED);
    const warning =
      'Danger: no restrictions: anyone who has this rune can spend all funds of the node';
    for (const heading of ['What the rune allows', 'Share the rune']) {
      expect(await readText(card(page, heading))).toContain(warning);
    }
    await page.getByRole('button', { name: 'Read only' }).click();
    expect(await page.getByText(warning).count()).toBe(0);
    await page.getByText('the rune you pasted is still unrestricted').waitFor();
  });

  test('is checked by lint', async (context) => {
    const { page, input } = await openRunes(context);
    const twice = RUNE.restrict(Restriction.of('method=getinfo')).restrict(
      Restriction.of('method=listpeers'),
    );
    await input.fill(twice.toBase64());
    const [first = '', second = ''] = await card(page, 'What the rune allows')
      .getByRole('listitem')
      .allInnerTexts();
    expect(first).not.toContain('Mistake');
    expect(second).toMatch(/Mistake:\s+no call passes: no 'method' satisfies/);
    expect(await page.getByText('A rune with 2 restrictions. 1 warning.').count()).toBe(1);
    const loose = RUNE.restrict(Restriction.of('method=pay', 'time<1893456000'));
    await input.fill(loose.toBase64());
    const shown = card(page, 'What the rune allows').getByRole('listitem').last();
    await expect
      .poll(() => shown.innerText())
      .toMatch(/Danger:\s+every command is allowed until 2030-01-01/);
    await input.fill(RUNE.restrict(Restriction.of('method=get_info')).toBase64());
    await expect
      .poll(() => shown.innerText())
      .toMatch(/Mistake:\s+no command is named 'get_info'; did you mean 'getinfo'\?/);
  });

  test('gets an error if it is invalid', async (context) => {
    const { page, complaints, input } = await openRunes(context);
    await input.fill('AAAA');
    const words =
      'This is too short to be a rune, which has at least 43 characters. Part of the rune is probably missing.';
    await page.getByRole('alert').getByText(words).waitFor();
    expect(await input.getAttribute('aria-invalid')).toBe('true');
    expect(await input.evaluate((area) => area.getAttribute('aria-describedby'))).toContain(
      'rune-problem',
    );
    expect(await card(page, 'What the rune allows').count()).toBe(0);
    await input.fill(UNRESTRICTED);
    expect(await input.getAttribute('aria-invalid')).toBeNull();
    expect(complaints).toEqual([]);
  });

  test('can be replaced by an example and cleared', async (context) => {
    const { page, input } = await openRunes(context);
    await page.getByRole('button', { name: 'Use this example' }).click();
    expect(await card(page, 'What the rune allows').getByRole('listitem').count()).toBe(2);
    await page.getByRole('button', { name: 'Once a minute' }).click();
    await page.getByRole('button', { name: 'Clear everything' }).click();
    expect(await input.inputValue()).toBe('');
    // The example is back, and nothing of the rune is left elsewhere.
    expect(await card(page, 'Example: how to read a rune').isVisible()).toBe(true);
    expect(await page.locator('#rune-parts').textContent()).not.toContain('method^list');
    await input.fill(UNRESTRICTED);
    expect(await page.getByText('A rune with no restrictions.').count()).toBe(1);
  });
});
